import {
  apps,
  configMap,
  core,
  deployment,
  namespace,
  object,
  post,
  type Requests,
  withConfigMap,
  zeroUid,
} from './ask.ts';

const configMaps = `${core}/configmaps`;
const deployments = `${apps}/deployments`;
const budgets = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;
const createConfigMap = (name: string, metadata: object) =>
  post(configMaps, { ...configMap(name), metadata: { name, ...metadata } });
const createDeployment = (name: string, spec: object, container: object = {}, query = '') =>
  post(`${deployments}${query}`, deployment(name, spec, container));
const createService = (name: string, spec: object) =>
  post(`${core}/services`, object('v1', 'Service', name, { spec }));
const template = { metadata: { labels: { app: 'empty' } }, spec: { containers: [] } };

export const createRequests: Requests = {
  'create: of a name that is taken': withConfigMap('taken', post(configMaps, configMap('taken'))),
  'create: with a bad name': post(configMaps, configMap('Bad_Name')),
  'create: without a name': post(configMaps, { apiVersion: 'v1', kind: 'ConfigMap' }),
  'create: of another kind than the path': post(configMaps, object('v1', 'Secret', 'a')),
  'create: of another group than the path': post(configMaps, object('apps/v1', 'ConfigMap', 'a')),
  'create: in another namespace than the path': createConfigMap('elsewhere', { namespace: 'default' }),
  'create: in no namespace of the body': createConfigMap('bare', {}),
  'create: without data': post(configMaps, object('v1', 'ConfigMap', 'without-data')),
  'create: with a resource version': createConfigMap('versioned', { resourceVersion: '1' }),
  'create: with a uid': createConfigMap('with-uid', { uid: zeroUid }),
  'create: with a bad label': createConfigMap('label', { labels: { a: 'b c' } }),
  'create: of no JSON': post(configMaps, '{'),
  'create: of an unknown media type': post(configMaps, configMap('typed'), { contentType: 'text/plain' }),
  'create: of YAML': post(
    configMaps,
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata: {a: "1"}\n',
    {
      contentType: 'application/yaml',
    },
  ),
  'create: dry run': post(`${configMaps}?dryRun=All`, configMap('dry')),
  'create: dry run of something unknown': post(`${configMaps}?dryRun=Some`, configMap('dry')),
  'create: in a namespace that is not there': post('/api/v1/namespaces/none/configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a' },
  }),
  'create: a namespace that is there': post('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  }),

  'create: an unknown field, strictly': createDeployment(
    'strict',
    { replicaz: 1 },
    {},
    '?fieldValidation=Strict',
  ),
  'create: an unknown field, with a warning': createDeployment(
    'warned',
    { replicaz: 1 },
    {},
    '?fieldValidation=Warn',
  ),
  'create: an unknown field, ignored': createDeployment(
    'ignored',
    { replicaz: 1 },
    {},
    '?fieldValidation=Ignore',
  ),
  'create: a bad fieldValidation': createDeployment('maybe', {}, {}, '?fieldValidation=Maybe'),
  'create: a Deployment': createDeployment('plain', {}),
  'create: a Deployment without a template': post(
    deployments,
    object('apps/v1', 'Deployment', 'bare', { spec: { selector: { matchLabels: { a: 'b' } } } }),
  ),
  'create: a Deployment without containers': createDeployment('empty', { template }),
  'create: a bad quantity': createDeployment('quantity', {}, { resources: { limits: { memory: '1 GB' } } }),
  'create: a limit below its request': createDeployment(
    'limits',
    {},
    { resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } },
  ),
  'create: a probe of nothing': createDeployment('probe', {}, { readinessProbe: {} }),
  'create: a port that is none': createDeployment('port', {}, { ports: [{ containerPort: 70_000 }] }),
  'create: a mount of an unknown volume': createDeployment(
    'volume',
    {},
    { volumeMounts: [{ name: 'v', mountPath: '/v' }] },
  ),
  'create: negative replicas': createDeployment('negative', { replicas: -1 }),
  'create: a pull policy that is none': createDeployment('policy', {}, { imagePullPolicy: 'Sometimes' }),

  'create: a Service without ports': createService('portless', { selector: { a: 'b' } }),
  'create: a headless Service': createService('headless', { clusterIP: 'None', selector: { a: 'b' } }),
  'create: a Service of an unknown type': createService('typed', { type: 'Door', ports: [{ port: 80 }] }),
  'create: an ExternalName without a name': createService('external', { type: 'ExternalName' }),
  'create: a Secret that is no base64': post(
    `${core}/secrets`,
    object('v1', 'Secret', 'plain', { data: { a: '?' } }),
  ),
  'create: a TLS Secret without keys': post(
    `${core}/secrets`,
    object('v1', 'Secret', 'tls', { type: 'kubernetes.io/tls' }),
  ),
  'create: a ConfigMap with a bad key': post(configMaps, configMap('bad-key', { 'a b': '1' })),
  'create: a ConfigMap over 1 MiB': post(configMaps, configMap('big', { a: 'x'.repeat(1_100_000) })),
  'create: a PodDisruptionBudget of both kinds': post(
    budgets,
    object('policy/v1', 'PodDisruptionBudget', 'both', { spec: { minAvailable: 1, maxUnavailable: 1 } }),
  ),
  'create: what nobody serves': post(`${apps}/things`, object('apps/v1', 'Thing', 'a')),
};
