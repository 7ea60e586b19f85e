import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { otherTools } from '../../cluster/kubectl-layer.ts';
import { missingForNodes } from '../../cluster/nodes/requirements.ts';
import { benchApply } from './apply.ts';
import { startBenchPlane } from './bench-plane.ts';
import { benchHealthy } from './healthy.ts';
import { benchScenarios } from './scenarios.ts';
import type { Suite, SuiteContext } from './suite.ts';
import { benchWaiting, waitingSides } from './waiting.ts';
import { warmUp } from './warm-up.ts';

// Those of one row wait more than they work and run side by side. Applies come last: what they make is never deleted.
const rows: readonly Readonly<Record<string, Suite>>[] = [
  { scenarios: benchScenarios, waiting: benchWaiting },
  { healthy: benchHealthy },
  { apply: benchApply },
];

async function runAll(chosen: string | undefined, context: SuiteContext): Promise<boolean> {
  let good = true;
  for (const row of rows) {
    const suites = Object.entries(row).filter(([name]) => chosen === undefined || chosen === name);
    const began = performance.now();
    const reports = await Promise.all(
      suites.map(async ([name, suite]) => ({ name, print: await suite(context) })),
    );
    for (const { name, print } of reports) {
      console.log(`\n# ${name} (${((performance.now() - began) / 1000).toFixed(0)} s)`);
      good = print() && good;
    }
  }
  return good;
}

// `npm run bench:cluster` runs them all, `npm run bench:cluster -- scenarios ok crash-loop` two scenarios.
const missing = missingForNodes();
if (missing.length > 0) throw new Error(`pods must run: ${missing.join('; ')}`);
const [chosen, ...wanted] = process.argv.slice(2);
const home = () => mkdtempSync(join(tmpdir(), 'tidegate-bench-home-'));
const tools = await otherTools();
const bench = await startBenchPlane(['tidegate', 'helm', 'kubectl', ...waitingSides], 1);
try {
  const homes = { helm: home(), kubectl: home() };
  const context = { bench, tools, homes, wanted };
  await warmUp(context);
  process.exitCode = (await runAll(chosen, context)) ? 0 : 1;
} finally {
  await bench.plane.stop();
}
