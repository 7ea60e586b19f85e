import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { functionNames, kebab } from '../template/shipped.ts';
import { type Bar, holds, interleave, median } from './report.ts';

const rounds = 9;
const clusterClient = '/@kubernetes/client-node/';
const load = `const start = process.hrtime.bigint(); require(process.argv[1]); process.stdout.write(String(Number(process.hrtime.bigint() - start) / 1e6))`;

interface Built {
  readonly file: string;
  readonly kilobytes: number;
  readonly sdkClients: readonly string[];
  readonly hasClusterClient: boolean;
}

/** Bundles one entry as the template's Metadata tells SAM to. */
async function bundle(entry: string, file: string): Promise<Built> {
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    metafile: true,
  });
  const inputs = Object.keys((metafile as Metafile).inputs);
  const clients = inputs.flatMap((path) => path.match(/@aws-sdk\/client-[a-z]+(?=\/)/)?.[0] ?? []);
  return {
    file,
    kilobytes: statSync(file).size / 1024,
    sdkClients: [...new Set(clients)].sort(),
    hasClusterClient: inputs.some((path) => path.includes(clusterClient)),
  };
}

/** A function as it would be written without thought: the same SDK clients and the whole Kubernetes client. */
function naiveSource(clients: readonly string[]): string {
  const modules = [...clients, '@kubernetes/client-node'];
  const imports = modules.map((name, index) => `import * as module${index} from ${JSON.stringify(name)};`);
  return `${imports.join('\n')}\nexport const handler = async (name) => [${modules.map((_, index) => `module${index}[name]`).join(', ')}];\n`;
}

const measure = ({ file }: Built) =>
  Number(
    execFileSync(process.execPath, ['-e', load, file], {
      env: {
        PATH: process.env.PATH,
        AWS_REGION: 'us-east-1',
        LEDGER_TABLE: 't',
        DOCUMENT_BUCKET: 'd',
        PIPELINE_PREFIX: '/p',
        RELEASE_STATE_MACHINE: 'arn:aws:states:us-east-1:000000000000:stateMachine:r:live',
        PROMOTION_STATE_MACHINE: 'arn:aws:states:us-east-1:000000000000:stateMachine:p:live',
        APPROVALS_TOPIC: 'arn:aws:sns:us-east-1:000000000000:t',
        APPROVAL_URL: 'http://127.0.0.1/live',
      },
      encoding: 'utf8',
    }),
  );

/** Cold load of every built function beside an empty one, one with a single SDK client, and a naive one. */
export async function benchColdLoad(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'cold-load-'));
  try {
    const source = (name: string, text: string) => {
      // Inside the checkout, so that packages resolve.
      const file = resolve('.tidegate/bench', `${name}.mjs`);
      mkdirSync(resolve('.tidegate/bench'), { recursive: true });
      writeFileSync(file, text);
      return file;
    };
    const built: Record<string, Built> = {};
    for (const name of functionNames)
      built[name] = await bundle(`functions/handlers/${kebab(name)}.ts`, join(folder, `${name}.js`));
    const clusterClients = [
      ...new Set(
        Object.values(built)
          .filter(({ hasClusterClient }) => hasClusterClient)
          .flatMap(({ sdkClients }) => sdkClients),
      ),
    ];
    const references = {
      empty: await bundle(
        source('empty', 'export const handler = async () => null;\n'),
        join(folder, 'empty.js'),
      ),
      'one SDK client': await bundle(
        source(
          'one',
          "import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';\nconst client = new DynamoDBClient({});\nexport const handler = async (input) => client.send(new GetItemCommand(input));\n",
        ),
        join(folder, 'one.js'),
      ),
      naive: await bundle(source('naive', naiveSource(clusterClients)), join(folder, 'naive.js')),
    };
    const all = { ...references, ...built };
    const sides = Object.fromEntries(Object.entries(all).map(([name, side]) => [name, () => measure(side)]));
    const taken = await interleave(sides, rounds);
    console.log(`Cold load in milliseconds, ${rounds} rounds in turn, Node ${process.versions.node}`);
    for (const [name, values] of Object.entries(taken)) {
      console.log(
        `  ${name.padEnd(20)} ${`${all[name as keyof typeof all]?.kilobytes.toFixed(0)} KB`.padStart(8)}  median ${median(values).toFixed(1).padStart(6)}  raw ${values.map((value) => value.toFixed(0)).join(' ')}`,
      );
    }
    const figure = (name: string) => median(taken[name] ?? []);
    const bars: Bar[] = Object.entries(built).map(([name, { hasClusterClient }]) => ({
      what: hasClusterClient ? `${name}, beside the naive bundle` : `${name}, beside one SDK client`,
      value: figure(name),
      atMost: hasClusterClient ? figure('naive') * 1.1 : figure('one SDK client') * 1.5,
      unit: 'ms',
    }));
    const speakers = Object.entries(built)
      .filter(([, { hasClusterClient }]) => hasClusterClient)
      .map(([name]) => name);
    console.log(`  contain the Kubernetes client: ${speakers.join(', ')}`);
    return bars.map(holds).every(Boolean);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
