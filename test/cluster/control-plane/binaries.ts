import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.ts';
import { etcdVersion, kubernetesVersion, modulesDigest } from './versions.ts';

export const programs = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
] as const;
export type Program = (typeof programs)[number];
/** Where each program lies. */
export type Binaries = Readonly<Record<Program, string>>;

/** Where builds are kept between runs: `~/.cache/tidegate`, or under XDG_CACHE_HOME. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tidegate');
}

/** The folder of the build that this checkout asks for. */
export function builtFolder(): string {
  const { platform, arch } = process;
  const parts = [
    'control-plane',
    kubernetesVersion,
    'etcd',
    etcdVersion,
    `${platform}-${arch}`,
    modulesDigest,
  ];
  return join(cacheFolder(), parts.join('-'));
}

/**
 * The programs of a control plane: those in the folder that KUBEBUILDER_ASSETS names, if it is set and has them, and our
 * own build of the others, made now where it is absent (10 to 20 minutes on two cores; `say` is told).
 */
export async function findBinaries(say: (line: string) => void): Promise<Binaries> {
  const given = process.env.KUBEBUILDER_ASSETS;
  const isGiven = (program: Program) => given !== undefined && existsSync(join(given, program));
  const folder = builtFolder();
  if (programs.some((program) => !isGiven(program)) && !existsSync(folder)) await build(folder, say);
  const path = (program: Program) => join(isGiven(program) ? (given ?? '') : folder, program);
  return Object.fromEntries(programs.map((program) => [program, path(program)])) as Binaries;
}
