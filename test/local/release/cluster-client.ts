import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import { type ClusterAccess, readKubeconfig } from '../../../cli/cluster/kubeconfig.ts';

// biome-ignore lint/suspicious/noExplicitAny: objects of the cluster are open JSON
export type LiveObject = any;

/** The cluster itself, past everything that Tidegate says of it. */
export interface ClusterClient {
  /** Undefined when it does not exist. */
  read(path: string): Promise<LiveObject | undefined>;
  /** Server-side apply by another field manager, with force. */
  apply(path: string, object: object, fieldManager: string): Promise<LiveObject>;
  /** `<namespace>/<name> <resourceVersion>` of every ConfigMap, and the namespaces: what a release would leave. */
  inventory(): Promise<readonly string[]>;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

function send(
  access: ClusterAccess,
  { method, path, body }: Call,
): Promise<{ status: number; body: LiveObject }> {
  const headers = {
    authorization: `Bearer ${access.token}`,
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/apply-patch+yaml' }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, access.server),
      { method, headers, ca: access.certificateAuthority, agent: false },
      (response) =>
        void json(response).then(
          (answer) => resolve({ status: response.statusCode ?? 0, body: answer }),
          reject,
        ),
    );
    sent.on('error', reject).end(body);
  });
}

export async function connectCluster(kubeconfig: string): Promise<ClusterClient> {
  const access = await readKubeconfig(kubeconfig);
  const read = async (path: string) => {
    const { status, body } = await send(access, { method: 'GET', path });
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`);
    return body;
  };
  return {
    read,
    async apply(path, object, fieldManager) {
      const query = `fieldManager=${fieldManager}&force=true`;
      const call = { method: 'PATCH', path: `${path}?${query}`, body: JSON.stringify(object) };
      const { status, body } = await send(access, call);
      if (status >= 300) throw new Error(`PATCH ${path} answered ${status}: ${JSON.stringify(body)}`);
      return body;
    },
    async inventory() {
      const lists = await Promise.all(['/api/v1/namespaces', '/api/v1/configmaps'].map(read));
      return lists
        .flatMap(({ items }) => items)
        .map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name} ${metadata.uid}`)
        .sort();
    },
  };
}

export const configMapPath = (namespace: string, name: string): string =>
  `/api/v1/namespaces/${namespace}/configmaps/${name}`;
export const deploymentPath = (namespace: string, name: string): string =>
  `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
