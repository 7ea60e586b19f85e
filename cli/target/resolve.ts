import { resolve as resolvePath } from 'node:path';
import { UnreachableError, UsageError } from '../cli-error.ts';
import { cloudFile, type LaptopCloud, runningCloud } from '../laptop/cloud-file.ts';
import type { World } from '../world.ts';
import { laptopSettings } from './settings.ts';
import { describeStack, requiredOutputs } from './stack.ts';
import type { Target } from './target.ts';

/** The flags that say where to work, as the command line gave them. */
export interface TargetFlags {
  readonly target?: string | undefined;
  readonly local?: boolean | undefined;
  readonly stack?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly state?: string | undefined;
}

/** Where to work, decided but not yet reached. */
export type TargetChoice =
  | { readonly kind: 'laptop'; readonly isObvious: boolean }
  | { readonly kind: 'aws'; readonly isObvious: boolean };

const kinds = ['auto', 'local', 'aws'] as const;

/**
 * Decides between laptop and AWS. What is asked for wins; else a running laptop cloud, unless a flag that only
 * makes sense for AWS was given.
 */
export function chooseTarget(flags: TargetFlags, env: World['env'], hasLaptop: boolean): TargetChoice {
  const asked = flags.local === true ? 'local' : (flags.target ?? env.TIDEGATE_TARGET ?? 'auto');
  if (!(kinds as readonly string[]).includes(asked)) {
    throw new UsageError(`target "${asked}" is unknown: use ${kinds.join(', ')}`);
  }
  const awsFlags = (['stack', 'region', 'profile'] as const).filter((name) => flags[name] !== undefined);
  if (asked === 'local' && awsFlags.length > 0) {
    throw new UsageError(
      `--${awsFlags[0]} is for AWS: leave it out for the laptop cloud, or use --target aws`,
    );
  }
  if (asked === 'local') return { kind: 'laptop', isObvious: true };
  if (asked === 'aws') return { kind: 'aws', isObvious: true };
  if (awsFlags.length > 0) return { kind: 'aws', isObvious: true };
  return hasLaptop ? { kind: 'laptop', isObvious: false } : { kind: 'aws', isObvious: false };
}

/** The folder of the laptop cloud's state. */
export function stateFolder(flags: TargetFlags, { env, cwd }: World): string {
  return resolvePath(cwd, flags.state ?? env.TIDEGATE_STATE ?? '.tidegate/local');
}

/** A target for a laptop cloud that runs. */
export async function laptopTarget(cloud: LaptopCloud): Promise<Target> {
  const settings = laptopSettings(cloud);
  const outputs = await describeStack(settings, cloud.stackName);
  return {
    kind: 'laptop',
    cloud,
    settings,
    stackName: cloud.stackName,
    stack: requiredOutputs(cloud.stackName, outputs),
    description: `laptop cloud at ${cloud.endpoint}`,
  };
}

async function awsTarget(flags: TargetFlags, env: World['env']): Promise<Target> {
  const stackName = flags.stack ?? env.TIDEGATE_STACK ?? 'tidegate';
  const settings = {
    ...(flags.region === undefined ? {} : { region: flags.region }),
    ...(flags.profile === undefined ? {} : { profile: flags.profile }),
    maxAttempts: 3,
  };
  const outputs = await describeStack(settings, stackName);
  const region = flags.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  return {
    kind: 'aws',
    settings,
    stackName,
    stack: requiredOutputs(stackName, outputs),
    description: `stack "${stackName}"${region === undefined ? '' : ` in ${region}`}`,
  };
}

/** Finds the target and reads its stack's outputs. Throws UnreachableError that says what to start or configure. */
export async function resolveTarget(
  flags: TargetFlags,
  world: World,
): Promise<{ readonly target: Target; readonly isObvious: boolean }> {
  const state = stateFolder(flags, world);
  const cloud = await runningCloud(state);
  const choice = chooseTarget(flags, world.env, cloud !== undefined);
  if (choice.kind === 'laptop') {
    if (cloud === undefined) {
      throw new UnreachableError(
        `no laptop cloud runs on ${cloudFile(state)}: start one with "tidegate local up"`,
      );
    }
    return { target: await laptopTarget(cloud), isObvious: choice.isObvious };
  }
  try {
    return { target: await awsTarget(flags, world.env), isObvious: choice.isObvious };
  } catch (error) {
    if (choice.isObvious || !(error instanceof UnreachableError)) throw error;
    throw new UnreachableError(
      `${error.message}\nNo laptop cloud runs either: start one with "tidegate local up", or set AWS credentials and a region`,
      { cause: error },
    );
  }
}
