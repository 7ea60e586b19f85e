import { type FieldError, invalidValue, required, unsupportedValue } from '../errors.ts';
import type { Json } from '../object.ts';
import { label, labelText } from './names.ts';

/** What is wrong with a pod's specification that stands at `at`; `given` names the volumes that it will also have. */
export function validatePodSpec(spec: Json, at: string, given: readonly string[] = []): FieldError[] {
  const errors: FieldError[] = [];
  const volumes = new Set<string>(given);
  (spec.volumes ?? []).forEach((volume: Json, index: number) => {
    const place = `${at}.volumes[${index}]`;
    if (!volume.name) errors.push(required(`${place}.name`));
    else if (!label.test(volume.name)) errors.push(invalidValue(`${place}.name`, volume.name, labelText));
    if (Object.keys(volume).length < 2) errors.push(required(place, 'must specify a volume type'));
    volumes.add(volume.name);
  });
  if ((spec.containers ?? []).length === 0) errors.push(required(`${at}.containers`));
  (spec.initContainers ?? []).forEach((container: Json, index: number) => {
    errors.push(...validateContainer(container, `${at}.initContainers[${index}]`, volumes));
  });
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
