import { setTimeout as sleep } from 'node:timers/promises';
import { type Scenario, scenarios } from '../../cluster/scenarios.ts';
import type { BenchPlane } from './bench-plane.ts';
import { inLanes } from './lanes.ts';
import { type PeerTool, type PeerVerdict, runHelm, runKubectl } from './peer-scenario.ts';
import type { PeerSettings } from './peers.ts';
import { printScenarios, type ScenarioResult, scenarioBarsHold } from './scenario-table.ts';
import { image, inNamespace, type Suite } from './suite.ts';
import { runTidegate, type TidegateRun } from './tidegate-run.ts';

const deadlineSeconds = 40;
// They wait more than they work: of each tool two at a time.
const lanes = { lanes: 2, apartMilliseconds: 6_000 };
// Nor do they begin together.
const begins = { tidegate: 4_000, helm: 6_000, kubectl: 8_000 };

/** The twenty scenarios for three tools, each in a namespace of its own. */
export const benchScenarios: Suite = async ({ bench, tools, homes, wanted }) => {
  const chosen = scenarios.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  // Each tool at another place, or all would start the same pods at the same moment.
  const place = (share: number) => ({ ...lanes, first: Math.floor(chosen.length * share) });
  const peer = async (name: 'helm' | 'kubectl', run: PeerTool, share: number) => {
    await sleep(begins[name]);
    const settings: PeerSettings = {
      program: tools[name],
      kubeconfigFile: bench.side(name).kubeconfigFile,
      home: homes[name],
    };
    return await inLanes(chosen, place(share), (scenario) =>
      inNamespace<PeerVerdict | undefined>(bench, `${name}-${scenario.name}`, (namespace) =>
        run(settings, { namespace, objects: scenario.objects(image), deadlineSeconds }),
      ),
    );
  };
  const ours = async () => {
    await sleep(begins.tidegate);
    return await inLanes(chosen, place(0), (scenario) =>
      inNamespace(bench, `tidegate-${scenario.name}`, (namespace) => runOurs(bench, scenario, namespace)),
    );
  };
  const [tidegate, helm, kubectl] = await Promise.all([
    ours(),
    peer('helm', runHelm, 1 / 3),
    peer('kubectl', runKubectl, 2 / 3),
  ]);
  const results = chosen.map(
    (scenario, index): ScenarioResult => ({
      scenario,
      tidegate: tidegate[index] as TidegateRun,
      helm: helm[index],
      kubectl: kubectl[index],
    }),
  );
  return () => {
    printScenarios(results);
    console.log('');
    return scenarioBarsHold(results);
  };
};

async function runOurs(bench: BenchPlane, scenario: Scenario, namespace: string): Promise<TidegateRun> {
  const { kubeconfigFile } = bench.side('tidegate');
  return await runTidegate({ kubeconfigFile, namespace, objects: scenario.objects(image), deadlineSeconds });
}
