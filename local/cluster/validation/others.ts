import { type FieldError, forbiddenValue, invalidValue, required, unsupportedValue } from '../errors.ts';
import { type Json, type KubeObject, sameJson } from '../object.ts';
import { need, oneOf, unchanged } from './checks.ts';

/** What is wrong with a HorizontalPodAutoscaler. */
export function validateAutoscaler({ spec }: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.minReplicas < 1) {
    errors.push(invalidValue('spec.minReplicas', spec.minReplicas, 'must be greater than or equal to 1'));
  }
  if (!spec.maxReplicas) errors.push(required('spec.maxReplicas', 'must be set and greater than 0'));
  if (spec.maxReplicas < spec.minReplicas) {
    const text = 'must be greater than or equal to `minReplicas`';
    errors.push(invalidValue('spec.maxReplicas', spec.maxReplicas, text));
  }
  return [...errors, ...need(spec.scaleTargetRef, 'spec.scaleTargetRef', ['kind', 'name'])];
}

/** What is wrong with a PodDisruptionBudget. */
export function validateBudget({ spec }: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  if (spec?.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
    errors.push(invalidValue('spec', spec, 'minAvailable and maxUnavailable cannot be both set'));
  }
  for (const field of ['minAvailable', 'maxUnavailable']) {
    const value = spec?.[field];
    if (typeof value === 'string' && !/^\d+%$/.test(value)) {
      const text =
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
      errors.push(invalidValue(`spec.${field}`, value, text));
    }
    if (value < 0) errors.push(invalidValue(`spec.${field}`, value, 'must be greater than or equal to 0'));
  }
  return errors;
}

/** What is wrong with an Ingress. */
export function validateIngress({ spec }: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  const rules: Json[] = spec?.rules ?? [];
  if (rules.length === 0 && spec?.defaultBackend === undefined) {
    const text = 'either `defaultBackend` or `rules` must be specified';
    errors.push(invalidValue('spec', spec?.rules ?? null, text));
  }
  if (spec?.defaultBackend !== undefined) {
    errors.push(...validateBackend(spec.defaultBackend, 'spec.defaultBackend'));
  }
  rules.forEach((rule, index) => {
    if (rule.http === undefined) return;
    const at = `spec.rules[${index}].http.paths`;
    if ((rule.http.paths ?? []).length === 0) errors.push(required(at));
    (rule.http.paths ?? []).forEach((path: Json, place: number) => {
      errors.push(...validatePath(path, `${at}[${place}]`));
    });
  });
  return errors;
}

function validatePath(path: Json, at: string): FieldError[] {
  if (path.pathType === undefined) return [required(`${at}.pathType`, 'pathType must be specified')];
  const errors = oneOf(path, at, 'pathType', ['Exact', 'ImplementationSpecific', 'Prefix']);
  const mayBeEmpty = path.pathType === 'ImplementationSpecific' && !path.path;
  if (!mayBeEmpty && !String(path.path ?? '').startsWith('/')) {
    errors.push(invalidValue(`${at}.path`, path.path ?? '', 'must be an absolute path'));
  }
  return [...errors, ...validateBackend(path.backend ?? {}, `${at}.backend`)];
}

function validateBackend({ service, resource }: Json, at: string): FieldError[] {
  if (service !== undefined && resource !== undefined) {
    return [invalidValue(at, '', 'cannot set both resource and service backends')];
  }
  if (resource !== undefined) return [];
  if (service === undefined) return [invalidValue(at, '', 'resource or service backend is required')];
  const errors = need(service, `${at}.service`, ['name']);
  const { name, number } = service.port ?? {};
  if (name && number) errors.push(invalidValue(at, '', 'cannot set both port name & port number'));
  if (!name && !number) errors.push(required(at, 'port name or number is required'));
  return errors;
}

/** What is wrong with a StorageClass. */
export function validateStorageClass(object: KubeObject): FieldError[] {
  return [
    ...need(object, '', ['provisioner']),
    ...oneOf(object, '', 'reclaimPolicy', ['Delete', 'Retain']),
    ...oneOf(object, '', 'volumeBindingMode', ['Immediate', 'WaitForFirstConsumer']),
  ];
}

export function fixedStorageClass(object: KubeObject, before: KubeObject): FieldError[] {
  return unchanged(object, before, '', ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode']);
}

/** What is wrong with a PersistentVolume. */
export function validateVolume({ spec }: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  if ((spec.accessModes ?? []).length === 0) errors.push(required('spec.accessModes'));
  if (spec.capacity?.storage === undefined) errors.push(required('spec.capacity[storage]'));
  const sources = Object.keys(spec).filter((field) =>
    /^(hostPath|local|nfs|csi|iscsi|fc|.*Disk|.*Store)$/.test(field),
  );
  if (sources.length === 0) errors.push(required('spec', 'must specify a volume type'));
  return errors;
}

export function fixedVolume({ spec }: KubeObject, { spec: before }: KubeObject): FieldError[] {
  const sources = ['hostPath', 'local', 'nfs', 'csi', 'iscsi', 'fc'];
  const isSame = sources.every((field) => sameJson(spec[field], before[field]));
  return isSame
    ? []
    : [
        forbiddenValue(
          'spec.persistentvolumesource',
          'spec.persistentvolumesource is immutable after creation',
        ),
      ];
}

/** What is wrong with a PriorityClass. */
export function validatePriorityClass({ metadata, value }: KubeObject): FieldError[] {
  const highest = 1_000_000_000;
  if (value <= highest || metadata.name.startsWith('system-')) return [];
  const text = `maximum allowed value of a user defined priority is ${highest}`;
  return [forbiddenValue('value', text)];
}

export function fixedPriorityClass(object: KubeObject, before: KubeObject): FieldError[] {
  const isSame = object.value === before.value;
  const errors = isSame ? [] : [forbiddenValue('value', 'may not be changed in an update.')];
  return [...errors, ...unchanged(object, before, '', ['preemptionPolicy'])];
}

/** What is wrong with a NetworkPolicy. */
export function validateNetworkPolicy({ spec }: KubeObject): FieldError[] {
  const types = ['Egress', 'Ingress'];
  return (spec.policyTypes ?? [])
    .filter((type: string) => !types.includes(type))
    .map((type: string) => unsupportedValue('spec.policyTypes', type, types));
}

/** What is wrong with the webhooks of a configuration. */
export function validateWebhooks({ webhooks }: KubeObject): FieldError[] {
  return (webhooks ?? []).flatMap((webhook: Json, index: number) => {
    const at = `webhooks[${index}]`;
    const errors: FieldError[] = [];
    if (!/^[^.]+\.[^.]+\./.test(`${webhook.name ?? ''}.`)) {
      const text = 'should be a domain with at least three segments separated by dots';
      errors.push(invalidValue(`${at}.name`, webhook.name ?? '', text));
    }
    if ((webhook.admissionReviewVersions ?? []).length === 0) {
      errors.push(required(`${at}.admissionReviewVersions`, 'must specify one of v1, v1beta1'));
    }
    const effects = ['None', 'NoneOnDryRun'];
    if (webhook.sideEffects === undefined) {
      errors.push(required(`${at}.sideEffects`, `must specify one of ${effects.join(', ')}`));
    } else errors.push(...oneOf(webhook, at, 'sideEffects', effects));
    return errors;
  });
}

/** What of an EndpointSlice may not change. */
export function fixedSlice(object: KubeObject, before: KubeObject): FieldError[] {
  return unchanged(object, before, '', ['addressType']);
}

/** What of a ControllerRevision may not change. */
export function fixedRevision(object: KubeObject, before: KubeObject): FieldError[] {
  return unchanged(object, before, '', ['data']);
}

const statefulSetFields = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

/** What of a StatefulSet may not change: I1. */
export function fixedStatefulSet({ spec }: KubeObject, { spec: before }: KubeObject): FieldError[] {
  const rest = (value: Json) =>
    Object.fromEntries(Object.entries(value).filter(([field]) => !statefulSetFields.includes(field)));
  if (sameJson(rest(spec), rest(before))) return [];
  const names = statefulSetFields.map((field) => `'${field}'`);
  const text = `updates to statefulset spec for fields other than ${names.slice(0, -1).join(', ')} and ${names.at(-1)} are forbidden`;
  return [forbiddenValue('spec', text)];
}
