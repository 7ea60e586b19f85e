import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { afterEach, describe, expect, it } from 'vitest';
import configuration from '../../dependency-cruiser.config.mjs';

const { forbidden, options } = configuration as { forbidden: never; options: ICruiseOptions };

async function check(baseDir: string, folders: string[]) {
  const { tsConfig: _, ...rest } = options;
  const result = await cruise(
    folders,
    { ...rest, baseDir, validate: true, ruleSet: { forbidden } },
    undefined,
    {
      tsConfig: extractTSConfig('tsconfig.json'),
    },
  );
  return result.output as ICruiseResult;
}

const broken = (result: ICruiseResult) =>
  [...new Set(result.summary.violations.map(({ rule }) => rule.name))].sort();

describe('who may import whom', () => {
  const planted: string[] = [];
  afterEach(() => {
    for (const folder of planted.splice(0)) rmSync(folder, { recursive: true });
  });

  function plant(files: Record<string, string>): string {
    const folder = mkdtempSync(join(tmpdir(), 'imports-'));
    planted.push(folder);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return folder;
  }

  it('holds over every module of the house, and all of them are checked', async () => {
    const result = await check(process.cwd(), ['functions', 'local', 'cli']);
    expect(result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual(
      [],
    );
    const own = result.modules.filter(({ source }) => /^(functions|local|cli)\/.*\.ts$/.test(source));
    expect(own.length).toBeGreaterThan(150);
  });

  it.each([
    [
      'domain-is-pure',
      'functions/domain/a.ts',
      "import type { B } from '../ports/b.ts';\nexport type A = B;\n",
      'functions/ports/b.ts',
      'export type B = 1;\n',
    ],
    [
      'tasks-know-ports',
      'functions/tasks/a.ts',
      "import { b } from '../adapters/aws/b.ts';\nexport const a = b;\n",
      'functions/adapters/aws/b.ts',
      'export const b = 1;\n',
    ],
    [
      'local-knows-nobody',
      'local/a.ts',
      "import type { B } from '../functions/domain/b.ts';\nexport type A = B;\n",
      'functions/domain/b.ts',
      'export type B = 1;\n',
    ],
    [
      'cli-is-a-client',
      'cli/a.ts',
      "import { b } from '../local/b.ts';\nexport const a = b;\n",
      'local/b.ts',
      'export const b = 1;\n',
    ],
    [
      'no-cycles',
      'functions/domain/a.ts',
      "import type { B } from './b.ts';\nexport type A = B;\n",
      'functions/domain/b.ts',
      "import type { A } from './a.ts';\nexport type B = A;\n",
    ],
  ])('catches a planted breach of %s', async (rule, path, text, otherPath, otherText) => {
    const folder = plant({ [path]: text, [otherPath]: otherText });
    const result = await check(folder, [path.split('/')[0] ?? '', otherPath.split('/')[0] ?? '']);
    expect(broken(result)).toContain(rule);
  });
});
