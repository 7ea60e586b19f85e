import { resolve } from 'node:path';
import { UsageError } from '../cli-error.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { cloudFile, type LaptopCloud, runningCloud } from '../laptop/cloud-file.ts';
import { startCloud } from '../laptop/process.ts';
import type { Output } from '../output/output.ts';
import { type CommandContext, stateOf } from './context.ts';

/** Options of `tidegate local up`. */
export interface LocalUpOptions {
  readonly port: number;
  readonly kubeContext?: string;
  readonly detach: boolean;
}

/** Says where a laptop cloud is, ready to be copied into a shell. */
export function describeCloud(output: Output, cloud: LaptopCloud, state: string): void {
  output.line(
    `Laptop cloud: ${cloud.endpoint} (process ${cloud.pid}), stack "${cloud.stackName}" in ${cloud.region}`,
  );
  output.line(`Mailbox:      ${cloud.mailbox}  (tidegate mail)`);
  output.line(`Cluster:      kubectl --kubeconfig ${cloud.kubeconfig} get pods -A`);
  output.line('AWS tools:    set these in your shell');
  output.line(`  export AWS_ENDPOINT_URL=${cloud.endpoint} AWS_REGION=${cloud.region} \\`);
  const secret = `node -p 'require("${cloudFile(resolve(state))}").secretAccessKey'`;
  output.line(`    AWS_ACCESS_KEY_ID=${cloud.accessKeyId} AWS_SECRET_ACCESS_KEY="$(${secret})"`);
}

/** What `--json` tells of a cloud: all but the secret, which stays in its file. */
export const withoutSecret = ({ secretAccessKey: _, ...shown }: LaptopCloud) => shown;

function waitForInterruption(interruption: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (interruption.aborted) resolve();
    else interruption.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Starts the laptop cloud; without `detach` stays until it is interrupted. */
export async function localUp(context: CommandContext, options: LocalUpOptions): Promise<ExitCode> {
  const { output, world } = context;
  const state = stateOf(context);
  const before = await runningCloud(state);
  if (before !== undefined) {
    if (!options.detach)
      throw new UsageError(`a laptop cloud runs there already (process ${before.pid}): ${before.endpoint}`);
    describeCloud(output, before, state);
    output.record({ ...withoutSecret(before), state, alreadyRunning: true });
    return exitCodes.ok;
  }
  output.live('The laptop cloud builds the functions and starts …');
  const started = await startCloud({
    state,
    port: options.port,
    ...(options.kubeContext === undefined ? {} : { kubeContext: options.kubeContext }),
    stackName: 'tidegate',
    isDetached: options.detach,
    readyWithinSeconds: 60,
    interruption: world.interruption,
  });
  describeCloud(output, started.cloud, state);
  output.record({ ...withoutSecret(started.cloud), state, alreadyRunning: false });
  if (options.detach) {
    output.line('It runs on; "tidegate local down" stops it.');
    return exitCodes.ok;
  }
  output.line('Press Ctrl-C to stop it.');
  const code = await Promise.race([started.ended, waitForInterruption(world.interruption)]);
  if (typeof code === 'number') {
    output.note(`The laptop cloud ended by itself (${code}); its output: ${started.log}`);
    return code === 0 ? exitCodes.ok : exitCodes.unreachable;
  }
  await started.stop();
  output.line('Stopped.');
  return exitCodes.ok;
}
