import { readFileSync } from 'node:fs';
import { instant } from '#domain/instant.ts';
import { casesOf, judgeCase } from './health-case.ts';

// `npm run health-cases -- <cases.json …>`: a JSON line per case on stdout, a count on stderr. A peer that differs is no
// error; a file that can't be read is.
const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: npm run health-cases -- <cases.json …>');
  process.exitCode = 1;
}
const now = instant(Date.now());
for (const file of files) {
  try {
    const results = casesOf(JSON.parse(readFileSync(file, 'utf8'))).map((each, index) =>
      judgeCase(each, index, now),
    );
    for (const result of results) console.log(JSON.stringify(result));
    const differing = results.filter(({ ours, peer }) => peer !== null && ours !== peer).length;
    console.error(`${file}: ${results.length} cases, ${differing} differ from their peer`);
  } catch (error) {
    console.error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
