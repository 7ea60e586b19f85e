import type { QuotaAdvice, UnspecifiedAdvice } from '#domain/advice.ts';
import { identityOf, identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import { type ContainerDefaults, unspecifiedIn } from '#domain/pod-demand.ts';
import { podSpecOf } from '#domain/pod-references.ts';
import { quantity } from '#domain/quantity.ts';
import { holdersOf, type QuotaFacts, type QuotaHolder } from '#domain/quota-holders.ts';
import type { PodSpec } from '#domain/workload.ts';

type Amounts = Readonly<Record<string, string | number>>;

interface QuotaBody {
  readonly spec?: {
    readonly hard?: Amounts;
    readonly scopes?: readonly unknown[];
    readonly scopeSelector?: object;
  };
  readonly status?: { readonly hard?: Amounts; readonly used?: Amounts };
}

/** True for a quota that counts some pods only: by class, by deadline, by quality of service. */
export function isScoped(quota: KubernetesObject): boolean {
  const { scopes = [], scopeSelector } = (quota as QuotaBody).spec ?? {};
  return scopes.length > 0 || scopeSelector !== undefined;
}

// Old names of what newer quotas call `requests.…`.
const computed = /^(cpu|memory|ephemeral-storage)$/;
// What a pod must say for itself, or by its namespace's LimitRange, once a quota counts it.
const required = /^(requests|limits)\.(cpu|memory)$/;
const normal = (resource: string) => (computed.test(resource) ? `requests.${resource}` : resource);

/**
 * Holds what a release needs against its namespaces' quotas (KUBERNETES.md D6, E6): hard − used + what it frees. Quotas
 * that the release itself brings count as it brings them; scoped ones are not judged.
 */
export function quotaAdvice(facts: QuotaFacts): readonly (QuotaAdvice | UnspecifiedAdvice)[] {
  return standingQuotas(facts).flatMap((quota) => {
    const { namespace = '' } = quota.identity;
    const defaults = defaultsIn(facts.limitRanges.filter(({ metadata }) => metadata.namespace === namespace));
    const holders = holdersOf(facts, namespace, defaults);
    const counted = Object.entries(quota.hard);
    const silent = holders.flatMap((holder) =>
      unspecified(quota.identity, Object.keys(quota.hard), holder, defaults),
    );
    return [...counted.flatMap(([resource, hard]) => judged(quota, resource, hard, holders)), ...silent];
  });
}

interface Standing {
  readonly identity: ObjectIdentity;
  readonly hard: Readonly<Record<string, number>>;
  readonly used: Readonly<Record<string, number>>;
}

function standingQuotas({ intents, quotas }: QuotaFacts): readonly Standing[] {
  const own = intents.filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'ResourceQuota');
  const brought = new Map(own.map((quota) => [identityText(identityOf(quota)), quota as QuotaBody]));
  const live = new Map(quotas.map((quota) => [identityText(identityOf(quota)), quota]));
  return [...new Map([...own, ...quotas].map((quota) => [identityText(identityOf(quota)), quota]))]
    .filter(([, quota]) => !isScoped(quota))
    .map(([text, quota]) => {
      const { spec, status } = (live.get(text) ?? {}) as QuotaBody;
      const hard = brought.get(text)?.spec?.hard ?? spec?.hard ?? status?.hard ?? {};
      return { identity: identityOf(quota), hard: numbers(hard), used: numbers(status?.used ?? {}) };
    });
}

function numbers(amounts: Amounts): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(amounts).map(([name, value]) => [name, quantity(value) ?? 0]));
}

// Sums of thousandths are not exact in binary.
const rounded = (value: number) => Math.round(value * 1000) / 1000;

function judged(
  quota: Standing,
  resource: string,
  hard: number,
  holders: readonly QuotaHolder[],
): readonly QuotaAdvice[] {
  const name = normal(resource);
  const sum = (pick: (holder: QuotaHolder) => number) =>
    rounded(holders.reduce((all, each) => all + pick(each), 0));
  const frees = sum(({ holds }) => holds[name] ?? 0);
  const needs = sum(({ needs }) => needs[name] ?? 0);
  const surge = sum(({ surge }) => surge[name] ?? 0);
  const used = Math.max(rounded(quota.used[resource] ?? 0), frees);
  const settled = rounded(used - frees + needs);
  // One that may not go below its count begins with a new pod: without room for that, nothing is ever replaced.
  const first = Math.max(0, ...holders.map(({ firstSurge }) => firstSurge[name] ?? 0));
  const verdict =
    settled > hard && needs > frees
      ? 'exceeded'
      : rounded(Math.min(used, settled) + first) > hard && first > 0
        ? 'no-room-to-surge'
        : settled + surge > hard && surge > 0
          ? 'waits'
          : undefined;
  if (verdict === undefined) return [];
  const objects = holders
    .filter((each) => (each.needs[name] ?? 0) > (each.holds[name] ?? 0) || (each.surge[name] ?? 0) > 0)
    .map(({ identity }) => identity);
  return [
    { kind: 'quota', identity: quota.identity, resource, hard, used, frees, needs, surge, verdict, objects },
  ];
}

function unspecified(
  quota: ObjectIdentity,
  resources: readonly string[],
  { intent, identity, isStarting }: QuotaHolder,
  defaults: ContainerDefaults,
): readonly UnspecifiedAdvice[] {
  const spec = podSpecOf(intent) as PodSpec | undefined;
  if (spec === undefined || !isStarting) return [];
  const lacks = [...new Set(resources.map(normal))]
    .filter((resource) => required.test(resource))
    .flatMap((resource) =>
      unspecifiedIn(spec, resource, defaults).map((name) => `${resource} of container '${name}'`),
    )
    .sort();
  return lacks.length === 0 ? [] : [{ kind: 'quota-unspecified', identity, quota, lacks }];
}

interface LimitRangeItem {
  readonly type?: string;
  readonly default?: Amounts;
  readonly defaultRequest?: Amounts;
}

/** A LimitRange's default limit is the default request, too, where it names no other. */
function defaultsIn(limitRanges: readonly KubernetesObject[]): ContainerDefaults {
  const items = limitRanges
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .flatMap(
      ({ spec }) => (spec as { readonly limits?: readonly LimitRangeItem[] } | undefined)?.limits ?? [],
    )
    .filter(({ type }) => type === 'Container');
  const limits = Object.assign({}, ...items.map((item) => item.default ?? {}));
  return { limits, requests: Object.assign({}, limits, ...items.map((item) => item.defaultRequest ?? {})) };
}
