/** What of the Cluster contract does not hold, by the title of its test, for whom, and why. */
export const contractDifferences: Readonly<
  Record<'administrator' | 'deployer', Readonly<Record<string, string>>>
> = {
  administrator: {},
  deployer: {
    'says that a namespace is missing':
      'whoever may work in one namespace only is answered 403 for any other, be it there or not',
    'shows the kinds that it was asked for, where it was asked, and no others':
      'the Role lets nobody watch ConfigMaps, which no rollout needs, nor look into other namespaces',
    'lists the metadata of what carries a label, and nothing of its data':
      'whoever may work in one namespace only is answered 403 for one that is not there',
    'shows objects that belong to no namespace': 'the Role gives no rights on what belongs to no namespace',
  },
};

const words = 'the message has other words';
const unchecked = 'the laptop cluster does not check this';
const options = 'the laptop cluster does not check the options of a request';
const unserved =
  "whatever is not served is '404 page not found' on the laptop cluster, also in a group that is there";
const emptyDetails = 'the laptop cluster leaves out details that are empty';
const statusOwner = "the laptop cluster counts an empty status among its creator's fields";
const noManagedFields = 'the laptop cluster notes managed fields also where there are none';

/** Where the laptop cluster answers otherwise than a real API server, by the title of the request, and why. */
export const laptopDifferences: Readonly<Record<string, string>> = {
  'create: of another kind than the path': words,
  'create: of another group than the path': words,
  'create: without data': noManagedFields,
  'create: with a resource version': 'a real server answers 500 without a reason, the laptop cluster 400',
  'create: of no JSON': words,
  'create: of an unknown media type': 'the laptop cluster takes whatever it is sent for JSON',
  'create: dry run of something unknown': options,
  'create: an unknown field, strictly': words,
  'create: an unknown field, with a warning': statusOwner,
  'create: an unknown field, ignored': statusOwner,
  'create: a bad fieldValidation': options,
  'create: a Deployment': statusOwner,
  'create: a bad quantity': unchecked,
  'create: a limit below its request': unchecked,
  'create: a probe of nothing': unchecked,
  'create: a mount of an unknown volume': 'the cause has another reason',
  'create: a headless Service': "the laptop cluster counts what it allocates among its creator's fields",
  'create: an ExternalName without a name': unchecked,
  'create: a Secret that is no base64': unchecked,
  'create: a ConfigMap over 1 MiB': unchecked,
  'create: a PodDisruptionBudget of both kinds': words,
  'create: what nobody serves': unserved,
  'read: what nobody serves, of a group that is there': unserved,
  'read: another version of a group': unserved,
  'read: a subresource that is not there': unserved,
  'read: a namespaced object in no namespace': unserved,
  'read: with no token':
    'a real server knows anonymous users, who may do nothing; the laptop cluster wants a token',
  'read: as a type that is not served': 'the laptop cluster answers in JSON whatever it is asked for',
  'list: by a bad label selector': words,
  'list: by a field that cannot be selected': words,
  'list: of something deprecated': 'the laptop cluster warns of nothing that is deprecated',
  'list: with a bad limit': options,
  'list: with a bad continue token': 'the laptop cluster takes it for an old one',
  'list: from a bad resource version':
    'the laptop cluster keeps no earlier states, and does not look at the version of a list',
  'list: from a version of the future':
    'the laptop cluster keeps no earlier states, and does not look at the version of a list',
  'list: metadata only, of nothing': 'a real server answers null for no items',
  'watch: from a bad resource version': options,
  'rights: a review of one': 'a real server notes managed fields even on a review',
  'discovery: of a version that is not there': unserved,
  'replace: at a version that is no number':
    'a real server fails to parse it: 500; the laptop cluster finds it stale: 409',
  'replace: of another uid': 'a real server answers 409, the laptop cluster 422',
  'replace: with a bad dry run': options,
  'patch: strategic, a container by name': statusOwner,
  'patch: JSON, a test that fails': words,
  'patch: JSON, a path that is not there': words,
  'patch: JSON that is no list': words,
  'patch: of an unknown media type': words,
  'patch: of the status through the object': statusOwner,
  'apply: no kind': words,
  'apply: another version of the group': words,
  'apply: what nobody serves, of a group that is there': unserved,
  'apply: as a manager of a name too long': options,
  'apply: force on another patch': options,
  'apply: a scale by hand': 'a real server leaves out replicas of a scale that are 0',
  'apply: nothing, to let go of everything': noManagedFields,
  'method: that nothing answers': emptyDetails,
  'method: on a subresource': emptyDetails,
  'delete: in the foreground': statusOwner,
  'delete: a collection by label': 'items of a list that was deleted bear no kind on a real server',
  'delete: what nobody serves': unserved,
};
