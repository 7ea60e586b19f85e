import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import { UnreachableError } from '../cli-error.ts';
import type { ClusterAccess } from './kubeconfig.ts';

/** Reads one object by its path, over HTTPS with nothing in between. Undefined when it does not exist. */
export async function getObject(access: ClusterAccess, path: string): Promise<unknown> {
  const url = new URL(path, access.server);
  const { status, body } = await new Promise<{ status: number; body: unknown }>((resolve, reject) => {
    const sent = request(
      url,
      {
        ca: access.certificateAuthority,
        headers: { authorization: `Bearer ${access.token}`, accept: 'application/json' },
        agent: false,
      },
      (response) => {
        json(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
      },
    );
    sent.on('error', reject).end();
  }).catch((error: Error) => {
    throw new UnreachableError(`cluster ${url.origin} does not answer: ${error.message}`, { cause: error });
  });
  if (status === 404) return undefined;
  if (status === 200) return body;
  throw new UnreachableError(`cluster ${url.origin} answers ${status} for ${path}`);
}
