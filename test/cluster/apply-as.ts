import { addressOf } from '#domain/kinds.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { sender } from './api.ts';
import type { SharedPlane } from './shared-plane.ts';

/** Applies as another manager, by force, as administrator; `hpa/scale` writes the scale subresource. */
export function applyingAs(plane: SharedPlane) {
  const send = sender(plane, plane.adminToken);
  return async (manager: string, object: KubernetesObject): Promise<void> => {
    const [fieldManager = manager, subresource] = manager.split('/');
    const { group, name, kind, namespace } = addressOf(object);
    const root = group === '' ? '/api/v1' : `/apis/${object.apiVersion}`;
    const path = `${root}/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`;
    const call =
      subresource === undefined
        ? {
            path: `${path}?fieldManager=${fieldManager}&force=true`,
            contentType: 'application/apply-patch+yaml',
            body: object,
          }
        : {
            path: `${path}/${subresource}?fieldManager=${fieldManager}`,
            contentType: 'application/merge-patch+json',
            body: { spec: { replicas: (object.spec as { replicas: number }).replicas } },
          };
    const { status, body } = await send({ method: 'PATCH', ...call });
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  };
}
