import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { esbuildOptions } from '../../local/build/esbuild-options.ts';
import { functionNames, kebab, template } from '../template/shipped.ts';
import { type Bar, holds, interleave, median } from './report.ts';

const rounds = 25;
const warmUps = 2;
const clusterClient = '/@kubernetes/client-node/';
const load = `const start = process.hrtime.bigint(), before = process.cpuUsage(); require(process.argv[1]);
const { user, system } = process.cpuUsage(before), took = process.hrtime.bigint() - start;
process.stdout.write(Number(took) / 1e6 + ' ' + (user + system) / 1e3)`;

interface Built {
  readonly file: string;
  readonly kilobytes: number;
  readonly sdkClients: readonly string[];
  readonly hasClusterClient: boolean;
}

type Properties = Parameters<typeof esbuildOptions>[0];

/** The build properties of a function, which SAM gives to esbuild in the function's source folder. */
const propertiesOf = (name: string): Properties =>
  (template.Resources[`${name}Function`]?.Metadata?.BuildProperties ?? {}) as Properties;

/** As functions are built when nobody thinks about it: nothing left out. */
const plainProperties: Properties = {
  Target: 'node24',
  Format: 'cjs',
  Minify: true,
  MainFields: 'module,main',
};

async function bundle(entry: string, file: string, properties: Properties): Promise<Built> {
  const { metafile } = await build({
    ...esbuildOptions(properties),
    absWorkingDir: resolve('functions'),
    entryPoints: [entry],
    outfile: file,
    metafile: true,
  });
  const inputs = Object.keys(metafile.inputs);
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

interface Load {
  readonly wallMilliseconds: number;
  /** Of all threads; for information. */
  readonly cpuMilliseconds: number;
}

function measure({ file }: Built): Load {
  const printed = execFileSync(process.execPath, ['-e', load, file], {
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
  });
  const [wallMilliseconds = 0, cpuMilliseconds = 0] = printed.split(' ').map(Number);
  return { wallMilliseconds, cpuMilliseconds };
}

const wallOf = (loads: readonly Load[]): number[] => loads.map(({ wallMilliseconds }) => wallMilliseconds);
const cpuOf = (loads: readonly Load[]): number[] => loads.map(({ cpuMilliseconds }) => cpuMilliseconds);

/** What a function's median may be at most: 1.1 × the naive one with the Kubernetes client, else 1.5 × one SDK client. */
function barOf(name: string, { hasClusterClient }: Built, medians: Readonly<Record<string, number>>): Bar {
  const [reference, factor] = hasClusterClient
    ? (['naive', 1.1] as const)
    : (['one SDK client', 1.5] as const);
  const [value, beside] = [medians[name] ?? Number.NaN, medians[reference] ?? Number.NaN];
  return {
    what: `${name}, ${(value / beside).toFixed(2)} × ${reference}`,
    value,
    atMost: beside * factor,
    unit: 'ms',
  };
}

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
      built[name] = await bundle(
        `handlers/${kebab(name)}.ts`,
        join(folder, `${name}.js`),
        propertiesOf(name),
      );
    const clusterClients = [
      ...new Set(
        Object.values(built)
          .filter(({ hasClusterClient }) => hasClusterClient)
          .flatMap(({ sdkClients }) => sdkClients),
      ),
    ];
    const reference = (name: string, text: string) =>
      bundle(source(name, text), join(folder, `${name}.js`), plainProperties);
    const references = {
      empty: await reference('empty', 'export const handler = async () => null;\n'),
      'one SDK client': await reference(
        'one',
        "import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';\nconst client = new DynamoDBClient({});\nexport const handler = async (input) => client.send(new GetItemCommand(input));\n",
      ),
      naive: await reference('naive', naiveSource(clusterClients)),
    };
    const all: Record<string, Built> = { ...references, ...built };
    const sides = Object.fromEntries(Object.entries(all).map(([name, side]) => [name, () => measure(side)]));
    const taken = await interleave(sides, rounds, warmUps);
    console.log(
      `Cold load in milliseconds, ${rounds} rounds in turn, Node ${process.versions.node}; wall: median and raw; cpu: median of all threads together`,
    );
    for (const [name, loads] of Object.entries(taken)) {
      const wall = wallOf(loads);
      console.log(
        `  ${name.padEnd(16)} ${`${all[name]?.kilobytes.toFixed(0)} KB`.padStart(8)}  cpu ${median(cpuOf(loads)).toFixed(1).padStart(6)}  wall ${median(wall).toFixed(1).padStart(6)}  raw ${wall.map((value) => value.toFixed(0)).join(' ')}`,
      );
    }
    const medians = Object.fromEntries(
      Object.entries(taken).map(([name, loads]) => [name, median(wallOf(loads))]),
    );
    const speakers = Object.entries(built)
      .filter(([, { hasClusterClient }]) => hasClusterClient)
      .map(([name]) => name);
    console.log(`  contain the Kubernetes client: ${speakers.join(', ')}`);
    return Object.entries(built)
      .map(([name, side]) => holds(barOf(name, side, medians)))
      .every(Boolean);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
