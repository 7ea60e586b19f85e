import { type Dependency, dependenciesOf, settles } from '#domain/dependencies.ts';
import { userWave } from '#domain/directives.ts';
import { PolicyViolationError } from '#domain/errors.ts';
import { hookPhase, hookWeight, isAwaitedHook, tableWave } from '#domain/hooks.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import { inCanonicalOrder } from '#domain/order.ts';
import { indexRelease } from '#domain/release-index.ts';
import type { Stage } from '#domain/stage.ts';

/** Where an object stands: user's wave, wave of the table, weight among hooks, level by dependencies. */
type Position = readonly [userWave: number, tableWave: number, weight: number, level: number];

const first = -1e9;
const last = 1e9;

/**
 * The stages of a release: waves of the table (KUBERNETES.md §3), within those users' waves (O4), moved back by what each
 * object depends on (O1). The same objects give the same stages, whatever order they come in. Most releases have one.
 * Throws PolicyViolationError naming a cycle of dependencies.
 */
export function stagesOf(objects: readonly KubernetesObject[]): readonly Stage[] {
  const sorted = inCanonicalOrder(objects, identityOf);
  const dependencies = dependenciesOf(indexRelease(sorted));
  const positions = positionsOf(sorted, dependencies);
  const names = sorted.map((object) => identityText(identityOf(object)));
  return split({ objects: sorted, names, dependencies, positions });
}

interface Ordered {
  readonly objects: readonly KubernetesObject[];
  readonly names: readonly string[];
  readonly dependencies: readonly (readonly Dependency[])[];
  readonly positions: readonly Position[];
}

function positionsOf(
  objects: readonly KubernetesObject[],
  dependencies: readonly (readonly Dependency[])[],
): readonly Position[] {
  const waves = objects.map(tableWave);
  const workloadWaves = objects
    .filter((object, index) => (waves[index] ?? 0) >= 7 && hookPhase(object) === undefined)
    .map(userWave);
  const beforeWorkloads = workloadWaves.reduce((least, wave) => Math.min(least, wave), workloadWaves[0] ?? 0);
  const positions = objects.map((object, index) => ownPosition(object, waves[index] ?? 0, beforeWorkloads));
  for (const index of inDependencyOrder(objects, dependencies)) {
    for (const { on, isAwaited } of dependencies[index] ?? []) {
      positions[index] = after(positions[index] as Position, positions[on] as Position, isAwaited);
    }
  }
  return positions;
}

function ownPosition(object: KubernetesObject, wave: number, beforeWorkloads: number): Position {
  // Whatever wave a namespace is given: the fence is kept in one, and everything else needs one.
  if (object.kind === 'Namespace') return [first, wave, 0, 0];
  const phase = hookPhase(object);
  if (phase === undefined) return [userWave(object), wave, 0, 0];
  return phase === 'after'
    ? [last, wave, hookWeight(object), 0]
    : [beforeWorkloads, wave, wave === 6 ? hookWeight(object) : 0, 0];
}

/** A position that is behind another one. What must wait gets a level of its own, so that others need not wait along. */
function after(own: Position, other: Position, isAwaited: boolean): Position {
  const difference = own[0] - other[0] || own[1] - other[1] || own[2] - other[2];
  if (difference > 0) return isAwaited ? [own[0], own[1], own[2], Math.max(own[3], 1)] : own;
  const level = difference === 0 ? Math.max(own[3], other[3] + 1) : other[3] + 1;
  return [other[0], other[1], other[2], level];
}

/** Numbers of the objects, each after all that it depends on. */
function inDependencyOrder(
  objects: readonly KubernetesObject[],
  dependencies: readonly (readonly Dependency[])[],
): readonly number[] {
  const order: number[] = [];
  const left = dependencies.map((list) => list.length);
  const dependents = objects.map((): number[] => []);
  for (const [index, list] of dependencies.entries()) for (const { on } of list) dependents[on]?.push(index);
  const ready = left.flatMap((count, index) => (count === 0 ? [index] : []));
  for (let index = ready.pop(); index !== undefined; index = ready.pop()) {
    order.push(index);
    for (const dependent of dependents[index] ?? []) {
      left[dependent] = (left[dependent] ?? 0) - 1;
      if (left[dependent] === 0) ready.push(dependent);
    }
  }
  if (order.length < objects.length) throw cycleError(objects, dependencies, new Set(order));
  return order;
}

function cycleError(
  objects: readonly KubernetesObject[],
  dependencies: readonly (readonly Dependency[])[],
  ordered: ReadonlySet<number>,
): PolicyViolationError {
  // Everything that is left has at least one dependency that is left: following them comes round.
  const path: number[] = [];
  let at = objects.findIndex((_, index) => !ordered.has(index));
  while (!path.includes(at)) {
    path.push(at);
    at = dependencies[at]?.find(({ on }) => !ordered.has(on))?.on ?? at;
  }
  const cycle = [...path.slice(path.indexOf(at)), at].map((index) =>
    identityText(identityOf(objects[index] as KubernetesObject)),
  );
  return new PolicyViolationError(
    `objects depend on each other in a circle: ${cycle.join(' → ')}; take one of the annotations away that say so`,
    { cycle },
  );
}

/** Puts objects into layers, and ends a stage where something must be healthy before what follows. */
function split(ordered: Ordered): readonly Stage[] {
  const stages: Stage[] = [];
  let layers: (readonly string[])[] = [];
  let previous: readonly number[] = [];
  const unsettled = new Set<number>();
  for (const layer of layersOf(ordered.positions)) {
    const awaits = awaitedBetween(ordered, previous, layer, unsettled);
    if (awaits.length > 0) {
      stages.push({ layers, awaits: awaits.map((index) => ordered.names[index] as string) });
      layers = [];
      for (const index of awaits) unsettled.delete(index);
    }
    layers.push(layer.map((index) => ordered.names[index] as string));
    for (const index of layer)
      if (isWaitedFor(ordered.objects[index] as KubernetesObject)) unsettled.add(index);
    previous = layer;
  }
  return [...stages, { layers, awaits: [] }];
}

function layersOf(positions: readonly Position[]): readonly (readonly number[])[] {
  const layers = Map.groupBy(positions.keys(), (index) => (positions[index] as Position).join(' '));
  return [...layers.values()].sort(([a = 0], [b = 0]) =>
    comparePositions(positions[a] as Position, positions[b] as Position),
  );
}

function comparePositions(a: Position, b: Position): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

// Namespaces and definitions are waited for where they are applied: that is a matter of moments.
function isWaitedFor(object: KubernetesObject): boolean {
  return settles(object) && object.kind !== 'Namespace' && object.kind !== 'CustomResourceDefinition';
}

// Kinds that become healthy only with the pods that may come in a later wave of the user's.
const healthyWithOthers = new Set([
  'Service',
  'PodDisruptionBudget',
  'PersistentVolumeClaim',
  'PersistentVolume',
  'Ingress',
  'Gateway',
  'HTTPRoute',
  'GRPCRoute',
  'TargetGroupBinding',
]);

/** What must be healthy after one layer and before the next, in canonical order. */
function awaitedBetween(
  { objects, dependencies, positions }: Ordered,
  previous: readonly number[],
  next: readonly number[],
  unsettled: ReadonlySet<number>,
): readonly number[] {
  const [before = 0] = previous;
  const [begins = 0] = next;
  const awaited = new Set<number>();
  const isHook = (index: number) =>
    isAwaitedHook(objects[index] as KubernetesObject) || positions[index]?.[0] === last;
  for (const index of previous) if (isHook(index)) awaited.add(index);
  if (previous.length > 0 && positions[before]?.[0] !== positions[begins]?.[0]) {
    const isEnd = positions[begins]?.[0] === last;
    for (const index of unsettled)
      if (isEnd || !healthyWithOthers.has(objects[index]?.kind ?? '')) awaited.add(index);
  }
  for (const index of next)
    for (const { on, isAwaited } of dependencies[index] ?? []) if (isAwaited) awaited.add(on);
  return [...awaited].filter((index) => unsettled.has(index)).sort((a, b) => a - b);
}
