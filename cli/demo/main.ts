import { CliError, InterruptedError } from '../cli-error.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { withOwnCloud } from '../laptop/with-cloud.ts';
import { durationText } from '../output/elapsed.ts';
import { createOutput } from '../output/output.ts';
import { wantsColour } from '../output/palette.ts';
import { exitCodeOfError } from '../run.ts';
import { laptopTarget } from '../target/resolve.ts';
import type { World } from '../world.ts';
import { demoHelp, demoOptions } from './options.ts';
import { playDemo } from './scenes.ts';
import { heading } from './stage.ts';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interruption.abort());
}

const args = process.argv.slice(2);
const world: World = {
  env: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  interruption: interruption.signal,
};
const output = createOutput({
  stdout: process.stdout,
  stderr: process.stderr,
  json: false,
  coloured: wantsColour(process.stdout.isTTY === true, !args.includes('--no-color'), process.env),
});

async function demo(): Promise<ExitCode> {
  const begun = performance.now();
  const options = demoOptions(
    args,
    process.env,
    process.stdin.isTTY === true && process.stdout.isTTY === true,
  );
  if (options.wantsHelp) {
    output.line(demoHelp);
    return exitCodes.ok;
  }
  if (options.because !== undefined)
    output.line(`The demo plays the approver, because of: ${options.because}.`);
  heading(output, 'The laptop cloud and the laptop cluster start');
  // One of its own: a laptop cloud that runs already is none of the demo's business.
  const code = await withOwnCloud(interruption.signal, async (cloud) => {
    output.line(`AWS at ${cloud.endpoint}, ready after ${durationText(performance.now() - begun)}`);
    output.line(`The cluster: kubectl --kubeconfig ${cloud.kubeconfig} get pods -A`);
    const target = await laptopTarget(cloud);
    if (target.kind !== 'laptop') throw new Error('a laptop target is of kind laptop');
    return playDemo({ target, output, world, options });
  });
  output.line();
  output.line(`Done in ${durationText(performance.now() - begun)}; the laptop cloud has stopped.`);
  return code;
}

try {
  process.exitCode = await demo();
} catch (thrown) {
  const error = interruption.signal.aborted ? new InterruptedError('interrupted', { cause: thrown }) : thrown;
  output.clearLive();
  const text = error instanceof CliError ? error.message : ((error as Error).stack ?? String(error));
  process.stderr.write(`demo: ${text}\n`);
  process.exitCode = exitCodeOfError(error);
}
