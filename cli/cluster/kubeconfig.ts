import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import * as z from 'zod';
import { UnreachableError } from '../cli-error.ts';

/** How to ask a cluster's API: its address, whose certificates to trust, and who asks. */
export interface ClusterAccess {
  readonly server: string;
  /** PEM. */
  readonly certificateAuthority: string;
  readonly token: string;
}

const named = <Field extends string, Inner extends z.ZodType>(field: Field, inner: Inner) =>
  z.array(z.object({ name: z.string(), [field]: inner } as { name: z.ZodString } & Record<Field, Inner>));

const kubeconfigSchema = z.object({
  'current-context': z.string(),
  contexts: named('context', z.object({ cluster: z.string(), user: z.string() })),
  clusters: named('cluster', z.object({ server: z.string(), 'certificate-authority-data': z.string() })),
  users: named('user', z.object({ token: z.string() })),
});

/** The access of a kubeconfig's current context. Throws UnreachableError when it is not as the laptop cluster writes it. */
export async function readKubeconfig(file: string): Promise<ClusterAccess> {
  const checked = kubeconfigSchema.safeParse(parse(await readFile(file, 'utf8')));
  if (!checked.success) {
    throw new UnreachableError(`kubeconfig ${file} cannot be used: ${z.prettifyError(checked.error)}`);
  }
  const { contexts, clusters, users } = checked.data;
  const context = contexts.find(({ name }) => name === checked.data['current-context'])?.context;
  const cluster = clusters.find(({ name }) => name === context?.cluster)?.cluster;
  const user = users.find(({ name }) => name === context?.user)?.user;
  if (cluster === undefined || user === undefined) {
    throw new UnreachableError(`kubeconfig ${file} has no cluster and user for its current context`);
  }
  return {
    server: cluster.server,
    certificateAuthority: Buffer.from(cluster['certificate-authority-data'], 'base64').toString('utf8'),
    token: user.token,
  };
}
