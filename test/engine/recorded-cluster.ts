import { evidenceKey, type RolloutEvidence } from '#domain/evidence.ts';
import { type Instant, instant } from '#domain/instant.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { Clock } from '#ports/clock.ts';
import type { Cluster } from '#ports/cluster.ts';
import { endpointSlicesOf } from './endpoints.ts';
import { beganAt, type RecordedEvent, type Recording } from './recording.ts';

/** A recording as a cluster that can be watched, and the clock that it goes by. */
export interface RecordedCluster {
  readonly cluster: Pick<Cluster, 'watch' | 'log'>;
  readonly clock: Clock;
  readonly begunAt: Instant;
}

/**
 * Plays a recording: time passes only where somebody waits, up to the next event or as long as they wait. `from` is where
 * it begins, milliseconds after the recording did.
 */
export function playRecording(recording: Recording, from: number): RecordedCluster {
  const begunAt = beganAt(recording);
  const world = new Map<string, LiveObject>();
  const recorded = new Set(recording.events.map(({ object }) => keyOf(object)));
  let now = begunAt + from;
  let position = 0;

  function catchUp(): void {
    for (let event = recording.events[position]; event !== undefined && begunAt + event.t <= now; ) {
      remember(world, event);
      position += 1;
      event = recording.events[position];
    }
  }

  const clock: Clock = {
    now: () => instant(now),
    async sleep(milliseconds) {
      now += milliseconds;
    },
  };
  const cluster: RecordedCluster['cluster'] = {
    async watch({ kinds }) {
      const keys = kinds
        .map(evidenceKey)
        .filter((key) => recorded.has(key) || recorded.has(endpointsOf(key)));
      return {
        evidence() {
          catchUp();
          return evidenceOf(keys, [...world.values()]);
        },
        async next(milliseconds) {
          const event = recording.events[position];
          now = Math.min(
            now + milliseconds,
            event === undefined ? Number.POSITIVE_INFINITY : begunAt + event.t,
          );
        },
        close() {},
      };
    },
    async log({ pod, container, previous }) {
      const kept = recording.logs?.find(
        (log) => log.pod === pod && log.container === container && log.previous === previous,
      );
      return kept?.code === 200 ? kept.text : undefined;
    },
  };
  return { cluster, clock, begunAt };
}

function remember(world: Map<string, LiveObject>, { type, object }: RecordedEvent): void {
  const key = `${evidenceKey(object)}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
  if (type === 'DELETED') world.delete(key);
  else world.set(key, object);
}

// Events are the same in either of the two APIs that show them.
const keyOf = (object: LiveObject): string =>
  evidenceKey(object) === 'events.k8s.io/Event' ? '/Event' : evidenceKey(object);

// Older servers tell of endpoints in one object for each Service.
const slices = 'discovery.k8s.io/EndpointSlice';
const endpointsOf = (key: string): string => (key === slices ? '/Endpoints' : key);

function evidenceOf(keys: readonly string[], objects: readonly LiveObject[]): RolloutEvidence {
  const byKind = Map.groupBy(objects, keyOf);
  return Object.fromEntries(
    keys.map((key) => [
      key,
      byKind.get(key) ?? (key === slices ? (byKind.get('/Endpoints') ?? []).map(endpointSlicesOf) : []),
    ]),
  );
}
