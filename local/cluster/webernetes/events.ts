import type { Json } from '../object.ts';
import type { Store, Stored } from '../store.ts';

/** The stored event that says the same of the same object, if there is one. */
export function findSameEvent(store: Store, event: Json): Stored | undefined {
  return store
    .list(`/registry/events/${event.metadata.namespace}/`)
    .find(({ value }) => isRepeat(value, event));
}

function isRepeat(stored: Json, event: Json): boolean {
  return (
    stored.involvedObject?.uid === event.involvedObject?.uid &&
    stored.reason === event.reason &&
    stored.message === event.message &&
    stored.source?.component === event.source?.component
  );
}

/** The stored event, once more: real recorders count repetitions instead of writing each. */
export function repeated(stored: Json, event: Json): Json {
  return {
    ...stored,
    count: (stored.count ?? 1) + 1,
    lastTimestamp: event.lastTimestamp ?? stored.lastTimestamp,
  };
}
