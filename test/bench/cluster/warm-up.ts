import { scenarios } from '../../cluster/scenarios.ts';
import { runKubectl } from './peer-scenario.ts';
import { image, inNamespace, type SuiteContext } from './suite.ts';

/** Runs a Deployment once, so that the nodes have the image and no side is the first for which everything is new. */
export async function warmUp({ bench, tools, homes }: SuiteContext): Promise<void> {
  const objects = scenarios.find(({ name }) => name === 'ok')?.objects(image) ?? [];
  const { kubeconfigFile } = bench.side('kubectl');
  const settings = { program: tools.kubectl, home: homes.kubectl, kubeconfigFile };
  await inNamespace(bench, 'warm-up', async (namespace) => {
    const run = await runKubectl(settings, { namespace, objects, deadlineSeconds: 120 });
    if (run?.success !== true) throw new Error(`nothing runs here: ${run?.cause}`);
  });
}
