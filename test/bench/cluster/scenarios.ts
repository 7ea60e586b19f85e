import { type Scenario, scenarios } from '../../cluster/scenarios.ts';
import type { BenchPlane } from './bench-plane.ts';
import { inLanes } from './lanes.ts';
import { type PeerTool, type PeerVerdict, runHelm, runKubectl } from './peer-scenario.ts';
import type { PeerSettings } from './peers.ts';
import { printScenarios, type ScenarioResult, scenarioBarsHold } from './scenario-table.ts';
import { image, inNamespace, type Suite } from './suite.ts';
import { runTidegate, type TidegateRun } from './tidegate-run.ts';

const deadlineSeconds = 40;
// A scenario of each tool at a time in each lane: they wait more than they work.
const lanes = 2;

/** The twenty scenarios for three tools, each in a namespace of its own. */
export const benchScenarios: Suite = async ({ bench, tools, homes, wanted }) => {
  const chosen = scenarios.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const peer = (name: 'helm' | 'kubectl', run: PeerTool) => {
    const settings: PeerSettings = {
      program: tools[name],
      kubeconfigFile: bench.side(name).kubeconfigFile,
      home: homes[name],
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
