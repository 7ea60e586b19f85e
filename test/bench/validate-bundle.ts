import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline as pipe } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { build } from 'esbuild';
import { parseDocument } from 'yaml';
import { ZipFile } from 'yazl';
import { createS3 } from '../../local/s3/create-s3.ts';
import { clientOptions, serveOnLoopback } from '../local/s3/loopback.ts';
import type { Job, Measured } from './validate-bundle-child.ts';

/** ValidateBundle on 1 GiB with 2,000 manifests: peak memory of its process, and bytes that it downloads. */
const bundleBytes = 1024 ** 3;
const manifests = 2_000;
const bars = { peakRssBytes: 256 * 1024 ** 2, fetchedShare: 0.01 };
const runs = 3;
const bucket = 'bench';

/** Large files stand between the manifests, which is the worst order for range requests. */
const layouts = ['together', 'scattered'] as const;
type Layout = (typeof layouts)[number];

function deployment(index: number): string {
  const digest = createHash('sha256').update(String(index)).digest('hex');
  const environment = Array.from(
    { length: 12 },
    (_, at) => `        - {name: SETTING_${at}, value: "${digest.slice(at)}"}`,
  );
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: service-${index}
  labels: {app: service-${index}}
spec:
  replicas: 2
  selector: {matchLabels: {app: service-${index}}}
  template:
    metadata: {labels: {app: service-${index}}}
    spec:
      containers:
      - name: main
        image: registry.example.com/service-${index}@sha256:${digest}
        ports: [{containerPort: 8080}]
        env:
${environment.join('\n')}
`;
}

/** As many bytes of nothing, without holding them. */
function filler(bytes: number): Readable {
  const chunk = Buffer.alloc(64 * 1024);
  let left = bytes;
  return new Readable({
    read() {
      const next = chunk.subarray(0, Math.min(chunk.length, left));
      left -= next.length;
      this.push(next.length === 0 ? null : next);
    },
  });
}

async function writeBundle(file: string, layout: Layout): Promise<void> {
  const zip = new ZipFile();
  const release = 'apiVersion: tidegate.dev/v1\nkind: Release\napplication: web\n';
  const fillers = layout === 'together' ? 1 : manifests;
  const fillerBytes = Math.floor(bundleBytes / fillers);
  zip.addBuffer(Buffer.from(release), 'tidegate.yaml');
  for (let index = 0; index < manifests; index += 1) {
    zip.addBuffer(Buffer.from(deployment(index)), `manifests/${index}.yaml`);
    if (index >= fillers) continue;
    const options = { compress: false, size: fillerBytes };
    zip.addReadStreamLazy(`docs/${index}.bin`, options, (give) => give(null, filler(fillerBytes)));
  }
  zip.end();
  await pipe(zip.outputStream, createWriteStream(file));
}

/** Where template.yaml says how Node runs in the function. */
const nodeOptionsPath = [
  'Resources',
  'ValidateBundleFunction',
  'Properties',
  'Environment',
  'Variables',
  'NODE_OPTIONS',
];

/**
 * The function's own Node options, so that what is deployed is measured: on a machine with much memory V8 lets its
 * young generation grow, and the scattered bundle then takes about 280 MiB; `--max-semi-space-size=8` keeps it at 170.
 */
async function nodeOptions(): Promise<string[]> {
  const text = await readFile(new URL('../../template.yaml', import.meta.url), 'utf8');
  const options = parseDocument(text, { logLevel: 'silent' }).getIn(nodeOptionsPath);
  return typeof options === 'string' ? options.split(' ') : [];
}

/** The task bundled and minified, as it is deployed. */
async function buildChild(outfile: string): Promise<void> {
  const entry = fileURLToPath(new URL('validate-bundle-child.ts', import.meta.url));
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    logLevel: 'error',
  });
}

async function measureInChild(script: string, execArgv: string[], job: Job): Promise<Measured> {
  const child = fork(script, { execArgv });
  child.send(job);
  const [measured] = (await once(child, 'message')) as [Measured];
  await once(child, 'exit');
  return measured;
}

const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;

function report(layout: Layout, sizeBytes: number, measured: readonly Measured[]): boolean {
  const rss = measured.map(({ peakRssBytes }) => peakRssBytes);
  const [first] = measured;
  const fetched = first?.fetchedBytes ?? 0;
  const times = measured.map(({ milliseconds }) => milliseconds);
  console.log(
    `ValidateBundle, ${mebibytes(sizeBytes)} with ${manifests} manifests ${layout}, ${first?.objects} objects`,
  );
  console.log(
    `  peak RSS    median ${mebibytes(median(rss))}  (${rss.map(mebibytes).join(', ')}); bar ${mebibytes(bars.peakRssBytes)}; before the task ${mebibytes(first?.idleRssBytes ?? 0)}`,
  );
  console.log(
    `  downloaded  ${mebibytes(fetched)} in ${first?.requests} requests = ${((100 * fetched) / sizeBytes).toFixed(3)} %; bar ${100 * bars.fetchedShare} %`,
  );
  console.log(
    `  time        median ${median(times).toFixed(0)} ms  (${times.map((time) => time.toFixed(0)).join(', ')})`,
  );
  return median(rss) < bars.peakRssBytes && fetched / sizeBytes < bars.fetchedShare;
}

/** Runs the bench; false when a bar is missed. */
export async function benchValidateBundle(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'validate-bundle-'));
  const service = createS3({
    bus: { put: () => {} },
    dataFolder: folder,
    buckets: [{ name: bucket, versioning: 'Enabled' }],
  });
  const server = await serveOnLoopback(service);
  const s3 = new S3Client({ ...clientOptions(server.endpoint), forcePathStyle: true });
  try {
    const script = join(folder, 'child.cjs');
    await buildChild(script);
    const execArgv = await nodeOptions();
    console.log(`Node options of template.yaml: ${execArgv.join(' ') || 'none'}`);
    let isGood = true;
    for (const layout of layouts) {
      const file = join(folder, `${layout}.zip`);
      await writeBundle(file, layout);
      const sizeBytes = (await stat(file)).size;
      const put = {
        Bucket: bucket,
        Key: `web/${layout}.zip`,
        Body: createReadStream(file),
        ContentLength: sizeBytes,
      };
      const { VersionId = '' } = await s3.send(new PutObjectCommand(put));
      await rm(file);
      const measured: Measured[] = [];
      const job = { endpoint: server.endpoint, bundle: { bucket, key: put.Key, versionId: VersionId } };
      for (let run = 0; run < runs; run += 1) measured.push(await measureInChild(script, execArgv, job));
      isGood = report(layout, sizeBytes, measured) && isGood;
    }
    return isGood;
  } finally {
    s3.destroy();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!(await benchValidateBundle())) process.exitCode = 1;
}
