/** A Kubernetes object as raw JSON: nothing is dropped, nothing is typed away (KUBERNETES.md CL1). */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMetadata;
  readonly [field: string]: unknown;
}

export interface ObjectMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** What makes an object the same object across versions of its API (KUBERNETES.md P7). */
export interface ObjectIdentity {
  /** API group, empty for core. */
  readonly group: string;
  readonly kind: string;
  /** Absent for cluster-scoped objects. */
  readonly namespace?: string;
  readonly name: string;
}

/** The identity of an object. */
export function identityOf(object: KubernetesObject): ObjectIdentity {
  const slash = object.apiVersion.indexOf('/');
  const { name, namespace } = object.metadata;
  return {
    group: slash < 0 ? '' : object.apiVersion.slice(0, slash),
    kind: object.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
  };
}

/** `Deployment.apps staging/web`, for messages and as a map key. */
export function identityText({ group, kind, namespace, name }: ObjectIdentity): string {
  return `${kind}${group === '' ? '' : `.${group}`} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
