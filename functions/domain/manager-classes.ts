/** What a field manager is to a release that declares a field of its (KUBERNETES.md A2). */
export type ManagerClass =
  /** Our own hold on replicas, given up without a word (A4). */
  | 'own'
  /** A person or a tool that applied the object before us. */
  | 'predecessor'
  /** Something in the cluster that goes on writing the field. */
  | 'controller'
  | 'unknown';

type Row = readonly [ManagerClass, RegExp];

// The first row that fits, so that `argo-rollouts` is no `argocd` and `kube-…` no `kubectl`.
const rows: readonly Row[] = [
  ['own', /^tidegate-handover$/],
  // Kubernetes' own, and what clouds run beside it.
  [
    'controller',
    /^(kube-controller-manager|kube-scheduler|kube-apiserver|kubelet|(aws-)?cloud-controller-manager|cluster-autoscaler|clusterrole-aggregation-controller|eks)$/,
  ],
  ['controller', /^(hpa|horizontal-pod-autoscaler|keda(-.+)?|vpa(-.+)?|goldilocks(-.+)?)$/],
  ['controller', /^(.*cainjector|cert-manager(-.+)?|external-secrets(-.+)?|external-dns)$/],
  // The AWS load balancer controller's binary is called so.
  ['controller', /^(controller|aws-load-balancer-controller|elbv2.*)$/],
  [
    'controller',
    /^(istiod|pilot-discovery|istio-.+|linkerd-.+|karpenter(-.+)?|flagger|argo-rollouts|rollouts-controller)$/,
  ],
  ['predecessor', /^kubectl(-.+)?$/],
  ['predecessor', /^before-first-apply$/],
  ['predecessor', /^(helm|Helm|tiller|helmfile)$/],
  ['predecessor', /^Go-http-client$/],
  ['predecessor', /^(argocd|argocd-.+)$/],
  ['predecessor', /^(kustomize-controller|helm-controller|flux(-.+)?|gotk-.+)$/],
  ['predecessor', /^(terraform|Terraform|HashiCorp|terraform-provider-.+|pulumi(-.+)?|opentofu)$/],
  [
    'predecessor',
    /^(kapp|kapp-controller|nelm|werf|skaffold|tanka|spinnaker|clouddriver|jenkins|gitlab-.+|harness-.+|octopus|cdk8s|kpt|live)$/,
  ],
  ['predecessor', /^(k9s|Lens|OpenLens|dashboard|Mozilla|rancher|headlamp(-server)?)$/],
  // What client libraries call themselves when their user gives no name.
  [
    'predecessor',
    /^(curl|node-fetch|OpenAPI-Generator|python-requests|okhttp|fabric8-kubernetes-client|fabric8|unknown)$/,
  ],
];

// Who writes through these is by definition not who declares the object.
const controllerSubresources: ReadonlySet<string> = new Set(['scale', 'status']);

/** Classifies who owns a field. A name that no row knows is nobody whose fields may be taken. */
export function managerClass(manager: string, subresource?: string): ManagerClass {
  if (subresource !== undefined && controllerSubresources.has(subresource)) return 'controller';
  return rows.find(([, pattern]) => pattern.test(manager))?.[0] ?? 'unknown';
}

// Only what stood for whole manifests: a hand that edited one field owns that field and nothing else (A6).
const manifestManagers = /^(kubectl-client-side-apply|kubectl|kubectl-create|helm|Helm|before-first-apply)$/;

/** True when the manager's fields become ours when an object's ownership is migrated (A6). */
export function isMigrated(manager: string): boolean {
  return manifestManagers.test(manager);
}
