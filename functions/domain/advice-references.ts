import type { MissingReferenceAdvice, ReferenceHint } from '#domain/advice.ts';
import { bringerOf } from '#domain/awaited-object.ts';
import { nearest } from '#domain/did-you-mean.ts';
import { findKindRule } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf, identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import type { ObjectChange } from '#domain/plan.ts';
import { podReferences, podSpecOf } from '#domain/pod-references.ts';
import { classReferences, routeReferences, scaleTarget } from '#domain/references.ts';

/** What one object names. */
export interface ObjectReference {
  readonly to: ObjectIdentity;
  readonly keys: readonly string[];
  readonly needs: MissingReferenceAdvice['needs'];
}

/** What stands in the cluster outside of the release: the keys of what is there, `absent`, or `not-checked`. */
export type Standing = readonly string[] | 'absent' | 'not-checked';

/** What missing references are found by. */
export interface ReferenceFacts {
  readonly intents: readonly KubernetesObject[];
  readonly changes: readonly ObjectChange[];
  /** The release's own objects, as they stand. */
  readonly live: (identity: ObjectIdentity) => LiveObject | undefined;
  /** By identity's text; what is not in it was not asked about. */
  readonly standing: ReadonlyMap<string, Standing>;
}

// Kinds that are looked for (KUBERNETES.md D6); others come from controllers, or nothing waits for them.
const lookedFor: ReadonlySet<string> = new Set([
  '/Secret',
  '/ConfigMap',
  '/ServiceAccount',
  '/PersistentVolumeClaim',
  '/Service',
  'apps/Deployment',
  'apps/StatefulSet',
  'storage.k8s.io/StorageClass',
  'networking.k8s.io/IngressClass',
  'scheduling.k8s.io/PriorityClass',
  'node.k8s.io/RuntimeClass',
]);
// What every cluster, or every namespace once it is there, has of itself.
const builtIn = /^(ServiceAccount \S+\/default|ConfigMap \S+\/kube-root-ca\.crt|PriorityClass\S* system-.*)$/;

/** Everything that an object names and that is worth looking for; what is `optional` is left out. */
export function referencesOf(object: KubernetesObject): readonly ObjectReference[] {
  const { namespace } = object.metadata;
  const pods = podReferences(podSpecOf(object)).map(
    ({ keys = [], isPullSecret, ...to }): ObjectReference => ({
      to: inScope(to, namespace),
      keys,
      needs: isPullSecret === true ? 'images' : 'pods',
    }),
  );
  const target = scaleTarget(object);
  const others = [...routeReferences(object), ...classReferences(object), ...(target ? [target] : [])];
  const inPods = podSpecOf(object) === undefined ? 'other' : 'pods';
  return [...pods, ...others.map((to): ObjectReference => ({ to, keys: [], needs: inPods }))].filter(
    ({ to }) =>
      lookedFor.has(`${to.group}/${to.kind}`) &&
      to.namespace === (findKindRule(to)?.namespaced === true ? namespace : undefined) &&
      !builtIn.test(identityText(to)),
  );
}

function inScope(
  { group, kind, name }: Omit<ObjectIdentity, 'namespace'>,
  namespace?: string,
): ObjectIdentity {
  const isNamespaced = findKindRule({ group, kind })?.namespaced === true && namespace !== undefined;
  return { group, kind, ...(isNamespaced ? { namespace } : {}), name };
}

/** What the release names and does not bring, itself or by something that makes it: to be looked for in the cluster. */
export function outsideReferences(intents: readonly KubernetesObject[]): readonly ObjectIdentity[] {
  const own = new Set(intents.map((intent) => identityText(identityOf(intent))));
  const named = new Map<string, ObjectIdentity>();
  for (const intent of intents)
    for (const { to } of referencesOf(intent)) if (!isMade(to, intent)) named.set(identityText(to), to);
  const volumes = intents.filter(({ kind }) => kind === 'PersistentVolume');
  return (
    [...named.values()]
      .filter(
        (to) =>
          !own.has(identityText(to)) && bringerOf(to.kind, to.namespace, to.name, intents) === undefined,
      )
      // A volume made by hand is bound by the name of a class that need not exist.
      .filter(
        ({ kind, name }) => kind !== 'StorageClass' || !volumes.some(({ spec }) => classIn(spec) === name),
      )
      .flatMap((to) => [to, ...inLowerCase(to)])
  );
}

const classIn = (spec: unknown) =>
  (spec as { readonly storageClassName?: unknown } | undefined)?.storageClassName;

/** cert-manager makes the Secrets of an Ingress that it is named on. */
function isMade({ kind }: ObjectIdentity, { kind: referrer, metadata }: KubernetesObject): boolean {
  const names = Object.keys(metadata.annotations ?? {});
  return (
    kind === 'Secret' &&
    referrer === 'Ingress' &&
    names.some((name) => /^cert-manager\.io\/(cluster-)?issuer$/.test(name))
  );
}

/** Names are in lower case, so that one in another case is a slip: the one that was meant is asked for, too. */
function inLowerCase(to: ObjectIdentity): readonly ObjectIdentity[] {
  const name = to.name.toLowerCase();
  return name === to.name ? [] : [{ ...to, name }];
}

/** What the release's objects name and that is neither in the release nor in the cluster, or lacks a key of theirs. */
export function missingReferences(facts: ReferenceFacts): readonly MissingReferenceAdvice[] {
  const own = new Map(facts.intents.map((intent) => [identityText(identityOf(intent)), intent]));
  const changes = new Map(facts.changes.map((change) => [identityText(change.identity), change]));
  const isPruned = (to: ObjectIdentity) => changes.get(identityText(to))?.action === 'pruned';
  return facts.intents.flatMap((intent) =>
    referencesOf(intent).flatMap(({ to, keys, needs }): readonly MissingReferenceAdvice[] => {
      const text = identityText(to);
      const held = own.get(text);
      const there = held ? keysAfter(held, facts.live(to), changes.get(text)) : facts.standing.get(text);
      if (there === undefined || there === 'not-checked') return [];
      const advice = { kind: 'missing-reference', identity: identityOf(intent), missing: to, needs } as const;
      if (there === 'absent' || isPruned(to)) {
        const hint = isPruned(to) ? ({ kind: 'pruned' } as const) : hintFor(to, facts);
        return [{ ...advice, ...(hint && { hint }) }];
      }
      const lacks = keys.filter((key) => !there.includes(key));
      if (lacks.length === 0) return [];
      const hint = lacks.length === 1 ? hintAt(lacks[0] as string, there) : undefined;
      return [{ ...advice, keys: lacks, ...(hint && { hint }) }];
    }),
  );
}

/** The keys that a ConfigMap or Secret has; none of any other kind. */
export function keysOf({ data, binaryData }: KubernetesObject): readonly string[] {
  return [data, binaryData].flatMap((held) => Object.keys((held ?? {}) as object)).sort();
}

/** Keys that others put on an object of the release stay; those that the release takes away go. */
function keysAfter(
  intent: KubernetesObject,
  live: LiveObject | undefined,
  change: ObjectChange | undefined,
): readonly string[] {
  const gone = new Set((change?.fields ?? []).filter((field) => !('to' in field)).map(({ path }) => path));
  const others = live === undefined ? [] : keysOf(live).filter((key) => !gone.has(`/data/${key}`));
  return [...keysOf(intent), ...others.filter((key) => !gone.has(`/binaryData/${key}`))];
}

function hintFor(to: ObjectIdentity, { intents, standing }: ReferenceFacts): ReferenceHint | undefined {
  const alike = intents.map(identityOf).filter(({ group, kind }) => group === to.group && kind === to.kind);
  const elsewhere = alike.find(({ name, namespace }) => name === to.name && namespace !== to.namespace);
  if (elsewhere?.namespace !== undefined) return { kind: 'other-namespace', namespace: elsewhere.namespace };
  const [lower] = inLowerCase(to);
  const near = alike.filter(({ namespace }) => namespace === to.namespace).map(({ name }) => name);
  const isThere = lower !== undefined && Array.isArray(standing.get(identityText(lower)));
  return hintAt(to.name, isThere ? [lower.name, ...near] : near);
}

function hintAt(name: string, candidates: readonly string[]): ReferenceHint | undefined {
  const sorted = candidates.toSorted();
  const other = sorted.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  if (other !== undefined) return { kind: 'other-case', name: other };
  const near = nearest(name, sorted);
  return near === undefined ? undefined : { kind: 'similar', name: near };
}
