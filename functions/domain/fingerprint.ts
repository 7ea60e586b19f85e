import { createHash } from 'node:crypto';
import { canonicalJson } from '#domain/canonical-json.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { managedFieldsOf } from '#domain/managed-fields.ts';
import type { KubernetesObject } from '#domain/manifest.ts';

// Raised when what is compared, or what an apply makes of an intent, changes: old fingerprints then prove nothing.
const format = 1;

/**
 * What an apply of `intent` depends on, as a digest: the intent, and the live object with its uid, its content and who
 * owns what. While it stays the same, an apply that once changed nothing changes nothing again. Left out is what the
 * cluster counts and notes by itself: status, versions, times.
 */
export function fingerprintOf(intent: KubernetesObject, live: LiveObject): string {
  return createHash('sha256')
    .update(canonicalJson([format, intent, comparable(live)]))
    .digest('base64url');
}

function comparable(live: LiveObject): unknown {
  const { status: _, metadata, ...fields } = live;
  const { resourceVersion: __, generation: ___, managedFields: ____, selfLink: _____, ...named } = metadata;
  const owners = managedFieldsOf(live)
    .filter(({ subresource }) => subresource !== 'status')
    .map(({ time: ______, ...entry }) => canonicalJson(entry))
    .sort();
  return { ...fields, metadata: named, owners };
}

/** What is recorded of an object that an apply was found not to change. */
export interface KnownObject {
  readonly uid: string;
  readonly fingerprint: string;
}

/** True when nothing that an apply of `intent` depends on has changed since it was found to change nothing. */
export function isProvablyUnchanged(
  intent: KubernetesObject,
  live: LiveObject | undefined,
  known: KnownObject | undefined,
): boolean {
  if (live === undefined || known === undefined || live.metadata.deletionTimestamp !== undefined)
    return false;
  return live.metadata.uid === known.uid && fingerprintOf(intent, live) === known.fingerprint;
}
