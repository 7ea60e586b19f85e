import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { applicationName } from '#domain/application-name.ts';
import type { BundleReference } from '#domain/reference.ts';
import { upload } from '../aws/uploads.ts';
import { applicationOfFolder, applicationOfZip } from '../bundle/application-of.ts';
import { packFolder } from '../bundle/pack.ts';
import { RefusedError, UsageError } from '../cli-error.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { releaseEnded } from '../follow/follow.ts';
import type { Target } from '../target/target.ts';
import { type CommandContext, reach } from './context.ts';
import { exitCodeOfRelease, followOnTarget } from './follow-on-target.ts';

/** Options of `tidegate push`. */
export interface PushOptions {
  /** In place of the application that tidegate.yaml names. */
  readonly application?: string;
  readonly follow: boolean;
  readonly timeoutSeconds?: number;
}

interface Sendable {
  readonly application: string;
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function prepare(path: string, workFolder: string): Promise<Sendable> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new RefusedError(`${path} cannot be read (${error.code}): name a bundle folder or a bundle zip`);
  });
  const name = basename(path)
    .replace(/\.zip$/i, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-');
  if (!found.isDirectory()) {
    return { application: await applicationOfZip(path), name, file: path, sha256: await sha256Of(path) };
  }
  const application = await applicationOfFolder(path);
  const packed = await packFolder(path, join(workFolder, 'bundle.zip'));
  return { application, name, file: packed.file, sha256: packed.sha256 };
}

/** The same content always gets the same key; pushing it again is a new version of that object, and a new release. */
function keyOf(application: string, { name, sha256 }: Sendable): string {
  return `${application}/${sha256.slice(0, 12)}-${name}.zip`;
}

/** Bundles a folder (or takes a zip) and uploads it. Answers the uploaded version and the application. */
export async function pushBundle(
  target: Target,
  path: string,
  asked?: string,
): Promise<{ readonly application: string; readonly bundle: BundleReference; readonly sha256: string }> {
  if (asked !== undefined && !applicationName.safeParse(asked).success) {
    throw new UsageError(`--application "${asked}" is no application name`);
  }
  const workFolder = await mkdtemp(join(tmpdir(), 'tidegate-push-'));
  try {
    const sendable = await prepare(path, workFolder);
    const application = asked ?? sendable.application;
    const { file, sha256 } = sendable;
    return {
      application,
      sha256,
      bundle: await upload(target, { file, sha256, key: keyOf(application, sendable) }),
    };
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

/** Uploads a bundle and follows its release to the end. */
export async function push(context: CommandContext, path: string, options: PushOptions): Promise<ExitCode> {
  const { output, world } = context;
  const target = await reach(context);
  const { application, bundle, sha256 } = await pushBundle(
    target,
    resolve(world.cwd, path),
    options.application,
  );
  output.line(`Uploaded s3://${bundle.bucket}/${bundle.key}`);
  output.line(`  version ${bundle.versionId}, sha256 ${sha256}`);
  output.record({ event: 'uploaded', application, bundle, sha256 });
  if (!options.follow) {
    output.line(`Follow it with: tidegate follow ${application}`);
    return exitCodes.ok;
  }
  const view = await followOnTarget(context, target, {
    question: { kind: 'upload', bundle },
    isOver: releaseEnded,
    ...(options.timeoutSeconds === undefined ? {} : { timeoutSeconds: options.timeoutSeconds }),
  });
  output.record({ event: 'ended', view });
  return exitCodeOfRelease(view);
}
