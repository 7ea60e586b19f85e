import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OtherTools } from '../../cluster/kubectl-layer.ts';
import { type Scenario, scenarios } from '../../cluster/scenarios.ts';
import type { BenchPlane } from './bench-plane.ts';
import { inLanes } from './lanes.ts';
import { type PeerTool, type PeerVerdict, runHelm, runKubectl } from './peer-scenario.ts';
import type { PeerSettings } from './peers.ts';
import { printScenarios, type ScenarioResult, scenarioBarsHold } from './scenario-table.ts';
import { runTidegate, type TidegateRun } from './tidegate-run.ts';

export const deadlineSeconds = 40;
const image = 'bench/busybox:1';
// A scenario of each tool at a time in each lane: they wait more than they work.
const lanes = 2;

/** The twenty scenarios for three tools, each in a namespace of its own. Answers whether the bars hold. */
export async function benchScenarios(
  bench: BenchPlane,
  tools: OtherTools,
  wanted: readonly string[],
): Promise<boolean> {
  const chosen = scenarios.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const peer = (name: 'helm' | 'kubectl', run: PeerTool) => {
    const settings: PeerSettings = {
      program: tools[name],
      kubeconfigFile: bench.side(name).kubeconfigFile,
      home: mkdtempSync(join(tmpdir(), 'tidegate-bench-home-')),
    };
    return inLanes(chosen, lanes, (scenario) =>
      inNamespace<PeerVerdict | undefined>(bench, `${name}-${scenario.name}`, (namespace) =>
        run(settings, { namespace, objects: scenario.objects(image), deadlineSeconds }),
      ),
    );
  };
  const ours = inLanes(chosen, lanes, (scenario) =>
    inNamespace(bench, `tidegate-${scenario.name}`, (namespace) => runOurs(bench, scenario, namespace)),
  );
  const [tidegate, helm, kubectl] = await Promise.all([
    ours,
    peer('helm', runHelm),
    peer('kubectl', runKubectl),
  ]);
  const results = chosen.map(
    (scenario, index): ScenarioResult => ({
      scenario,
      tidegate: tidegate[index] as TidegateRun,
      helm: helm[index],
      kubectl: kubectl[index],
    }),
  );
  printScenarios(results);
  console.log('');
  return scenarioBarsHold(results);
}

async function runOurs(bench: BenchPlane, scenario: Scenario, namespace: string): Promise<TidegateRun> {
  const { kubeconfigFile } = bench.side('tidegate');
  return await runTidegate({ kubeconfigFile, namespace, objects: scenario.objects(image), deadlineSeconds });
}

/** Does work in a namespace that is made for it and deleted after it. */
export async function inNamespace<Value>(
  bench: BenchPlane,
  name: string,
  work: (namespace: string) => Promise<Value>,
): Promise<Value> {
  await bench.makeNamespaces([name]);
  try {
    return await work(name);
  } finally {
    await bench.dropNamespace(name);
  }
}
