import type { PodSpec } from '#domain/workload.ts';

/** Amounts of resources by name, as Kubernetes writes them (`500m`, `2Gi`). */
export type Amounts = Readonly<Record<string, string | number>>;

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number that a quantity stands for; undefined for what is none. */
export function quantity(value: string | number): number | undefined {
  if (typeof value === 'number') return value;
  const [, number = '', suffix = ''] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(value.trim()) ?? [];
  const factor = factors[suffix];
  return number === '' || factor === undefined ? undefined : Number(number) * factor;
}

/** What a pod asks a node for: the sum over its containers (sidecars with them), or its largest init container. */
export function requestsOf({ containers, initContainers = [] }: PodSpec): Amounts {
  const sums = new Map<string, number>();
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const { resources } of [...containers, ...sidecars])
    for (const [name, value] of Object.entries(resources?.requests ?? resources?.limits ?? {}))
      sums.set(name, (sums.get(name) ?? 0) + (quantity(value) ?? 0));
  for (const { resources } of initContainers)
    for (const [name, value] of Object.entries(resources?.requests ?? {}))
      sums.set(name, Math.max(sums.get(name) ?? 0, quantity(value) ?? 0));
  return Object.fromEntries(sums);
}

/** The most that there is of each resource. */
export function largest(amounts: readonly Amounts[], names: readonly string[]): Amounts | undefined {
  if (amounts.length === 0) return undefined;
  return Object.fromEntries(
    names.map((name) => [name, Math.max(...amounts.map((each) => quantity(each[name] ?? 0) ?? 0))]),
  );
}

/** `500 cpu, 2 Gi memory`. */
export function amountText(amounts: Amounts): string {
  return Object.entries(amounts)
    .map(
      ([name, value]) => `${name === 'cpu' ? shortNumber(quantity(value)) : bytes(quantity(value))} ${name}`,
    )
    .join(', ');
}

function shortNumber(value = 0): string {
  return String(Math.round(value * 1_000) / 1_000);
}

function bytes(value = 0): string {
  const unit = (['Ti', 'Gi', 'Mi'] as const).find((each) => value >= (factors[each] ?? 0));
  return unit === undefined ? shortNumber(value) : `${shortNumber(value / (factors[unit] ?? 1))} ${unit}`;
}
