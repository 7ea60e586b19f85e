import { scenarios } from '../../cluster/scenarios.ts';
import { holds, interleave, median, printSeries } from '../report.ts';
import { runHelm, runKubectl } from './peer-scenario.ts';
import { image, inNamespace, type Suite } from './suite.ts';
import { defaultWindowSeconds, runTidegate } from './tidegate-run.ts';

const rounds = 5;
const deadlineSeconds = 40;

/** How long a release that works takes from its apply to the verdict, and how much of that is the stability window. */
export const benchHealthy: Suite = async ({ bench, tools, homes }) => {
  const objects = scenarios.find(({ name }) => name === 'ok')?.objects(image) ?? [];
  const peer = (tool: 'helm' | 'kubectl') => ({
    program: tools[tool],
    home: homes[tool],
    kubeconfigFile: bench.side(tool).kubeconfigFile,
  });
  const { kubeconfigFile } = bench.side('tidegate');
  let made = 0;
  const fresh = (work: (namespace: string) => Promise<number>) => () => {
    made += 1;
    return inNamespace(bench, `healthy-${made}`, work);
  };
  const ours = (stabilityWindowSeconds: number) =>
    fresh(async (namespace) => {
      const settings = { kubeconfigFile, namespace, objects, deadlineSeconds, stabilityWindowSeconds };
      const { verdict, cause, seconds } = await runTidegate(settings);
      if (verdict !== 'ready') throw new Error(`what works is '${verdict}': ${cause}`);
      return seconds;
    });
  const taken = await interleave(
    {
      kubectl: fresh(async (namespace) => {
        const run = await runKubectl(peer('kubectl'), { namespace, objects, deadlineSeconds });
        return run?.seconds ?? Number.NaN;
      }),
      helm: fresh(async (namespace) => {
        const run = await runHelm(peer('helm'), { namespace, objects, deadlineSeconds });
        return run?.seconds ?? Number.NaN;
      }),
      withoutWindow: ours(0),
      withWindow: ours(defaultWindowSeconds),
    },
    rounds,
    1,
  );
  return () => report(taken);
};

type Taken = Readonly<Record<'kubectl' | 'helm' | 'withoutWindow' | 'withWindow', readonly number[]>>;

function report({ kubectl, helm, withoutWindow, withWindow }: Taken): boolean {
  printSeries({ name: 'kubectl', unit: 's', values: kubectl });
  printSeries({ name: 'helm', unit: 's', values: helm });
  printSeries({ name: 'tidegate, window 0 s', unit: 's', values: withoutWindow });
  printSeries({ name: `tidegate, window ${defaultWindowSeconds} s`, unit: 's', values: withWindow });
  const beyond = (values: readonly number[]) => median(values) - median(kubectl);
  return [
    holds({ what: 'later than kubectl, window 0 s', value: beyond(withoutWindow), atMost: 0, unit: 's' }),
    holds({
      what: `later than kubectl, window ${defaultWindowSeconds} s`,
      value: beyond(withWindow),
      atMost: defaultWindowSeconds,
      unit: 's',
    }),
  ].every(Boolean);
}
