import {
  apps,
  configMap,
  core,
  deployment,
  get,
  inTurn,
  labelled,
  post,
  type Requests,
  remove,
  withConfigMap,
  zeroUid,
} from './ask.ts';

const configMaps = `${core}/configmaps`;
const withDeleted = (name: string, query = '', body?: unknown) =>
  withConfigMap(name, remove(`${configMaps}/${name}${query}`, body));
const held = post(configMaps, {
  ...configMap('held'),
  metadata: { name: 'held', finalizers: ['example.com/hold'] },
});

export const deleteRequests: Requests = {
  'delete: what is not there': remove(`${configMaps}/none`),
  'delete: an object': withDeleted('deleted'),
  'delete: with a bad propagation': withDeleted('propagation', '?propagationPolicy=Sideways'),
  'delete: of another version': withDeleted('delete-version', '', {
    preconditions: { resourceVersion: '1' },
  }),
  'delete: of another uid': withDeleted('delete-uid', '', { preconditions: { uid: zeroUid } }),
  'delete: dry run': withDeleted('delete-dry', '?dryRun=All'),
  'delete: in the foreground': inTurn(
    post(`${apps}/deployments`, deployment('foreground')),
    remove(`${apps}/deployments/foreground?dryRun=All&propagationPolicy=Foreground`),
  ),
  'delete: a collection by label': inTurn(
    labelled('collected', { collect: 'yes' }),
    remove(`${configMaps}?labelSelector=collect%3Dyes`),
  ),
  'delete: while a finalizer holds it': inTurn(held, remove(`${configMaps}/held`)),
  'delete: what a finalizer holds is there still': get(`${configMaps}/held`),
  'delete: what nobody serves': remove(`${apps}/things/a`),
};
