import { ApiError } from '../errors.ts';
import { type Json, type KubeObject, sameJson } from '../object.ts';
import type { Store } from '../store.ts';

const firstAddress = 10 * 2 ** 24 + 96 * 2 ** 16 + 100;
const firstNodePort = 30_000;
const lastNodePort = 32_767;

/**
 * Gives a Service the cluster address and node ports it needs, keeping those that it has.
 * What is taken is read from the store each time, so there is no second record that could disagree.
 */
export function allocate(service: Json, before: KubeObject | undefined, store: Store): void {
  const { spec } = service;
  if (spec.type === 'ExternalName') return;
  const others = store
    .list('/registry/services/')
    .map((stored) => stored.value)
    .filter((it) => it.metadata.uid !== service.metadata.uid);
  spec.clusterIP ??= before?.spec.clusterIP ?? freeAddress(new Set(others.map((it) => it.spec.clusterIP)));
  if (spec.clusterIP === '') spec.clusterIP = freeAddress(new Set(others.map((it) => it.spec.clusterIP)));
  if (!sameJson(spec.clusterIPs?.[0], spec.clusterIP)) spec.clusterIPs = [spec.clusterIP];
  if (spec.type === 'ClusterIP') {
    for (const port of spec.ports ?? []) delete port.nodePort;
    return;
  }
  const taken = new Set<number>(
    others.flatMap((it) => (it.spec.ports ?? []).map((port: Json) => port.nodePort)),
  );
  for (const port of spec.ports ?? []) {
    const same = before?.spec.ports?.find(
      (it: Json) => it.port === port.port && it.protocol === port.protocol,
    );
    port.nodePort ??= same?.nodePort ?? freePort(taken);
    taken.add(port.nodePort);
  }
}

function freeAddress(taken: ReadonlySet<string>): string {
  for (let number = firstAddress; number < firstAddress + 60_000; number++) {
    const address = [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
    if (!taken.has(address)) return address;
  }
  throw new ApiError(
    500,
    'InternalError',
    'Internal error occurred: failed to allocate a serviceIP: range is full',
  );
}

function freePort(taken: ReadonlySet<number>): number {
  for (let port = firstNodePort; port <= lastNodePort; port++) if (!taken.has(port)) return port;
  throw new ApiError(
    500,
    'InternalError',
    'Internal error occurred: failed to allocate a nodePort: range is full',
  );
}
