import { benchBoot } from './boot.ts';
import { benchColdLoad } from './cold-load.ts';
import { benchOrchestration } from './orchestration.ts';
import { benchValidateBundle } from './validate-bundle.ts';

const suites = {
  'cold-load': benchColdLoad,
  boot: benchBoot,
  orchestration: benchOrchestration,
  'validate-bundle': benchValidateBundle,
} as const;

// `npm run bench` runs them all, `npm run bench -- boot cold-load` some. The exit code says whether every bar holds.
const wanted = process.argv.slice(2);
let good = true;
for (const [name, suite] of Object.entries(suites)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n# ${name}`);
  good = (await suite()) && good;
}
process.exitCode = good ? 0 : 1;
