import { stringify } from 'yaml';

/** A kubeconfig with one context, whose cluster and user have its name. */
export function writeKubeconfig(contextName: string, url: string, caPem: string, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: contextName,
        cluster: { server: url, 'certificate-authority-data': Buffer.from(caPem).toString('base64') },
      },
    ],
    users: [{ name: contextName, user: { token } }],
    contexts: [
      { name: contextName, context: { cluster: contextName, user: contextName, namespace: 'default' } },
    ],
    'current-context': contextName,
  });
}
