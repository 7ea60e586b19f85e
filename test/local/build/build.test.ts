import { cpSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFunctions } from '../../../local/build/build.ts';
import { entryPoints, esbuildOptions } from '../../../local/build/esbuild-options.ts';
import type { FunctionModel } from '../../../local/template/application.ts';
import { readApplication } from '../../../local/template/read.ts';

const source = fileURLToPath(new URL('../../fixtures/local-app', import.meta.url));
// Inside the checkout, so that the functions' packages are found.
const folder = mkdtempSync(fileURLToPath(new URL('../../fixtures/built-', import.meta.url)));
const output = mkdtempSync(join(tmpdir(), 'build-'));
let functions: readonly FunctionModel[];

beforeAll(() => {
  cpSync(source, folder, { recursive: true });
  functions = readApplication({ templateFile: join(folder, 'template.yaml'), stackName: 'notes' }).functions;
});
afterAll(() => {
  for (const path of [folder, output]) rmSync(path, { recursive: true, force: true });
});

const build = async (target = output): Promise<string> =>
  join((await buildFunctions(functions, target)).get('ShowNote') ?? '', 'show-note.js');

describe('a build', () => {
  it('makes the bytes of separate builds', async () => {
    const together = await build();
    const alone = await buildFunctions(functions.slice(1), join(output, 'alone'));
    const separate = join(alone.get('ShowNote') ?? '', 'show-note.js');
    expect(readFileSync(separate, 'utf8')).toBe(readFileSync(together, 'utf8'));
  });
  it('is not repeated while nothing changes, even when dates do', async () => {
    const before = await build();
    utimesSync(join(folder, 'functions', 'show-note.ts'), new Date(), new Date());
    const started = performance.now();
    expect(await build()).toBe(before);
    expect(performance.now() - started).toBeLessThan(200);
  });
  it('is repeated when an input changes, and leaves the earlier one to who uses it', async () => {
    const before = await build();
    const file = join(folder, 'functions', 'show-note.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replace("'/echo'", "'/changed'"));
    expect(readFileSync(await build(), 'utf8')).toContain('/changed');
    expect(readFileSync(before, 'utf8')).toContain('/echo');
  });
  it('takes an alias that is a file from the source folder, as esbuild does there, wherever it is run', async () => {
    const code = mkdtempSync(join(output, 'aliased-'));
    writeFileSync(
      join(code, 'main.ts'),
      "import { word } from 'far/away';\nexport const handler = () => word;",
    );
    writeFileSync(join(code, 'near.ts'), "export const word = 'from near';");
    const properties = { EntryPoints: ['main.ts'], Alias: ['far/away=./near.ts'] };
    const model = { logicalId: 'Aliased', code: { kind: 'esbuild', folder: code, properties } };
    const built = await buildFunctions([model as unknown as FunctionModel], output);
    expect(readFileSync(join(built.get('Aliased') ?? '', 'main.js'), 'utf8')).toContain('from near');
  });
  it('names the place of an error', async () => {
    writeFileSync(
      join(folder, 'functions', 'show-note.ts'),
      "import { x } from './absent.ts';\nexport const handler = x;",
    );
    await expect(buildFunctions(functions, output)).rejects.toThrow(
      /^Build of "NoteUpload" and 1 more[\s\S]*show-note\.ts:1:[\s\S]*absent\.ts/,
    );
  });
});

describe('build properties', () => {
  it('become the esbuild flags of their names, over the defaults of SAM', () => {
    expect(
      esbuildOptions({
        Target: 'node24',
        Minify: 'false',
        Sourcemap: 'external',
        External: ['@aws-sdk/*'],
        Loader: ['.html=text'],
        MainFields: 'module,main',
        Define: ['A=1'],
      }),
    ).toEqual({
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: ['node24'],
      minify: false,
      sourcemap: 'external',
      external: ['@aws-sdk/*'],
      loader: { '.html': 'text' },
      mainFields: ['module', 'main'],
      define: { A: '1' },
    });
  });
  it('are refused when esbuild has no such flag, or the value has the wrong shape', () => {
    expect(() => esbuildOptions({ Targt: 'es2020' })).toThrow('Build property "Targt"');
    expect(() => esbuildOptions({ Minify: 'perhaps' })).toThrow('expected true or false, not "perhaps"');
    expect(() => esbuildOptions({ Loader: ['html'] })).toThrow('items like "key=value"');
  });
  it.each([
    [['a/one.ts'], ['one']],
    [
      ['a/one.ts', 'a/b/two.mts'],
      ['one', 'b/two'],
    ],
    [
      ['a/one.ts', 'c/one.ts'],
      ['a/one', 'c/one'],
    ],
  ])('entry points %j are built to %j', (given, expected) => {
    expect(entryPoints({ EntryPoints: given }, '/code').map(({ output: path }) => path)).toEqual(expected);
  });
});
