import { type FieldError, invalidValue, required, unsupportedValue } from '../errors.ts';
import type { Json, KubeObject } from '../object.ts';

const serviceTypes = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

/** What is wrong with a Service. */
export function validateService(object: KubeObject): FieldError[] {
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
