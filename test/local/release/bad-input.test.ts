import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleLimits } from '#domain/bundle-limits.ts';
import type { Pipeline } from '#domain/pipeline.ts';
import { environmentParameterName, pipelineParameters } from '#domain/pipeline-parameters.ts';
import type { Failure } from '#domain/release.ts';
import type { ReleaseView, ShowReleaseResult } from '#domain/view.ts';
import { type RawEntry, rawZip, zipOf } from '../../unit/domain/bundle/zips.ts';
import {
  bundleOf,
  configMap,
  deployment,
  type EnvironmentChoice,
  namespaceOf,
  pipelineOf,
  releaseYaml,
} from './applications.ts';
import { deploymentPath } from './cluster-client.ts';
import { eventually, patienceMilliseconds } from './eventually.ts';
import { createLanes } from './lanes.ts';
import { closedPort, startRegistry, type TinyRegistry } from './registry.ts';
import { hasEnded, type ReleaseCloud, startReleaseCloud } from './release-cloud.ts';

const environments: readonly EnvironmentChoice[] = [
  { name: 'staging' },
  { name: 'production', clusterScopedKinds: [] },
];
const nobodyListens = await closedPort();

type Put = (cloud: ReleaseCloud, pipeline: Pipeline) => Promise<void>;

interface BadInput {
  readonly what: string;
  readonly zip: (pipeline: Pipeline) => Buffer | Promise<Buffer>;
  /** How the pipeline gets into Parameter Store; as the CLI does it unless given. */
  readonly put?: Put;
  readonly error: string;
  /** What is wrong, where, and how to mend it. */
  readonly says: readonly (string | RegExp)[];
}

/** A sound bundle of one ConfigMap with these files besides, or in place of, its own. */
const withFiles =
  (files: Readonly<Record<string, string | Buffer>>): BadInput['zip'] =>
  ({ application }) =>
    zipOf({ 'tidegate.yaml': releaseYaml(application), 'manifests/a.yaml': configMap('a'), ...files });
const withManifest = (text: string) => withFiles({ 'manifests/x.yaml': text });
const withEntries =
  (...entries: readonly RawEntry[]): BadInput['zip'] =>
  ({ application }) =>
    rawZip([
      { name: 'tidegate.yaml', data: releaseYaml(application) },
      { name: 'manifests/a.yaml', data: configMap('a') },
      ...entries,
    ]);
const withImage = (image: string): BadInput['zip'] => withManifest(deployment('web', image));
const sound: BadInput['zip'] = withFiles({});

/** The pipeline with this field in each environment's parameter, past the CLI that would refuse it. */
const withPolicy =
  (field: string, value: unknown): Put =>
  (cloud, pipeline) =>
    cloud.putRaw(
      pipelineParameters(cloud.target.stack.PipelineParameterPrefix, pipeline).map(
        ({ name, value: text }) => {
          const isEnvironment = name.includes('/environments/');
          return {
            name,
            value: isEnvironment ? JSON.stringify({ ...JSON.parse(text), [field]: value }) : text,
          };
        },
      ),
    );
const withoutParameterOf =
  (environment: string): Put =>
  (cloud, pipeline) => {
    const prefix = cloud.target.stack.PipelineParameterPrefix;
    const missing = environmentParameterName(prefix, pipeline.application, environment);
    return cloud.putRaw(pipelineParameters(prefix, pipeline).filter(({ name }) => name !== missing));
  };

const invalid = 'BundleInvalidError';
const cases: readonly BadInput[] = [
  {
    what: 'no zip',
    zip: () => Buffer.from('kind: Deployment\n'),
    error: invalid,
    says: [/^bundle "\S+\/x\.zip" is not a zip; make it with/],
  },
  {
    what: 'a truncated zip',
    zip: async (pipeline) => (await sound(pipeline)).subarray(0, -30),
    error: invalid,
    says: ['is a truncated zip: its end is missing; upload it again'],
  },
  {
    what: 'names that lead out, are absolute, or have backslashes',
    zip: withEntries(
      { name: 'manifests/../../etc/passwd', data: 'x' },
      { name: '/etc/passwd', data: 'x' },
      { name: 'manifests\\b.yaml', data: 'x' },
    ),
    error: invalid,
    says: [
      'entry "manifests/../../etc/passwd": its name leads out',
      'entry "/etc/passwd": its name is absolute',
      /entry "manifests\\+b\.yaml": .*backslash; zip it with \//,
    ],
  },
  {
    what: 'a symbolic link',
    zip: withEntries({ name: 'manifests/link.yaml', data: '/etc/passwd', mode: 0o120777 }),
    error: invalid,
    says: ['entry "manifests/link.yaml": is a symbolic link'],
  },
  {
    what: 'one name twice, and names that differ in case',
    zip: withEntries(
      { name: 'manifests/a.yaml', data: configMap('a') },
      { name: 'manifests/A.yaml', data: configMap('a') },
    ),
    error: invalid,
    says: [
      'entry "manifests/a.yaml": stands in the zip twice',
      'differs from "manifests/a.yaml" only in case',
    ],
  },
  {
    what: 'a zip bomb that says it is small',
    zip: withEntries({
      name: 'manifests/bomb.yaml',
      method: 8,
      data: Buffer.alloc(bundleLimits.fileBytes + 1, 'a'),
      declaredBytes: 100,
    }),
    error: invalid,
    says: [/manifests\/bomb\.yaml: inflates to more than 200 times .* zip bomb/],
  },
  {
    what: 'too many entries',
    zip: ({ application }) =>
      rawZip([{ name: 'tidegate.yaml', data: releaseYaml(application) }], { entryCount: 10_001 }),
    error: invalid,
    says: ['holds 10001 entries; at most 10000'],
  },
  {
    what: 'a file over the limit',
    zip: withManifest(`# ${'x'.repeat(bundleLimits.fileBytes)}`),
    error: invalid,
    says: ['manifests/x.yaml: is larger than 5 MiB'],
  },
  {
    what: 'no tidegate.yaml',
    zip: () => zipOf({ 'manifests/a.yaml': configMap('a') }),
    error: invalid,
    says: ['tidegate.yaml: is missing: add one beside manifests/'],
  },
  {
    what: 'invalid YAML',
    zip: withManifest('a:\n  b: 1\n c: 2\n'),
    error: invalid,
    says: ['manifests/x.yaml:3:1: '],
  },
  {
    what: 'an unknown field',
    zip: ({ application }) =>
      zipOf({
        'tidegate.yaml': `${releaseYaml(application)}desciption: x\n`,
        'manifests/a.yaml': configMap('a'),
      }),
    error: invalid,
    says: ['tidegate.yaml:4:1: unknown field `desciption` (did you mean `description`?)'],
  },
  {
    what: 'an unknown application',
    zip: sound,
    put: async () => {},
    error: 'PipelineInvalidError',
    says: [/^application "\S+" is unknown: add its pipeline with `tidegate pipeline put <file>`/],
  },
  {
    what: 'a pipeline whose environment parameter is missing',
    zip: sound,
    put: withoutParameterOf('production'),
    error: 'PipelineInvalidError',
    says: [
      /^pipeline "\/tidegate\/pipelines\/\S+\/pipeline" names environment "production"/,
      /parameter "\S+\/environments\/production" does not exist; put the pipeline again/,
    ],
  },
  {
    what: 'manifests of an environment that the pipeline does not have',
    zip: withFiles({ 'manifests/prodction/b.yaml': configMap('b') }),
    error: invalid,
    says: [
      'the pipeline has no environment "prodction" (did you mean `production`?); it has: staging, production',
    ],
  },
  {
    what: 'two objects with one identity',
    zip: withManifest(configMap('a')),
    error: invalid,
    says: [
      'manifests/x.yaml:1:1: two objects with one identity, ConfigMap a: it stands at manifests/a.yaml:1:1',
    ],
  },
  {
    what: 'an object in a foreign namespace',
    zip: withManifest(
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: coredns\n  namespace: kube-system\n',
    ),
    error: invalid,
    says: [
      /manifests\/x\.yaml:5:14: ConfigMap coredns is for namespace "kube-system", but environment "staging" deploys to "\S+-staging"/,
    ],
  },
  {
    what: 'a cluster-scoped object without permission',
    zip: withManifest('apiVersion: v1\nkind: Namespace\nmetadata: {name: mine}\n'),
    error: invalid,
    says: [
      'manifests/x.yaml:1:1: Namespace mine is cluster-scoped, and environment "production" does not permit it',
    ],
  },
  {
    what: 'a mutable tag that its registry cannot resolve',
    zip: withImage(`127.0.0.1:${nobodyListens}/shop/web:latest`),
    error: 'PolicyViolationError',
    says: [
      `image '127.0.0.1:${nobodyListens}/shop/web:latest' in Deployment.apps `,
      "(container 'web') can't be resolved",
      'ECONNREFUSED',
      `name it by digest: 127.0.0.1:${nobodyListens}/shop/web@sha256:…`,
    ],
  },
  {
    what: 'a registry at an address of metadata services',
    zip: withImage('169.254.169.254/shop/web:latest'),
    error: 'PolicyViolationError',
    says: ['"169.254.169.254" is an address of this machine, a private network or a metadata service'],
  },
  {
    what: 'image sources',
    zip: withFiles({ Dockerfile: 'FROM scratch\n', 'src/main.go': 'package main\n' }),
    error: invalid,
    says: [
      'Dockerfile: building from sources is not supported by this version; push an image and name it by digest in the manifests',
      'src/main.go: building from sources',
    ],
  },
  {
    what: 'a policy that this version does not apply',
    zip: sound,
    put: withPolicy('freezeWindows', ['Fri 16:00/64h']),
    error: 'PipelineInvalidError',
    says: [
      /\/environments\/staging#\/freezeWindows: `freezeWindows`: this policy is not applied by this version; remove it rather than rely on it/,
    ],
  },
  {
    what: 'a deployment configuration that this version does not apply',
    zip: sound,
    put: withPolicy('deploymentConfiguration', 'Canary10Percent5Minutes'),
    error: 'PipelineInvalidError',
    says: ['`deploymentConfiguration`: "Canary10Percent5Minutes" is not applied by this version'],
  },
];

interface Seen {
  readonly answer: ShowReleaseResult;
  readonly failure: Failure | undefined;
}

let cloud: ReleaseCloud;
let registry: TinyRegistry;
let tagged: Promise<ReleaseView>;
let before: readonly string[];
/** What became of each case, by its application. */
const outcomes = new Map<string, Promise<Seen>>();
const applicationOf = (index: number): string => `bad-input${index}`;
// More at a time would only start more sandboxes of the same functions.
const lanes = createLanes(3);

async function play({ put, zip }: BadInput, application: string): Promise<Seen> {
  const pipeline = pipelineOf(application, environments);
  await (put?.(cloud, pipeline) ?? cloud.putPipeline(pipeline));
  const bundle = await cloud.upload(application, await zip(pipeline));
  const answer = await eventually(
    `end of ${application}`,
    () => cloud.show({ kind: 'upload', bundle }),
    (seen) => seen.kind === 'refused' || (seen.kind === 'release' && hasEnded(seen.view)),
  );
  const failure =
    answer.kind === 'refused'
      ? answer.failure
      : answer.kind === 'release'
        ? answer.view.release.failure
        : undefined;
  return { answer, failure };
}

async function playTagged(): Promise<ReleaseView> {
  const pipeline = pipelineOf('tagged', [{ name: 'staging' }]);
  await cloud.putPipeline(pipeline);
  const zip = await bundleOf(pipeline, { web: deployment('web', registry.image) });
  return cloud.follow(await cloud.upload('tagged', zip), hasEnded);
}

beforeAll(async () => {
  [cloud, registry] = await Promise.all([
    startReleaseCloud(['StartRelease', 'ValidateBundle', 'ShowRelease'], {
      INSECURE_REGISTRIES: '127.0.0.1',
    }),
    startRegistry(),
  ]);
  before = await cloud.cluster.inventory();
  tagged = playTagged();
  tagged.catch(() => {});
  for (const [index, input] of cases.entries()) {
    const application = applicationOf(index);
    const outcome = lanes(() => play(input, application));
    // Awaited by its own test.
    outcome.catch(() => {});
    outcomes.set(application, outcome);
  }
}, patienceMilliseconds);
afterAll(async () => {
  await Promise.all([cloud?.stop(), registry?.close()]);
});

describe('bad input is refused with what, where and how to mend it', () => {
  it.each(cases.map((input, index) => [input.what, input, applicationOf(index)] as const))(
    '%s',
    async (_, { error, says }, application) => {
      const { answer, failure } = (await outcomes.get(application)) as Seen;
      expect(failure?.name).toBe(error);
      for (const words of says) expect(failure?.message).toMatch(words);
      if (answer.kind !== 'release') return;
      expect(answer.view.release.outcome).toBe('failed-nothing-applied');
      expect(answer.view.promotions).toEqual([]);
    },
    patienceMilliseconds,
  );

  it(
    'starts nothing and leaves nothing in the cluster',
    async () => {
      await Promise.all(outcomes.values());
      const { executions = [] } = await cloud.clients.sfn.send(
        new ListExecutionsCommand({ stateMachineArn: cloud.target.stack.PromotionStateMachineArn }),
      );
      expect(executions.filter(({ name }) => name?.startsWith('bad-'))).toEqual([]);
      const found = await cloud.cluster.inventory();
      expect(found.filter((object) => object.includes('bad-'))).toEqual([]);
      expect(found).toEqual(expect.arrayContaining([...before]));
    },
    patienceMilliseconds,
  );
});

describe('an image by a tag that its registry resolves', () => {
  it(
    'is deployed by the digest that the tag stands for',
    async () => {
      const { release } = await tagged;
      expect(release).toMatchObject({ outcome: 'succeeded' });
      const live = await cloud.cluster.read(deploymentPath(namespaceOf('tagged', 'staging'), 'web'));
      expect(live.spec.template.spec.containers[0].image).toBe(registry.pinned);
    },
    patienceMilliseconds,
  );
});
