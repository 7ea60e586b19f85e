import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { esbuildOptions } from '../../local/build/esbuild-options.ts';
import { functionNames, kebab, template } from '../template/shipped.ts';
import { type Bar, holds, interleave, median } from './report.ts';

const rounds = 15;
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
  /** Of all threads; other processes disturb it less. */
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

/**
 * The processor time of the load that was disturbed least: loading is computing, always the same, and whatever else a
 * machine does only adds to it. The medians of wall time that stand beside it move by a fifth from run to run.
 */
const leastCpu = (loads: readonly Load[]): number =>
  Math.min(...loads.map(({ cpuMilliseconds }) => cpuMilliseconds));

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
      `Cold load in milliseconds, ${rounds} rounds in turn, Node ${process.versions.node}; cpu: the least of all threads together; wall: median and raw`,
    );
    for (const [name, loads] of Object.entries(taken)) {
      const wall = loads.map(({ wallMilliseconds }) => wallMilliseconds);
      const cpu = leastCpu(loads);
      console.log(
        `  ${name.padEnd(16)} ${`${all[name]?.kilobytes.toFixed(0)} KB`.padStart(8)}  cpu ${cpu.toFixed(1).padStart(6)}  wall ${median(wall).toFixed(1).padStart(6)}  raw ${wall.map((value) => value.toFixed(0)).join(' ')}`,
      );
    }
    const barsBy = (figure: (loads: readonly Load[]) => number, unit: string): Bar[] =>
      Object.entries(built).map(([name, { hasClusterClient }]) => {
        const [reference, factor] = hasClusterClient ? ['naive', 1.1] : ['one SDK client', 1.5];
        const of = (side: string) => figure(taken[side] ?? []);
        return {
          what: `${name}, beside ${reference}`,
          value: of(name),
          atMost: of(reference as string) * Number(factor),
          unit,
        };
      });
    const medianWall = (loads: readonly Load[]) =>
      median(loads.map(({ wallMilliseconds }) => wallMilliseconds));
    const speakers = Object.entries(built)
      .filter(([, { hasClusterClient }]) => hasClusterClient)
      .map(([name]) => name);
    console.log(`  contain the Kubernetes client: ${speakers.join(', ')}`);
    // The bar is on medians of wall time: shown as it is, also where it fails. It flips between runs on a shared machine
    // (StartRelease: 1.4 to 1.6), so the exit code follows processor time, which a regression moves just as surely.
    console.log('  the bar, by medians of wall time:');
    for (const bar of barsBy(medianWall, 'ms')) holds(bar);
    console.log('  the gate, by least processor time:');
    return barsBy(leastCpu, 'ms of CPU').map(holds).every(Boolean);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
