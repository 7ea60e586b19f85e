import { describe, expect, it } from 'vitest';
import { configMap, refusalOf, releaseYaml } from './bundles.ts';
import { zipOf } from './zips.ts';

const deployment = (pod: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
${pod}`;

const base = { 'tidegate.yaml': releaseYaml, 'manifests/a.yaml': configMap('a') };
/** The bundle with these files besides, or in place of, its own. */
const withFiles = (files: Record<string, string | Buffer>) => zipOf({ ...base, ...files });
const withRelease = (yaml: string) => withFiles({ 'tidegate.yaml': yaml });
const withManifest = (yaml: string | Buffer) => withFiles({ 'manifests/x.yaml': yaml });

type Case = readonly [what: string, bytes: () => Promise<Buffer>, message: string];

const layout: readonly Case[] = [
  [
    'no tidegate.yaml',
    () => zipOf({ 'manifests/a.yaml': configMap('a') }),
    'tidegate.yaml: is missing: add one beside manifests/',
  ],
  [
    'a misspelt tidegate.yaml',
    () => zipOf({ 'tidegate.yml': releaseYaml }),
    'tidegate.yaml: is missing: rename tidegate.yml to it',
  ],
  [
    'everything one folder too deep',
    () => zipOf({ 'web/tidegate.yaml': releaseYaml, 'web/manifests/a.yaml': configMap('a') }),
    'web/tidegate.yaml is one folder too deep; zip the folder’s contents, not the folder',
  ],
  [
    'a chart',
    () => withFiles({ 'chart/Chart.yaml': 'a' }),
    'chart/Chart.yaml: charts are not supported by this version; render it',
  ],
  [
    'a kustomization',
    () => withFiles({ 'manifests/kustomization.yaml': 'a' }),
    'kustomizations are not supported by this version; build it',
  ],
  [
    'a Dockerfile',
    () => withFiles({ Dockerfile: 'FROM x' }),
    'Dockerfile: building from sources is not supported by this version; push an image and name it by digest in the manifests',
  ],
  ['sources', () => withFiles({ 'src/main.go': 'x' }), 'src/main.go: building from sources'],
  [
    'an unknown entry',
    () => withFiles({ 'manifest/b.yaml': 'x' }),
    'manifest/: unknown entry `manifest` (did you mean `manifests`?)',
  ],
  [
    'an entry like nothing known',
    () => withFiles({ 'zzzzzzzz.bin': 'x' }),
    'unknown entry `zzzzzzzz.bin`; a bundle holds tidegate.yaml, manifests/, and may hold docs/',
  ],
  [
    'an unknown environment',
    () => withFiles({ 'manifests/prodction/b.yaml': 'x' }),
    'the pipeline has no environment "prodction" (did you mean `production`?); it has: staging, production',
  ],
  [
    'another file among the manifests',
    () => withFiles({ 'manifests/notes.txt': 'x' }),
    'manifests/notes.txt: is no manifest: only .yaml, .yml and .json',
  ],
  [
    'no objects at all',
    () => zipOf({ 'tidegate.yaml': releaseYaml }),
    'holds no objects for environment "staging"',
  ],
];

const releases: readonly Case[] = [
  [
    'an unknown field',
    () => withRelease(`${releaseYaml}aplication: web\n`),
    'tidegate.yaml:4:1: unknown field `aplication` (did you mean `application`?)',
  ],
  [
    'a field like nothing known',
    () => withRelease(`${releaseYaml}zzz: 1\n`),
    'tidegate.yaml:4:1: unknown field `zzz`; known fields: apiVersion, kind,',
  ],
  [
    'a missing field',
    () => withRelease('apiVersion: tidegate.dev/v1\nkind: Release\n'),
    'tidegate.yaml:1:1: `application` is missing',
  ],
  [
    'another application',
    () => withRelease(releaseYaml.replace('web', 'shop')),
    'tidegate.yaml:3:14: `application` is "shop", but the bundle was uploaded for "web"',
  ],
  [
    'another kind',
    () => withRelease(releaseYaml.replace('Release', 'Relase')),
    'tidegate.yaml:2:7: `kind` must be "Release", is "Relase"',
  ],
  [
    'a number for a version',
    () => withRelease(`${releaseYaml}version: 1.10\n`),
    'tidegate.yaml:4:10: `version` must be string, is 1.1',
  ],
  [
    'images to build',
    () => withRelease(`${releaseYaml}images: [{name: web}]\n`),
    'tidegate.yaml:4:1: `images`: building from sources is not supported',
  ],
  ['bad YAML', () => withRelease('application: [web\n'), 'tidegate.yaml:2:1: '],
  [
    'two documents',
    () => withRelease(`${releaseYaml}---\n${releaseYaml}`),
    'tidegate.yaml:5:1: holds more than one document',
  ],
  ['nothing', () => withRelease('# soon\n'), 'tidegate.yaml: is empty'],
  [
    'no UTF-8',
    () => withFiles({ 'tidegate.yaml': Buffer.from([0xc3, 0x28]) }),
    'tidegate.yaml: is not UTF-8 text',
  ],
];

const texts: readonly Case[] = [
  ['bad indentation', () => withManifest('a:\n  b: 1\n c: 2\n'), 'manifests/x.yaml:3:1: '],
  ['a tab', () => withManifest('a:\n\tb: 1\n'), 'manifests/x.yaml:2:1: Tabs are not allowed as indentation'],
  [
    'a duplicate key',
    () => withManifest(`${configMap('x')}kind: Secret\n`),
    'manifests/x.yaml:5:1: duplicate key `kind`: it stands at manifests/x.yaml:2:1 already',
  ],
  [
    'a number that looks octal and is not',
    () => withManifest('mode: 0890\n'),
    'manifests/x.yaml:1:7: number `0890` is read differently by YAML 1.1 and 1.2; write 890',
  ],
  [
    'a key that looks octal',
    () => withManifest('0400: x\n'),
    'manifests/x.yaml:1:1: number `0400` is read differently by YAML 1.1 and 1.2; write 400',
  ],
  ['an unknown tag', () => withManifest('a: !vault x\n'), 'manifests/x.yaml:1:4: tags are not supported'],
  ['an alias to nothing', () => withManifest('a: *b\n'), 'manifests/x.yaml:1:4: alias of an anchor'],
  [
    'an alias bomb',
    () =>
      withManifest(
        `a: &a [x,x]\n${'bcdef'.replace(/./g, (name, index) => `${name}: &${name} [${`*${'abcde'[index]},`.repeat(9)}]\n`)}`,
      ),
    'manifests/x.yaml:4:8: aliases expand to more than 100 parts',
  ],
  [
    'an alias to itself',
    () => withManifest('apiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: x, more: *m}\n'),
    'nests deeper than 100 levels, or holds itself by an alias',
  ],
  [
    'a wide alias expansion',
    () => withManifest(`big: &big ${'x'.repeat(100_000)}\nlist: [${'*big,'.repeat(50)}]\n`),
    'the object is larger than 1.45 MiB',
  ],
  ['deep nesting', () => withManifest(`a: ${'['.repeat(100_000)}`), 'nested deeper than 100 levels'],
  ['too many values', () => withManifest(`a: [${'1,'.repeat(200_000)}]`), 'holds too many values'],
  [
    'a number that JSON rounds',
    () => withManifest('a: 12345678901234567890\n'),
    'too large to be kept exactly',
  ],
  ['no UTF-8', () => withManifest(Buffer.from([0x61, 0xff])), 'manifests/x.yaml: is not UTF-8 text'],
];

const secret = (line: string) => withManifest(`apiVersion: v1\nkind: Secret\nstringData:\n  ${line}\n`);
const place = 'manifests/x.yaml:4:13';
/** What stands where a password was meant, with its place. */
const unquoted: readonly (readonly [line: string, where: string])[] = [
  ['password: *hunter2', place],
  ['password: !hunter2secret', place],
  ['password: !hunter2secret x', place],
  ['password: !<hunter2', place],
  ['password: |hunter2', 'manifests/x.yaml:4:14'],
  ['password: "\\hunter2"', 'manifests/x.yaml:4:14'],
  ['password: "x\\uhunter2"', 'manifests/x.yaml:4:15'],
  ['password: @hunter2', place],
  ['password: %hunter2', place],
  ['password: "x" hunter2', ''],
  ['password: [x]hunter2', ''],
  ['password: {a: b} hunter2', ''],
  ['password: 0472', place],
  ['password: 47211111111111111111111', place],
  ['<<: hunter2', 'manifests/x.yaml:4:3'],
];

describe('a Secret with a password that YAML takes for something else', () => {
  it.each(unquoted)('is refused at its place without quoting it: %s', async (line, where) => {
    const text = await refusalOf(await secret(line));
    expect(text).toContain(where);
    expect(text).toMatch(/manifests\/x\.yaml:4:\d+: /);
    expect(text).not.toMatch(/unter2|u?hunt|472/);
  });
});

const reserved: readonly Case[] = [
  [
    "the fence's own ConfigMap",
    () => withManifest(configMap('tidegate-web')),
    'manifests/x.yaml:4:9: ConfigMaps named `tidegate-…` are kept for Tidegate\'s own fences, is "tidegate-web"; choose another name',
  ],
  [
    'an owner',
    () =>
      withManifest(
        configMap('x').replace('name: x', 'name: x\n  annotations: {tidegate.dev/application: web}'),
      ),
    'manifests/x.yaml:5:43: `metadata.annotations` may not hold `tidegate.dev/application`',
  ],
  [
    'a fence number',
    () =>
      withManifest(configMap('x').replace('name: x', 'name: x\n  annotations: {tidegate.dev/fence: "9"}')),
    'may not hold `tidegate.dev/fence`',
  ],
  [
    'a label of the same prefix',
    () =>
      withManifest(
        configMap('x').replace(
          'name: x',
          'name: x\n  labels: {tidegate.dev/prune: disabled, tidegate.dev/x: y}',
        ),
      ),
    '`metadata.labels` may not hold `tidegate.dev/x`',
  ],
  [
    'the hash of a configuration',
    () =>
      withManifest(
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {template: {metadata: {annotations: {tidegate.dev/config-hash: a}}}}\n',
      ),
    '`spec.template.metadata.annotations` may not hold `tidegate.dev/config-hash`',
  ],
];

const objects: readonly Case[] = [
  ['no map', () => withManifest('- a\n'), 'manifests/x.yaml:1:1: is no Kubernetes object'],
  [
    'no kind',
    () => withManifest('apiVersion: v1\nmetadata: {name: x}\n'),
    'manifests/x.yaml:1:1: `kind` is missing',
  ],
  [
    'no name',
    () => withManifest('apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n'),
    'manifests/x.yaml:3:11: `metadata.name` is missing',
  ],
  ['a number for a name', () => withManifest(configMap('12')), '`metadata.name` must be text, is 12'],
  [
    'an impossible name',
    () => withManifest(configMap('My_App')),
    '`metadata.name` "My_App" is no Kubernetes name',
  ],
  [
    'generateName',
    () => withManifest('apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: x-}\n'),
    'manifests/x.yaml:3:26: `metadata.generateName` is for Jobs and hooks only',
  ],
  [
    'a group that cannot be',
    () => withManifest('apiVersion: batsh/v1\nkind: Job\nmetadata: {name: x}\n'),
    'manifests/x.yaml:1:13: `apiVersion: batsh/v1`: there is no API group "batsh" (did you mean `batch`?)',
  ],
  [
    'a misspelt kind',
    () => withManifest('apiVersion: apps/v1\nkind: Deploymnt\nmetadata: {name: x}\n'),
    'there is no kind `Deploymnt` in `apps/v1` (did you mean `Deployment`?)',
  ],
  [
    'an old API version',
    () => withManifest('apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: x}\n'),
    'manifests/x.yaml:1:13: Deployment by `apiVersion: extensions/v1beta1` is not served since Kubernetes 1.16; use `apps/v1`',
  ],
  [
    'another namespace',
    () => withManifest(configMap('x').replace('name: x', 'name: x\n  namespace: kube-system')),
    'manifests/x.yaml:5:14: ConfigMap x is for namespace "kube-system", but environment "staging" deploys to "web-staging"',
  ],
  [
    'a namespace without permission',
    () => withManifest('apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n'),
    'manifests/x.yaml:1:1: Namespace x is cluster-scoped, and environment "production" does not permit it',
  ],
  [
    'two objects with one identity',
    () => withManifest(`${configMap('x')}---\n${configMap('a')}`),
    'manifests/x.yaml:6:1: two objects with one identity, ConfigMap a: it stands at manifests/a.yaml:1:1 already',
  ],
  [
    'one identity for all and for one environment',
    () => withFiles({ 'manifests/staging/a.yaml': configMap('a') }),
    'manifests/staging/a.yaml:1:1: two objects with one identity',
  ],
  [
    'a label that is a number',
    () => withManifest(configMap('x').replace('name: x', 'name: x\n  labels: {version: 1.0}')),
    'manifests/x.yaml:5:21: `metadata.labels.version` must be text, is 1; put it in quotes',
  ],
  [
    'data that is a boolean',
    () => withManifest(configMap('x', 'data: {on: true}\n')),
    '`data.on` must be text, is true',
  ],
  [
    'a number in a Secret, without naming it',
    () => withManifest(configMap('x', 'stringData: {pin: 4711}\n').replace('ConfigMap', 'Secret')),
    '`stringData.pin` must be text, is a number',
  ],
  [
    'one env name twice',
    () =>
      withManifest(
        deployment(
          '      containers:\n      - name: web\n        env:\n        - {name: PORT, value: "1"}\n        - {name: PORT, value: "2"}\n',
        ),
      ),
    'manifests/x.yaml:11:11: `spec.template.spec.containers[0].env` holds name "PORT" twice: it stands at manifests/x.yaml:10:11 already',
  ],
  [
    'one container name twice',
    () => withManifest(deployment('      containers: [{name: web}, {name: web}]\n')),
    'containers` holds name "web" twice',
  ],
  [
    'one port twice',
    () =>
      withManifest(
        'apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {ports: [{port: 80}, {port: 80, protocol: TCP}]}\n',
      ),
    '`spec.ports` holds port 80, protocol "TCP" twice',
  ],
  [
    'an object over the limit',
    () =>
      withManifest(
        configMap(
          'x',
          `data: {a: ${Array.from({ length: 300_000 }, (_, index) => index.toString(36)).join('_')}}\n`,
        ),
      ),
    'manifests/x.yaml:5:7: the data of a ConfigMap may have 1 MiB, has 1.38 MiB; split it',
  ],
];

describe.each([
  ['layout', layout],
  ['tidegate.yaml', releases],
  ['text', texts],
  ['object', objects],
  ['use of reserved names', reserved],
])('bad %s is refused', (_, cases) => {
  it.each(cases)('%s', async (_what, bytes, message) => {
    expect(await refusalOf(await bytes())).toContain(message);
  });
});

describe('a refusal', () => {
  it('names everything that is wrong at once', async () => {
    const message = await refusalOf(
      await withFiles({
        'tidegate.yaml': `${releaseYaml}verion: x\n`,
        'manifests/b.yaml': 'kind: Job\n',
        Dockerfile: 'FROM x',
      }),
    );
    for (const part of ['verion', '`apiVersion` is missing', '`metadata.name` is missing', 'Dockerfile']) {
      expect(message).toContain(part);
    }
  });

  it('lists the first 20 and counts the rest', async () => {
    const message = await refusalOf(await withManifest('kind: X\n---\n'.repeat(15)));
    expect(message.split('\n')).toHaveLength(22);
    expect(message).toMatch(/^bundle "web\/web.zip" has 30 problems:/);
    expect(message).toMatch(/\n {2}and 10 more$/);
  });

  it('stays short enough for a cause of Step Functions', async () => {
    const long = Array.from({ length: 30 }, (_, index) => `${'x'.repeat(1_000)}${index}: 1\n`).join('');
    const message = await refusalOf(await withRelease(`${releaseYaml}${long}`));
    expect(message.length).toBeGreaterThan(20_000);
    expect(message.length).toBeLessThan(32_768);
  });
});
