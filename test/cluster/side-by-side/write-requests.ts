import {
  apply,
  apps,
  configMap,
  core,
  deployment,
  inTurn,
  object,
  patch,
  post,
  put,
  type Requests,
  withConfigMap,
  withReplaced,
  zeroUid,
} from './ask.ts';

const configMaps = `${core}/configmaps`;
const deployments = `${apps}/deployments`;
const withDeployment = (name: string, ...asks: Parameters<typeof inTurn>) =>
  inTurn(post(deployments, deployment(name)), ...asks);
/** Makes a ConfigMap, and patches it by a list of JSON Patch operations. */
const jsonPatched = (name: string, operations: unknown) =>
  withConfigMap(name, patch(`${configMaps}/${name}`, 'json-patch+json', operations));
const env = { name: 'main', env: [{ name: 'A', value: '1' }] };

export const writeRequests: Requests = {
  'replace: what is not there': put(`${configMaps}/none`, configMap('none')),
  'replace: without a resource version': withConfigMap(
    'put',
    put(`${configMaps}/put`, configMap('put', { b: '2' })),
  ),
  'replace: at a version that is no number': withReplaced('put-stale', { resourceVersion: 'stale' }),
  'replace: at an old version': withReplaced('put-old', { resourceVersion: '1' }),
  'replace: at a version of the future': withReplaced('put-future', { resourceVersion: '999999999' }),
  'replace: of another uid': withReplaced('put-uid', { uid: zeroUid }),
  'replace: by another name': withReplaced('put-name', { name: 'other' }),
  'replace: with a bad dry run': withConfigMap(
    'put-dry',
    put(`${configMaps}/put-dry?dryRun=no`, configMap('put-dry')),
  ),

  'patch: merge': withConfigMap(
    'merge',
    patch(`${configMaps}/merge`, 'merge-patch+json', { data: { a: null, b: '2' } }),
  ),
  'patch: strategic': withConfigMap(
    'strategic',
    patch(`${configMaps}/strategic`, 'strategic-merge-patch+json', { data: { b: '2' } }),
  ),
  'patch: strategic, a container by name': withDeployment(
    'by-name',
    patch(`${deployments}/by-name`, 'strategic-merge-patch+json', {
      spec: { template: { spec: { containers: [env] } } },
    }),
  ),
  'patch: JSON': jsonPatched('json', [{ op: 'add', path: '/data/b', value: '2' }]),
  'patch: JSON, a test that fails': jsonPatched('json-test', [{ op: 'test', path: '/data/a', value: '2' }]),
  'patch: JSON, a path that is not there': jsonPatched('json-path', [{ op: 'remove', path: '/data/b' }]),
  'patch: JSON that is no list': jsonPatched('json-list', { op: 'remove' }),
  'patch: what is not there': patch(`${configMaps}/none`, 'merge-patch+json', { data: {} }),
  'patch: of an unknown media type': withConfigMap(
    'patched',
    patch(`${configMaps}/patched`, 'json', { data: {} }),
  ),
  'patch: of the status through the object': withDeployment(
    'status',
    patch(`${deployments}/status`, 'merge-patch+json', { status: { replicas: 7 } }),
  ),
  'patch: of an immutable field': withDeployment(
    'immutable',
    patch(`${deployments}/immutable`, 'merge-patch+json', {
      spec: { selector: { matchLabels: { app: 'other' } } },
    }),
  ),

  'apply: another name than the path': apply(`${configMaps}/path`, configMap('body')),
  'apply: no kind': apply(`${configMaps}/kindless`, { metadata: { name: 'kindless' } }),
  'apply: another version of the group': apply(`${deployments}/old`, {
    ...deployment('old'),
    apiVersion: 'apps/v1beta1',
  }),
  'apply: what nobody serves, of a group that is there': apply(
    `${apps}/things/a`,
    object('apps/v1', 'Thing', 'a'),
  ),
  'apply: what nobody serves': apply('/apis/none.example/v1/things/a', {
    apiVersion: 'none.example/v1',
    kind: 'Thing',
    metadata: { name: 'a' },
  }),
  'apply: as a manager of a name too long': apply(
    `${configMaps}/manager`,
    configMap('manager'),
    `fieldManager=${'x'.repeat(129)}`,
  ),
  'apply: a bad force': apply(`${configMaps}/force`, configMap('force'), 'fieldManager=orch&force=maybe'),
  'apply: force on another patch': withConfigMap(
    'forced',
    patch(`${configMaps}/forced?force=true`, 'merge-patch+json', { data: {} }),
  ),
  'apply: a dry run of a creation': apply(
    `${configMaps}/dry-apply`,
    configMap('dry-apply'),
    'fieldManager=orch&dryRun=All',
  ),
  'apply: the same again': inTurn(
    apply(`${configMaps}/again`, configMap('again')),
    apply(`${configMaps}/again`, configMap('again')),
  ),
  'apply: another value than another manager': inTurn(
    apply(`${configMaps}/contested`, configMap('contested'), 'fieldManager=one'),
    apply(`${configMaps}/contested`, configMap('contested', { a: '2' }), 'fieldManager=two'),
  ),
  'apply: a scale by hand': inTurn(
    apply(`${deployments}/scaled`, deployment('scaled')),
    patch(`${deployments}/scaled/scale?fieldManager=hand`, 'merge-patch+json', { spec: { replicas: 0 } }),
  ),
  'apply: nothing, to let go of everything': inTurn(
    apply(`${configMaps}/let-go`, configMap('let-go')),
    apply(`${configMaps}/let-go`, object('v1', 'ConfigMap', 'let-go')),
  ),
  'apply: at an old version': inTurn(
    apply(`${configMaps}/applied-old`, configMap('applied-old')),
    apply(`${configMaps}/applied-old`, {
      ...configMap('applied-old', { a: '2' }),
      metadata: { name: 'applied-old', resourceVersion: '1' },
    }),
  ),

  'method: that nothing answers': post(`${configMaps}/none`, {}),
  'method: on a subresource': post(`${deployments}/none/scale`, {}),
};
