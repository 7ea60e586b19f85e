import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Expected, isRecording } from './recording.ts';
import { defaultPolicy, replayRecording } from './replay-recording.ts';

const usage = 'usage: npm run replay -- [--window SECONDS] [--deadline SECONDS] <recording.json or folder> …';

interface IndexEntry {
  readonly file: string;
  readonly expected?: Expected;
}

/** The recordings that arguments name: files as they are, of folders every recording in them. */
function filesOf(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name.endsWith('.json') && name !== 'INDEX.json')
    .sort()
    .map((name) => join(path, name));
}

/** What the index beside a recording expects of it; null where none does. */
function expectedOf(file: string): Expected | null {
  const index = join(dirname(file), 'INDEX.json');
  if (!existsSync(index)) return null;
  const entries: readonly IndexEntry[] = JSON.parse(readFileSync(index, 'utf8'));
  return entries.find((entry) => entry.file === basename(file))?.expected ?? null;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { window: { type: 'string' }, deadline: { type: 'string' } },
  });
  if (positionals.length === 0) {
    console.error(usage);
    return 2;
  }
  const policy = {
    stabilityWindowSeconds: Number(values.window ?? defaultPolicy.stabilityWindowSeconds),
    deadlineSeconds: Number(values.deadline ?? defaultPolicy.deadlineSeconds),
  };
  let missed = 0;
  for (const file of positionals.flatMap(filesOf)) {
    const recording: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isRecording(recording)) throw new Error(`${file}: is no recording (manifest, applied, events)`);
    const { verdict, rule, cause, atMilliseconds } = await replayRecording(recording, policy);
    const expected = expectedOf(file);
    console.log(JSON.stringify({ file: basename(file), verdict, rule, cause, atMilliseconds, expected }));
    if (expected !== null && (expected.verdict !== verdict || expected.rule !== rule)) {
      missed += 1;
      console.error(
        `${file}: expected ${expected.verdict} by ${expected.rule || 'no rule'}, got ${verdict} by ${rule || 'no rule'}`,
      );
    }
  }
  return missed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
