import type { StatusRule } from '#domain/health/status-rule.ts';

// Meshes, gateways, names, network policies. From each project's own API documentation.
export const networkRules: readonly StatusRule[] = [
  {
    // Knative says Unknown while it works, so that False is its failure.
    kinds: [
      'serving.knative.dev/*',
      'eventing.knative.dev/*',
      'messaging.knative.dev/*',
      'sources.knative.dev/*',
      'flows.knative.dev/*',
    ],
    failed: [{ condition: 'Ready', is: 'False', seconds: 60 }],
    ready: ['Ready'],
  },
  { kinds: ['gateway.networking.k8s.io/GatewayClass'], ready: ['Accepted'] },
  {
    kinds: [
      'gateway.networking.k8s.io/ReferenceGrant',
      'networking.istio.io/*',
      'security.istio.io/*',
      'telemetry.istio.io/*',
      'extensions.istio.io/*',
      'traefik.io/*',
      'traefik.containo.us/*',
      'crd.projectcalico.org/*',
      'projectcalico.org/*',
      'externaldns.k8s.io/DNSEndpoint',
    ],
    ready: 'applied',
  },
  {
    kinds: ['cilium.io/CiliumNetworkPolicy', 'cilium.io/CiliumClusterwideNetworkPolicy'],
    failed: [{ condition: 'Valid', is: 'False' }],
    ready: 'applied',
  },
  {
    kinds: ['projectcontour.io/HTTPProxy'],
    failed: [{ condition: 'Valid', is: 'False', seconds: 60 }],
    ready: ['Valid'],
  },
  {
    kinds: ['networking.gke.io/ManagedCertificate'],
    ready: {
      at: 'status.certificateStatus',
      ready: ['Active'],
      failed: ['ProvisioningFailed', 'ProvisioningFailedPermanently', 'RenewalFailed'],
    },
  },
];
