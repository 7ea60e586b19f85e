import { changeGroups, groupRules, missingDependency, namedDependencies } from '#domain/directives.ts';
import { PolicyViolationError } from '#domain/errors.ts';
import { groupOf, kindRuleOf } from '#domain/kinds.ts';
import { identityOf, identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import { podReferences, podSpecOf } from '#domain/pod-references.ts';
import { routeReferences, scaleTarget, servicesCalledBy, versionsConverted } from '#domain/references.ts';
import type { ReleaseIndex } from '#domain/release-index.ts';

/** That one object of a release comes after another. */
export interface Dependency {
  /** The other's number. */
  readonly on: number;
  /** True when the other must be healthy and not just applied. */
  readonly isAwaited: boolean;
}

type Rule = (object: KubernetesObject, index: ReleaseIndex) => readonly Dependency[];

const applied = (numbers: readonly (number | undefined)[]): readonly Dependency[] =>
  numbers.flatMap((on) => (on === undefined ? [] : [{ on, isAwaited: false }]));

/** Everything after its Namespace, a custom resource after its definition. */
const placeRule: Rule = (object, index) => {
  const { namespace } = object.metadata;
  return applied([
    namespace === undefined ? undefined : index.find({ group: '', kind: 'Namespace', name: namespace }),
    index.definitionOf(groupOf(object.apiVersion), object.kind),
  ]);
};

/** Pods after what they mount, read and run as, and after the rights of their account. */
const podRule: Rule = (object, index) => {
  const { namespace } = object.metadata;
  const found = podReferences(podSpecOf(object)).flatMap((reference) => {
    const isAccount = reference.kind === 'ServiceAccount';
    return [
      index.find(namespaced(reference, namespace)),
      ...(isAccount ? index.bindingsOf(namespace, reference.name) : []),
    ];
  });
  return applied(found);
};

/** Bindings after the role they give and the accounts they give it to. */
const bindingRule: Rule = ({ kind, metadata, roleRef, subjects }, index) => {
  if (!kind.endsWith('RoleBinding')) return [];
  const { namespace } = metadata;
  const role = roleRef as { readonly kind?: string; readonly name?: string } | undefined;
  const rbac = { group: 'rbac.authorization.k8s.io', kind: role?.kind ?? '', name: role?.name ?? '' };
  const accounts = (Array.isArray(subjects) ? subjects : []).flatMap((subject) =>
    subject?.kind === 'ServiceAccount'
      ? [index.find(namespaced({ group: '', ...subject }, subject.namespace ?? namespace))]
      : [],
  );
  return applied([index.find(namespaced(rbac, namespace)), ...accounts]);
};

/** Scalers after what they scale, routes after where they lead. */
const referenceRule: Rule = (object, index) => {
  const target = scaleTarget(object);
  return applied([target && index.find(target), ...routeReferences(object).map((each) => index.find(each))]);
};

/** What the API server calls comes after what answers there (O2): a webhook without endpoints stops every write. */
const calledRule: Rule = (object, index) =>
  servicesCalledBy(object).flatMap((service) => answering(service, index));

/** A resource that is not stored in its own version is converted when it is written: by a webhook that must answer. */
const conversionRule: Rule = (object, index) => {
  const number = index.definitionOf(groupOf(object.apiVersion), object.kind);
  const definition = number === undefined ? undefined : index.objects[number];
  const service = definition && versionsConverted(definition, object.apiVersion);
  return service === undefined ? [] : answering(service, index);
};

/** What users say themselves; what is named must be healthy, and so must the pods behind a Service that is named. */
const namedRule: Rule = (object, index) =>
  namedDependencies(object).flatMap(({ on, isRequired }) => {
    const number = index.find(on);
    if (number === undefined && isRequired) {
      throw new PolicyViolationError(missingDependency(object, on), { object: identityText(on) });
    }
    if (on.kind === 'Service' && on.group === '') return answering(on, index);
    return number === undefined ? [] : [{ on: number, isAwaited: true }];
  });

function answering(service: ObjectIdentity, index: ReleaseIndex): readonly Dependency[] {
  const number = index.find(service);
  if (number === undefined) return [];
  const { selector } = (index.objects[number]?.spec ?? {}) as { readonly selector?: unknown };
  const behind = index.workloadsBehind(service.namespace, selector);
  return [number, ...behind].map((on) => ({ on, isAwaited: true }));
}

function namespaced<
  Reference extends { readonly group: string; readonly kind: string; readonly name: string },
>({ group, kind, name }: Reference, namespace: string | undefined): ObjectIdentity {
  return { group, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

const rules: readonly Rule[] = [
  placeRule,
  podRule,
  bindingRule,
  referenceRule,
  calledRule,
  conversionRule,
  namedRule,
];

/**
 * What each object of a release comes after, by what it says itself and by users' annotations (KUBERNETES.md O1, O2, O4).
 * Throws PolicyViolationError when an annotation of ours names what the release does not hold.
 */
export function dependenciesOf(index: ReleaseIndex): readonly (readonly Dependency[])[] {
  const found = index.objects.map((object, number) =>
    rules.flatMap((rule) => rule(object, index)).filter(({ on }) => on !== number),
  );
  return withGroupRules(index, found.map(distinct));
}

function distinct(dependencies: readonly Dependency[]): Dependency[] {
  const awaited = new Map<number, boolean>();
  for (const { on, isAwaited } of dependencies) awaited.set(on, isAwaited || (awaited.get(on) ?? false));
  return [...awaited].map(([on, isAwaited]) => ({ on, isAwaited }));
}

/** kapp's rules: an object before or after all those of a group. */
function withGroupRules(index: ReleaseIndex, found: Dependency[][]): readonly (readonly Dependency[])[] {
  const groups = new Map<string, number[]>();
  for (const [number, object] of index.objects.entries()) {
    for (const group of changeGroups(object)) groups.set(group, [...(groups.get(group) ?? []), number]);
  }
  for (const [number, object] of index.objects.entries()) {
    for (const { side, group } of groupRules(object)) {
      for (const other of groups.get(group) ?? []) {
        const [first, then] = side === 'after' ? [other, number] : [number, other];
        if (first !== then) found[then]?.push({ on: first, isAwaited: true });
      }
    }
  }
  return found;
}

/** True when there is something to wait for after the object is applied. */
export function settles(object: KubernetesObject): boolean {
  return kindRuleOf(identityOf(object)).settles;
}
