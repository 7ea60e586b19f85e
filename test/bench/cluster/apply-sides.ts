import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ApplyJob, ApplyReport } from './apply-child.ts';
import type { BenchPlane, Side } from './bench-plane.ts';
import { type Cost, type MeterSettings, metered } from './meter.ts';
import { mixedObjects } from './objects.ts';
import { type PeerInput, type PeerSettings, runPeer, writePeerInput } from './peers.ts';

/** What one side needs to apply `count` objects to an empty namespace, and the same again. */
export interface Applied {
  readonly apply: Cost;
  readonly again: Cost;
  /** Of Tidegate only. */
  readonly report?: ApplyReport;
}

export type ApplySide = (namespace: string, count: number) => Promise<Applied>;

const run = promisify(execFile);
const child = new URL('apply-child.ts', import.meta.url).pathname;

/** Advance alone; the plan, which makes the same objects in a dry run, stands in the report. */
export function tidegateSide(bench: BenchPlane): ApplySide {
  const side = bench.side('tidegate');
  return async (namespace, count) => {
    const { kubeconfigFile } = side;
    const job: ApplyJob = { ...meterOf(bench, side), kubeconfigFile, namespace, count };
    const { stdout } = await run(process.execPath, [child, JSON.stringify(job)]);
    const report = JSON.parse(stdout) as ApplyReport;
    if (report.changesAgain > 0)
      throw new Error(`applied again, ${report.changesAgain} objects would change`);
    return { apply: report.apply, again: sum(report.planAgain, report.confirmAgain), report };
  };
}

function sum(a: Cost, b: Cost): Cost {
  return {
    seconds: a.seconds + b.seconds,
    serverSeconds: a.serverSeconds + b.serverSeconds,
    requests: a.requests + b.requests,
  };
}

/** `kubectl apply --server-side` of one file. */
export function kubectlSide(bench: BenchPlane, settings: PeerSettings): ApplySide {
  return peerSide(bench.side('kubectl'), bench, settings, ({ list }) => [
    'apply',
    '--server-side',
    '-f',
    list,
  ]);
}

/** `helm upgrade --install` of a chart with the same objects. */
export function helmSide(bench: BenchPlane, settings: PeerSettings): ApplySide {
  return peerSide(bench.side('helm'), bench, settings, ({ chart }, namespace) => [
    ...['upgrade', '--install', 'app', chart, '--namespace', namespace],
  ]);
}

function peerSide(
  side: Side,
  bench: BenchPlane,
  settings: PeerSettings,
  parametersOf: (input: PeerInput, namespace: string) => readonly string[],
): ApplySide {
  const meter = meterOf(bench, side);
  return async (namespace, count) => {
    const parameters = parametersOf(writePeerInput(mixedObjects(count, namespace)), namespace);
    const once = async () => {
      const { value, cost } = await metered(meter, () => runPeer(settings, parameters));
      if (value.exitCode !== 0) throw new Error(`${settings.program}: ${value.lastWords}`);
      return cost;
    };
    return { apply: await once(), again: await once() };
  };
}

function meterOf({ plane, processOf }: BenchPlane, { user }: Side): MeterSettings {
  return { serverPid: processOf('kube-apiserver'), auditFile: plane.auditFile, user };
}
