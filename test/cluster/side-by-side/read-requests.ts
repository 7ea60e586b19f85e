import { apps, core, get, inTurn, labelled, namespace, post, type Requests, withConfigMap } from './ask.ts';

const configMaps = `${core}/configmaps`;
const partial = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const partialList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

export const readRequests: Requests = {
  'read: what is not there': get(`${configMaps}/none`),
  'read: what nobody serves, of a group that is there': get(`${apps}/things/a`),
  'read: a group that is not there': get('/apis/none.example/v1/things'),
  'read: another version of a group': get(`/apis/apps/v1beta1/namespaces/${namespace}/deployments/a`),
  'read: a path that is not there': get('/none'),
  'read: a subresource that is not there': withConfigMap('sub', get(`${configMaps}/sub/none`)),
  'read: the log of a pod that is not there': get(`${core}/pods/none/log`),
  'read: a namespaced object in no namespace': get('/api/v1/configmaps/none'),
  'read: with no token': get(configMaps, { token: null }),
  'read: with a wrong token': get(configMaps, { token: 'wrong' }),
  'read: metadata only': withConfigMap('partial', get(`${configMaps}/partial`, { accept: partial })),
  'read: as a type that is not served': get(`${configMaps}/none`, { accept: 'text/html' }),

  'list: by label': inTurn(
    labelled('listed', { list: 'label' }),
    get(`${configMaps}?labelSelector=list%3Dlabel`),
  ),
  'list: by a bad label selector': get(`${configMaps}?labelSelector=a%3D%3D%3Db`),
  'list: by a set of labels': inTurn(
    labelled('in-set', { set: 'b' }),
    get(`${configMaps}?labelSelector=${encodeURIComponent('set in (a, b),!none')}`),
  ),
  'list: by name': withConfigMap('named', get(`${configMaps}?fieldSelector=metadata.name%3Dnamed`)),
  'list: by a field that cannot be selected': get(`${configMaps}?fieldSelector=data.a%3D1`),
  'list: of nothing': get(`${core}/services?labelSelector=none%3Dnone`),
  'list: of something deprecated': get(`${core}/endpoints?labelSelector=none%3Dnone`),
  'list: with a bad limit': get(`${configMaps}?limit=many`),
  'list: with a bad continue token': get(`${configMaps}?limit=1&continue=none`),
  'list: from a bad resource version': get(`${configMaps}?resourceVersion=none`),
  'list: from a version of the future': get(
    `${core}/secrets?resourceVersion=999999999&resourceVersionMatch=Exact`,
  ),
  'list: metadata only': inTurn(
    labelled('partial-list', { list: 'partial' }),
    get(`${configMaps}?labelSelector=list%3Dpartial`, { accept: partialList }),
  ),
  'list: metadata only, of nothing': get(`${core}/secrets?labelSelector=none%3Dnone`, {
    accept: partialList,
  }),
  'watch: from a bad resource version': get(`${configMaps}?watch=true&resourceVersion=none&timeoutSeconds=1`),
  'watch: that ends without an event': get(
    `${configMaps}?watch=true&labelSelector=none%3Dnone&timeoutSeconds=1`,
  ),

  'rights: a review of one': post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { namespace, verb: 'create', group: 'apps', resource: 'deployments' } },
  }),
  'discovery: of a group': get('/apis/apps'),
  'discovery: of a version that is not there': get('/apis/apps/v9'),
};
