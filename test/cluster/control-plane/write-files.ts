import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeKubeconfig } from '../../../local/cluster/kubeconfig.ts';
import type { ServingCertificate } from '../../../local/cluster/tls.ts';
import { files, type Layout } from './arguments.ts';
import { type OwnUsers, tokenFile, type User } from './users.ts';

export interface PlaneFiles {
  readonly layout: Layout;
  readonly certificate: ServingCertificate;
  readonly own: OwnUsers;
  readonly others: readonly User[];
  readonly tokenWebhookUrl: string;
}

/** Writes what the programs read: keys, certificates, tokens, kubeconfigs, policies. */
export function writePlaneFiles({ layout, certificate, own, others, tokenWebhookUrl }: PlaneFiles): void {
  const url = `https://127.0.0.1:${layout.ports.apiServer}`;
  const serviceAccounts = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const kubeconfig = ({ token }: User) => writeKubeconfig('tidegate', url, certificate.caPem, token);
  const texts: Readonly<Record<keyof typeof files, string | undefined>> = {
    ca: certificate.caPem,
    servingCertificate: certificate.certificatePem,
    servingKey: certificate.keyPem,
    serviceAccountKey: serviceAccounts.privateKey,
    serviceAccountPublicKey: serviceAccounts.publicKey,
    tokens: tokenFile([...Object.values(own), ...others]),
    tokenWebhook: tokenWebhookConfig(tokenWebhookUrl),
    auditPolicy: auditPolicy(),
    audit: undefined,
    admin: kubeconfig(own.admin),
    controllerManager: kubeconfig(own.controllerManager),
    scheduler: kubeconfig(own.scheduler),
  };
  for (const [name, text] of Object.entries(texts)) {
    const path = join(layout.folder, files[name as keyof typeof files]);
    if (text !== undefined) writeFileSync(path, text, { mode: 0o600 });
  }
}

function tokenWebhookConfig(server: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'verifier', cluster: { server } }],
    users: [{ name: 'api-server', user: {} }],
    contexts: [{ name: 'verifier', context: { cluster: 'verifier', user: 'api-server' } }],
    'current-context': 'verifier',
  });
}

/** Each request leaves one line, when it is answered: enough to count requests and to see which were forbidden. */
function auditPolicy(): string {
  return stringify({
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived', 'ResponseStarted'],
    rules: [
      // The plane's own programs are not what anybody counts.
      { level: 'None', userGroups: ['system:nodes', 'system:serviceaccounts:kube-system'] },
      {
        level: 'None',
        users: ['system:apiserver', 'system:kube-controller-manager', 'system:kube-scheduler'],
      },
      { level: 'Metadata' },
    ],
  });
}
