import { type FieldError, forbiddenValue, invalidValue, required, unsupportedValue } from './errors.ts';
import type { Kind } from './kinds.ts';
import { type Json, type KubeObject, sameJson } from './object.ts';
import { matchesLabels } from './selectors.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const serviceLabel = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelText =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const serviceText =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

const nameRules: Readonly<Record<string, readonly [RegExp, number, string]>> = {
  Namespace: [label, 63, labelText],
  Service: [serviceLabel, 63, serviceText],
};
/** Kinds whose names may be any path segment. */
const anyName = new Set(['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']);

/** What is wrong with an object that is to be stored; `before` is what it replaces. */
export function validate(kind: Kind, object: KubeObject, before: KubeObject | undefined): FieldError[] {
  const own = validators[kind.kind]?.(object) ?? [];
  const fixed = before === undefined ? [] : (immutables[kind.kind]?.(object, before) ?? []);
  const metadata = validateMetadata(kind, object, before);
  return kind.kind === 'Secret' ? [...metadata, ...fixed, ...own] : [...metadata, ...own, ...fixed];
}

function validateMetadata(kind: Kind, object: KubeObject, before: KubeObject | undefined): FieldError[] {
  const { name, uid, labels, annotations } = object.metadata;
  const errors: FieldError[] = [];
  if (name === '') errors.push(required('metadata.name', 'name or generateName is required'));
  else if (!anyName.has(kind.kind)) {
    const [pattern, longest, text] = nameRules[kind.kind] ?? [subdomain, 253, subdomainText];
    if (name.length > longest) {
      errors.push(invalidValue('metadata.name', name, `must be no more than ${longest} characters`));
    } else if (!pattern.test(name)) errors.push(invalidValue('metadata.name', name, text));
  }
  if (before !== undefined && uid !== before.metadata.uid) {
    errors.push(invalidValue('metadata.uid', uid, 'field is immutable'));
    errors.push(invalidValue('metadata.uid', uid, 'field is immutable'));
  }
  errors.push(...validateLabels('metadata.labels', labels));
  const size = Object.entries(annotations ?? {}).reduce(
    (sum, [key, value]) => sum + key.length + value.length,
    0,
  );
  if (size > 262_144) {
    errors.push({
      reason: 'FieldValueInvalid',
      field: 'metadata.annotations',
      message: 'Too long: may not be more than 262144 bytes',
    });
  }
  return errors;
}

const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

function validateLabels(field: string, labels: Record<string, string> | undefined): FieldError[] {
  const errors: FieldError[] = [];
  for (const value of Object.values(labels ?? {})) {
    if (value.length > 63) errors.push(invalidValue(field, value, 'must be no more than 63 characters'));
    else if (!labelValue.test(value)) {
      errors.push(
        invalidValue(
          field,
          value,
          "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        ),
      );
    }
  }
  return errors;
}

const validators: Readonly<Record<string, (object: KubeObject) => FieldError[]>> = {
  Deployment: (object) => [
    ...validateWorkload(object),
    ...(object.spec.strategy.type === 'Recreate' && object.spec.strategy.rollingUpdate !== undefined
      ? [
          forbiddenValue(
            'spec.strategy.rollingUpdate',
            "may not be specified when strategy `type` is 'Recreate'",
          ),
        ]
      : []),
    ...(['Recreate', 'RollingUpdate'].includes(object.spec.strategy.type)
      ? []
      : [unsupportedValue('spec.strategy.type', object.spec.strategy.type, ['Recreate', 'RollingUpdate'])]),
  ],
  ReplicaSet: validateWorkload,
  Pod: (object) => validatePodSpec(object.spec, 'spec'),
  Service: validateService,
  ConfigMap: (object) => validateDataKeys(object),
  Secret: (object) => [...validateDataKeys(object), ...validateSecret(object)],
  RoleBinding: validateBinding,
  ClusterRoleBinding: validateBinding,
};

function validateWorkload(object: KubeObject): FieldError[] {
  const { spec } = object;
  const errors: FieldError[] = [];
  for (const field of ['replicas', 'minReadySeconds', 'revisionHistoryLimit']) {
    if (spec[field] < 0) {
      errors.push(invalidValue(`spec.${field}`, spec[field], 'must be greater than or equal to 0'));
    }
  }
  const selector = spec.selector;
  const empty =
    Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0;
  if (selector === undefined || selector === null) errors.push(required('spec.selector'));
  else if (empty) {
    errors.push(invalidValue('spec.selector', selector, 'empty selector is invalid for deployment'));
  }
  const labels = spec.template?.metadata?.labels;
  if (selector === undefined || (!empty && !matchesLabels(selector, labels ?? {}))) {
    errors.push(
      invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
    );
  }
  errors.push(...validateLabels('spec.template.labels', labels));
  errors.push(...validatePodSpec(spec.template?.spec ?? {}, 'spec.template.spec'));
  if (spec.template?.spec?.restartPolicy !== 'Always') {
    errors.push(
      unsupportedValue('spec.template.spec.restartPolicy', spec.template?.spec?.restartPolicy, ['Always']),
    );
  }
  if (
    spec.progressDeadlineSeconds !== undefined &&
    spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0)
  ) {
    errors.push(
      invalidValue(
        'spec.progressDeadlineSeconds',
        spec.progressDeadlineSeconds,
        'must be greater than minReadySeconds',
      ),
    );
  }
  return errors;
}

function validatePodSpec(spec: Json, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const volumes = new Set<string>();
  (spec.volumes ?? []).forEach((volume: Json, index: number) => {
    const place = `${at}.volumes[${index}]`;
    if (!volume.name) errors.push(required(`${place}.name`));
    else if (!label.test(volume.name)) errors.push(invalidValue(`${place}.name`, volume.name, labelText));
    if (Object.keys(volume).length < 2) errors.push(required(place, 'must specify a volume type'));
    volumes.add(volume.name);
  });
  if ((spec.containers ?? []).length === 0) errors.push(required(`${at}.containers`));
  if ((spec.initContainers ?? []).length > 0) {
    errors.push(forbiddenValue(`${at}.initContainers`, 'the laptop cluster does not run init containers'));
  }
  (spec.containers ?? []).forEach((container: Json, index: number) => {
    errors.push(...validateContainer(container, `${at}.containers[${index}]`, volumes));
  });
  return errors;
}

const pullPolicies = ['Always', 'IfNotPresent', 'Never'];

function validateContainer(container: Json, at: string, volumes: ReadonlySet<string>): FieldError[] {
  const errors: FieldError[] = [];
  if (!container.name) errors.push(required(`${at}.name`));
  else if (!label.test(container.name)) errors.push(invalidValue(`${at}.name`, container.name, labelText));
  if (!container.image) errors.push(required(`${at}.image`));
  else if (String(container.image).trim() !== container.image) {
    errors.push(invalidValue(`${at}.image`, container.image, 'must not have leading or trailing whitespace'));
  }
  if (!pullPolicies.includes(container.imagePullPolicy)) {
    errors.push(unsupportedValue(`${at}.imagePullPolicy`, container.imagePullPolicy, pullPolicies));
  }
  (container.ports ?? []).forEach((port: Json, index: number) => {
    const place = `${at}.ports[${index}].containerPort`;
    if (port.containerPort === undefined) errors.push(required(place));
    else if (!(port.containerPort > 0 && port.containerPort < 65_536)) {
      errors.push(invalidValue(place, port.containerPort, 'must be between 1 and 65535, inclusive'));
    }
  });
  (container.env ?? []).forEach((variable: Json, index: number) => {
    if (!variable.name) errors.push(required(`${at}.env[${index}].name`));
    if (variable.value !== undefined && variable.value !== '' && variable.valueFrom !== undefined) {
      errors.push(
        invalidValue(`${at}.env[${index}].valueFrom`, '', 'may not be specified when `value` is not empty'),
      );
    }
  });
  (container.volumeMounts ?? []).forEach((mount: Json, index: number) => {
    if (!mount.mountPath) errors.push(required(`${at}.volumeMounts[${index}].mountPath`));
    if (!volumes.has(mount.name)) {
      errors.push({
        reason: 'FieldValueInvalid',
        field: `${at}.volumeMounts[${index}].name`,
        message: `Not found: ${JSON.stringify(mount.name ?? '')}`,
      });
    }
  });
  return errors;
}

const serviceTypes = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

function validateService(object: KubeObject): FieldError[] {
  const { spec } = object;
  const errors: FieldError[] = [];
  const ports: Json[] = spec.ports ?? [];
  if (!serviceTypes.includes(spec.type)) errors.push(unsupportedValue('spec.type', spec.type, serviceTypes));
  if (ports.length === 0 && spec.clusterIP !== 'None' && spec.type !== 'ExternalName') {
    errors.push(required('spec.ports'));
  }
  ports.forEach((port, index) => {
    if (ports.length > 1 && !port.name) errors.push(required(`spec.ports[${index}].name`));
    if (!(port.port > 0 && port.port < 65_536)) {
      errors.push(
        invalidValue(`spec.ports[${index}].port`, port.port ?? 0, 'must be between 1 and 65535, inclusive'),
      );
    }
  });
  return errors;
}

const dataKey = /^[-._a-zA-Z0-9]+$/;

function validateDataKeys(object: KubeObject): FieldError[] {
  return Object.keys({ ...object.data, ...object.binaryData })
    .filter((key) => !dataKey.test(key))
    .map((key) =>
      invalidValue(
        `data[${key}]`,
        key,
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
      ),
    );
}

const secretKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/basic-auth': ['username', 'password'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
};

function validateSecret(object: KubeObject): FieldError[] {
  return (secretKeys[object.type] ?? [])
    .filter((key) => object.data?.[key] === undefined)
    .map((key) => required(`data[${key}]`));
}

function validateBinding(object: KubeObject): FieldError[] {
  return object.roleRef?.name ? [] : [required('roleRef.name')];
}

const immutables: Readonly<Record<string, (object: KubeObject, before: KubeObject) => FieldError[]>> = {
  Deployment: fixedSelector,
  ReplicaSet: fixedSelector,
  Pod: (object, before) =>
    sameJson(withoutImages(object.spec), withoutImages(before.spec))
      ? []
      : [
          forbiddenValue(
            'spec',
            'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
          ),
        ],
  Service: (object, before) => {
    const [now, was] = [object.spec.clusterIP, before.spec.clusterIP];
    if (object.spec.type === 'ExternalName' || before.spec.type === 'ExternalName' || now === was) return [];
    return [invalidValue('spec.clusterIPs[0]', object.spec.clusterIPs, 'may not change once set')];
  },
  ConfigMap: fixedData,
  Secret: (object, before) => [
    ...(object.type === before.type ? [] : [invalidValue('type', object.type, 'field is immutable')]),
    ...fixedData(object, before),
  ],
  RoleBinding: fixedRole,
  ClusterRoleBinding: fixedRole,
};

function fixedSelector(object: KubeObject, before: KubeObject): FieldError[] {
  return sameJson(object.spec.selector, before.spec.selector)
    ? []
    : [invalidValue('spec.selector', object.spec.selector, 'field is immutable')];
}

function withoutImages(spec: Json): Json {
  const { activeDeadlineSeconds: _, tolerations: __, ...rest } = spec;
  return { ...rest, containers: (spec.containers ?? []).map((it: Json) => ({ ...it, image: '' })) };
}

function fixedData(object: KubeObject, before: KubeObject): FieldError[] {
  if (before.immutable !== true) return [];
  const errors: FieldError[] = [];
  if (object.immutable !== true) {
    errors.push(forbiddenValue('immutable', 'field is immutable when `immutable` is set'));
  }
  for (const field of ['data', 'binaryData']) {
    if (!sameJson(object[field] ?? {}, before[field] ?? {})) {
      errors.push(forbiddenValue(field, 'field is immutable when `immutable` is set'));
    }
  }
  return errors;
}

function fixedRole(object: KubeObject, before: KubeObject): FieldError[] {
  if (sameJson(object.roleRef, before.roleRef)) return [];
  const { apiGroup, kind, name } = object.roleRef;
  const shown = { APIGroup: apiGroup, Kind: kind, Name: name };
  return [invalidValue('roleRef', shown, 'cannot change roleRef')];
}
