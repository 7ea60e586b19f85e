import { join } from 'node:path';

/** Everything that the programs' flags are made of. */
export interface Layout {
  /** The plane's own folder: keys, tokens, kubeconfigs, data, logs. */
  readonly folder: string;
  readonly ports: { readonly etcd: number; readonly etcdPeer: number; readonly apiServer: number };
}

/** The files under the folder that programs are told of. */
export const files = {
  ca: 'ca.crt',
  servingCertificate: 'server.crt',
  servingKey: 'server.key',
  serviceAccountKey: 'service-account.key',
  serviceAccountPublicKey: 'service-account.pub',
  tokens: 'tokens.csv',
  tokenWebhook: 'token-webhook.yaml',
  auditPolicy: 'audit-policy.yaml',
  audit: 'audit.log',
  admin: 'admin.kubeconfig',
  controllerManager: 'controller-manager.kubeconfig',
  scheduler: 'scheduler.kubeconfig',
} as const;

type Flags = Readonly<Record<string, string | number | boolean>>;

const list = (flags: Flags): string[] => Object.entries(flags).map(([name, value]) => `--${name}=${value}`);

export function etcdArguments({ folder, ports }: Layout): string[] {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return list({
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
    'log-level': 'warn',
    // Nothing here outlives the plane.
    'unsafe-no-fsync': true,
  });
}

export function apiServerArguments({ folder, ports }: Layout): string[] {
  const file = (name: keyof typeof files) => join(folder, files[name]);
  return list({
    'etcd-servers': `http://127.0.0.1:${ports.etcd}`,
    'bind-address': '127.0.0.1',
    'secure-port': ports.apiServer,
    // An Endpoints object may hold no loopback address, so that the service `kubernetes` has none.
    'advertise-address': '192.0.2.1',
    'endpoint-reconciler-type': 'none',
    'tls-cert-file': file('servingCertificate'),
    'tls-private-key-file': file('servingKey'),
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-signing-key-file': file('serviceAccountKey'),
    'service-account-key-file': file('serviceAccountPublicKey'),
    'service-cluster-ip-range': '10.96.0.0/16',
    'token-auth-file': file('tokens'),
    'authentication-token-webhook-config-file': file('tokenWebhook'),
    'authentication-token-webhook-version': 'v1',
    // What the verifier says counts soon: tests give rights and wait for tokens to grow old.
    'authentication-token-webhook-cache-ttl': '1s',
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'allow-privileged': true,
    // There is no kube-proxy: webhooks and API services are reached at their pods, not at the service's address.
    'enable-aggregator-routing': true,
    // Nodes have no names that resolve.
    'kubelet-preferred-address-types': 'InternalIP',
    'audit-policy-file': file('auditPolicy'),
    'audit-log-path': file('audit'),
  });
}

export function controllerManagerArguments({ folder }: Layout): string[] {
  return list({
    kubeconfig: join(folder, files.controllerManager),
    'service-account-private-key-file': join(folder, files.serviceAccountKey),
    'root-ca-file': join(folder, files.ca),
    'use-service-account-credentials': true,
    'leader-elect': false,
    'secure-port': 0,
  });
}

export function schedulerArguments({ folder }: Layout): string[] {
  return list({ kubeconfig: join(folder, files.scheduler), 'leader-elect': false, 'secure-port': 0 });
}
