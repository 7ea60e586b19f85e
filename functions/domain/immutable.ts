import type { ApiRefusal, RefusalCause } from '#domain/api-refusal.ts';
import type { KubernetesObject } from '#domain/manifest.ts';

// Which refusals mean "this field can't be changed on a standing object" (KUBERNETES.md I1). Everything else is an
// ordinary mistake in a manifest, and must never lead to a delete.

interface Pattern {
  /** Kinds that the text is known from; absent: any. */
  readonly kinds?: readonly string[];
  readonly field?: RegExp;
  readonly text: RegExp;
}

const patterns: readonly Pattern[] = [
  // Deployment, DaemonSet and ReplicaSet selectors; Job templates, selectors and completions; Secret types.
  { text: /: field is immutable$/ },
  { text: /^(Forbidden: )?field is immutable( when `immutable` is set)?$/ },
  { kinds: ['StatefulSet'], field: /^spec$/, text: /updates to statefulset spec for fields other than / },
  { kinds: ['Service'], field: /^spec\.clusterIPs?(\[\d+\])?$/, text: /: may not change once set$/ },
  { kinds: ['Service'], field: /^spec\.(clusterIPs?|ipFamilies)(\[\d+\])?$/, text: /\bimmutable\b/i },
  { kinds: ['RoleBinding', 'ClusterRoleBinding'], field: /^roleRef$/, text: /cannot change roleRef$/ },
  {
    kinds: ['PersistentVolumeClaim', 'PersistentVolume', 'StorageClass'],
    text: /(spec is immutable after creation|is immutable after creation|updates to parameters are forbidden|updates to (provisioner|reclaimPolicy|volumeBindingMode) are forbidden|field is immutable)/,
  },
  { kinds: ['PersistentVolumeClaim'], field: /^spec\.resources\.requests/, text: /can not be less than/ },
  { kinds: ['PersistentVolume'], text: /spec\.persistentvolumesource is immutable after creation/i },
  {
    kinds: ['PriorityClass', 'RuntimeClass', 'CSIDriver'],
    text: /(may not be changed in an update|is immutable)/,
  },
  { kinds: ['Pod'], field: /^spec$/, text: /pod updates may not change fields other than/ },
  // Rules of custom resources: by word, or by the transition rule itself where it has no message of its own.
  { text: /\bimmutable\b/i },
  { text: /failed rule: .*\boldSelf\b/ },
];

/** The causes that are immutability; empty when the refusal is none. `transitions` are messages of CRDs' own rules. */
export function immutableCauses(
  kind: string,
  { causes }: ApiRefusal,
  transitions: ReadonlySet<string> = new Set(),
): readonly RefusalCause[] {
  return causes.filter((cause) => isImmutable(kind, cause) || isTransition(cause, transitions));
}

function isImmutable(kind: string, { field, message }: RefusalCause): boolean {
  const [line = ''] = message.split('\n', 1);
  const text = withoutQuoted(line);
  return patterns.some(
    (pattern) =>
      (pattern.kinds?.includes(kind) ?? true) &&
      (pattern.field?.test(field) ?? true) &&
      pattern.text.test(text),
  );
}

/** A value that somebody called "immutable" is no reason: only what the server says beside it counts. */
function withoutQuoted(text: string): string {
  const value = /^(?:Invalid|Unsupported|Duplicate) value: (.*)$/s.exec(text)?.[1];
  if (value === undefined) return text;
  const quoted = /^("(?:[^"\\]|\\.)*")/.exec(value)?.[1] ?? bracketed(value);
  return quoted === undefined ? value : value.slice(quoted.length);
}

/** The JSON value at the beginning of a text, by its brackets outside of quotes. */
function bracketed(text: string): string | undefined {
  if (!/^[{[]/.test(text)) return undefined;
  let depth = 0;
  for (const { 0: part, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (part === '{' || part === '[') depth += 1;
    if (part === '}' || part === ']') depth -= 1;
    if (depth === 0) return text.slice(0, index + part.length);
  }
  return undefined;
}

function isTransition({ message }: RefusalCause, transitions: ReadonlySet<string>): boolean {
  return [...transitions].some((text) => text !== '' && message.endsWith(text));
}

/** The messages of a CRD's transition rules (those that speak of `oldSelf`): a refusal by one says "this may not change". */
export function transitionMessages(definition: KubernetesObject): readonly string[] {
  const found: string[] = [];
  collectRules(definition.spec, found);
  return found;
}

function collectRules(value: unknown, found: string[]): void {
  if (value === null || typeof value !== 'object') return;
  const rules = (value as Record<string, unknown>)['x-kubernetes-validations'];
  if (Array.isArray(rules)) {
    for (const { rule, message } of rules as { rule?: unknown; message?: unknown }[]) {
      if (typeof rule === 'string' && /\boldSelf\b/.test(rule) && typeof message === 'string')
        found.push(message);
    }
  }
  for (const below of Object.values(value)) collectRules(below, found);
}

/** True when the definition is that of this kind. */
export function definesKind(definition: KubernetesObject, group: string, kind: string): boolean {
  const spec = definition.spec as
    | { readonly group?: unknown; readonly names?: { readonly kind?: unknown } }
    | undefined;
  return definition.kind === 'CustomResourceDefinition' && spec?.group === group && spec.names?.kind === kind;
}
