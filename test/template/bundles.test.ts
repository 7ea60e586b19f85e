import { resolve } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { esbuildOptions } from '../../local/build/esbuild-options.ts';
import { functionNames, kebab, template } from './shipped.ts';

type Properties = Parameters<typeof esbuildOptions>[0];
const propertiesOf = (name: string): Properties =>
  (template.Resources[`${name}Function`]?.Metadata?.BuildProperties ?? {}) as Properties;

const clusterFunctions = [
  'Advance',
  'ConfirmPlan',
  'Observe',
  'PlanPromotion',
  'PlanRollback',
  'VerifyRollout',
];

describe('what the bundles carry', () => {
  /** Per function, the packages whose bytes are in its bundle, and the bundle. */
  const packages = new Map<string, ReadonlySet<string>>();
  const texts = new Map<string, string>();
  let inputs: Metafile['inputs'];

  beforeAll(async () => {
    const { EntryPoints: _, ...shared } = propertiesOf('StartRelease');
    const { metafile, outputFiles } = await build({
      ...esbuildOptions(shared),
      absWorkingDir: resolve('functions'),
      entryPoints: functionNames.map((name) => ({ in: `handlers/${kebab(name)}.ts`, out: name })),
      outdir: 'built',
      write: false,
      metafile: true,
    });
    inputs = metafile.inputs;
    for (const [path, { inputs: parts }] of Object.entries(metafile.outputs)) {
      const carried = Object.entries(parts).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
      const names = carried.flatMap(
        ([part]) => part.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? [],
      );
      packages.set(nameOf(path), new Set(names));
    }
    for (const { path, text } of outputFiles) texts.set(nameOf(path), text);
  });

  const nameOf = (path: string): string => path.replace(/^.*\/|\.js$/g, '');
  const carriers = (name: RegExp): string[] =>
    functionNames.filter((each) => [...(packages.get(each) ?? [])].some((part) => name.test(part))).sort();

  it('is built alike for every function', () => {
    const { EntryPoints: _, ...shared } = propertiesOf('StartRelease');
    for (const name of functionNames) expect(propertiesOf(name)).toMatchObject(shared);
    expect([...texts.keys()].sort()).toEqual([...functionNames].sort());
  });

  it.each([
    ['the Kubernetes client', /^@kubernetes\//, clusterFunctions],
    ['the EKS client', /^@aws-sdk\/client-eks$/, clusterFunctions],
    ['the SNS client', /^@aws-sdk\/client-sns$/, ['AwaitApproval']],
    [
      'the S3 client',
      /^@aws-sdk\/client-s3$/,
      [
        ...clusterFunctions,
        'AwaitApproval',
        'DecideApproval',
        'RecordPromotion',
        'ShowApproval',
        'ShowRelease',
        'ValidateBundle',
        'VerifyImages',
      ].sort(),
    ],
    ['the SSM client', /^@aws-sdk\/client-ssm$/, ['StartRelease']],
    ['the STS client', /^@aws-sdk\/client-sts$/, []],
    ['the YAML reader', /^yaml$/, ['ValidateBundle']],
    ['the zip reader', /^yauzl$/, ['ValidateBundle']],
    ['schemas', /^zod$/, ['StartRelease', 'ValidateBundle']],
    [
      'a chain of credential sources',
      /^@(aws-sdk|smithy)\/(credential-provider|nested-clients|token-providers)/,
      [],
    ],
    ["the SDK's reader of user agents", /^bowser$/, []],
    ["the SDK's cache of discovered endpoints", /^(mnemonist|@aws-sdk\/endpoint-cache)$/, []],
  ])('%s only where it is used', (_, name, expected) => {
    expect(carriers(name)).toEqual(expected);
  });

  it('has no dynamic import of the SDK, for which all that it touches would be kept', () => {
    const targets = Object.values(inputs).flatMap(({ imports }) =>
      imports.filter(({ kind, external }) => kind === 'dynamic-import' && !external).map(({ path }) => path),
    );
    expect(targets.filter((path) => /@(smithy|aws-sdk)\//.test(path))).toEqual([]);
    expect(targets).toContain('runtime/event-streams.ts');
  });

  it('has the folders of documents that the function may write to', () => {
    const folders = /`(contents|plans|inventories|saved)\/\$\{/g;
    for (const name of functionNames) {
      const policies = JSON.stringify(template.Resources[`${name}Function`]?.Properties.Policies);
      const statement = policies.match(/"s3:PutObject"\].*?"Sid"|"s3:PutObject"\].*/)?.[0] ?? '';
      const permitted = [...statement.matchAll(/DocumentBucket\.Arn\}\/(\w+)\/\*/g)].map(
        ([, folder]) => folder,
      );
      if (permitted.length === 0) continue;
      const written = new Set([...(texts.get(name) ?? '').matchAll(folders)].map(([, folder]) => folder));
      expect([...written].toSorted(), name).toEqual(permitted.toSorted());
    }
  });
});
