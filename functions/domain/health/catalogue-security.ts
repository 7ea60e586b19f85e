import type { StatusRule } from '#domain/health/status-rule.ts';

// Certificates, secrets and policies. From each project's own API documentation.
export const securityRules: readonly StatusRule[] = [
  {
    // A new certificate is being made: the old one that is still there is not the one that was asked for.
    kinds: ['cert-manager.io/Certificate', 'certmanager.k8s.io/Certificate'],
    failed: [{ condition: 'Issuing', is: 'False', reason: /Fail|Error|Denied/ }],
    progressing: [{ condition: 'Issuing' }],
    ready: ['Ready'],
  },
  {
    kinds: ['cert-manager.io/CertificateRequest'],
    failed: [
      { condition: 'Denied' },
      { condition: 'InvalidRequest' },
      { condition: 'Ready', is: 'False', reason: /Failed|Denied/ },
    ],
    ready: ['Ready'],
  },
  {
    kinds: [
      'cert-manager.io/Issuer',
      'cert-manager.io/ClusterIssuer',
      'certmanager.k8s.io/Issuer',
      'certmanager.k8s.io/ClusterIssuer',
    ],
    failed: [{ condition: 'Ready', is: 'False', reason: /^Err/, seconds: 60 }],
    ready: ['Ready'],
  },
  {
    kinds: ['acme.cert-manager.io/Order', 'acme.cert-manager.io/Challenge'],
    ready: { at: 'status.state', ready: ['valid'], failed: ['invalid', 'expired', 'errored'] },
  },
  {
    kinds: [
      'external-secrets.io/ExternalSecret',
      'external-secrets.io/ClusterExternalSecret',
      'external-secrets.io/PushSecret',
      'external-secrets.io/SecretStore',
      'external-secrets.io/ClusterSecretStore',
    ],
    ready: ['Ready'],
  },
  {
    // Its controller can be told to write no status: then nothing is known, which is no failure.
    kinds: ['bitnami.com/SealedSecret'],
    failed: [{ condition: 'Synced', is: 'False', seconds: 60 }],
    ready: 'as-custom',
  },
  {
    kinds: ['secrets-store.csi.x-k8s.io/SecretProviderClass', 'kyverno.io/PolicyException'],
    ready: 'applied',
  },
];
