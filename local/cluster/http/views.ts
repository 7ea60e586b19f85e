import type { Kind } from '../kinds.ts';
import type { Json, KubeObject } from '../object.ts';
import { tableOf } from './table.ts';

/** How a client wants objects shown: whole, as a table, or as metadata only. */
export type View = 'object' | 'table' | 'metadata';

export function viewOf(accept: string): View {
  const first = accept.split(',').find((it) => it.includes('json')) ?? '';
  if (/as=Table/.test(first)) return 'table';
  return /as=PartialObjectMetadata/.test(first) ? 'metadata' : 'object';
}

/** An object in the shape of the group that it is read through; events are kept in the core group's shape. */
export function inGroup(kind: Kind, object: KubeObject): KubeObject {
  return kind.group === 'events.k8s.io' ? toEventsV1(object) : object;
}

export function showObject(kind: Kind, object: KubeObject, view: View, includeObject: string | null): Json {
  const shown = inGroup(kind, object);
  if (view === 'table') return tableOf(kind, [shown], shown.metadata.resourceVersion, includeObject);
  return view === 'metadata' ? metadataOf(shown) : shown;
}

export function metadataOf(object: KubeObject): Json {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

function toEventsV1(event: KubeObject): KubeObject {
  const { involvedObject, message, source, firstTimestamp, lastTimestamp, count, ...rest } = event;
  return {
    ...rest,
    apiVersion: 'events.k8s.io/v1',
    regarding: involvedObject,
    note: message,
    eventTime: event.eventTime ?? null,
    deprecatedSource: source ?? {},
    deprecatedFirstTimestamp: firstTimestamp ?? null,
    deprecatedLastTimestamp: lastTimestamp ?? null,
    deprecatedCount: count ?? 1,
    reportingController: event.reportingComponent ?? '',
  } as KubeObject;
}

/** The core shape of an event written through events.k8s.io. */
export function fromEventsV1(event: Json): Json {
  const { regarding, note, deprecatedSource, deprecatedFirstTimestamp, deprecatedLastTimestamp, ...rest } =
    event;
  const { deprecatedCount, reportingController, ...core } = rest;
  return {
    ...core,
    apiVersion: 'v1',
    involvedObject: regarding ?? {},
    message: note,
    source: deprecatedSource ?? {},
    firstTimestamp: deprecatedFirstTimestamp ?? null,
    lastTimestamp: deprecatedLastTimestamp ?? null,
    count: deprecatedCount ?? 1,
    reportingComponent: reportingController ?? '',
  };
}
