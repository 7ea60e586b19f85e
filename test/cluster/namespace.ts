import { sender } from './api.ts';
import type { SharedPlane } from './shared-plane.ts';

/** Makes a namespace, as administrator; resolves when pods can be made in it. */
export async function makeNamespace(
  plane: Pick<SharedPlane, 'url' | 'ca' | 'adminToken'>,
  name: string,
): Promise<string> {
  const send = sender(plane, plane.adminToken);
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  const { status, body: answer } = await send({ method: 'POST', path: '/api/v1/namespaces', body });
  if (status !== 201) throw new Error(`namespace '${name}': ${JSON.stringify(answer)}`);
  const account = { path: `/api/v1/namespaces/${name}/serviceaccounts/default` };
  while ((await send(account)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 50));
  return name;
}
