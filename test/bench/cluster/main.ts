import { otherTools } from '../../cluster/kubectl-layer.ts';
import { missingForNodes } from '../../cluster/nodes/requirements.ts';
import { startBenchPlane } from './bench-plane.ts';
import { benchScenarios } from './scenarios.ts';

const suites = {
  scenarios: benchScenarios,
} as const;

// `npm run bench:cluster` runs them all; `npm run bench:cluster -- scenarios crash-loop ok` some scenarios.
const missing = missingForNodes();
if (missing.length > 0) throw new Error(`pods must run: ${missing.join('; ')}`);
const [suite, ...names] = process.argv.slice(2);
const tools = await otherTools();
const bench = await startBenchPlane(['tidegate', 'helm', 'kubectl'], 1);
let good = true;
try {
  for (const [name, run] of Object.entries(suites)) {
    if (suite !== undefined && suite !== name) continue;
    const began = performance.now();
    console.log(`\n# ${name}`);
    good = (await run(bench, tools, names)) && good;
    console.log(`  (${((performance.now() - began) / 1000).toFixed(0)} s)`);
  }
} finally {
  await bench.plane.stop();
}
process.exitCode = good ? 0 : 1;
