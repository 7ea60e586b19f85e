import { bringerOf } from '#domain/awaited-object.ts';
import type { MissingReference } from '#domain/cause.ts';
import type { HealthContext } from '#domain/health-verdict.ts';
import { type Instant, secondsAfter } from '#domain/instant.ts';
import type { SignalLimit } from '#domain/pod-signal.ts';
import type { Pod } from '#domain/workload.ts';

const missingObject = /\b(secret|configmap)s? "([^"]+)" not found/i;
const missingKey = /couldn't find key (\S+) in (ConfigMap|Secret) (?:([^\s/]+)\/)?([^\s,"]+)/i;
// A volume's items: `references non-existent config key: …` names the key and, before it, the volume alone.
const missingItem = /references non-existent (?:config|secret) key: ([^\s,"]+)/i;
// What passes by itself: the kubelet's own cache, or the API server's answer.
const passing = /failed to sync|timed? ?out|etcdserver|connection refused|object .* not registered/i;
const missingReferenceSeconds = 10;

const kindNames: Readonly<Record<string, string>> = { secret: 'Secret', configmap: 'ConfigMap' };

/** What a kubelet's message says is missing; undefined where it says something else. */
export function missingReference(message: string, namespace: string): MissingReference | undefined {
  const key = missingKey.exec(message);
  if (key !== null) {
    const [, name = '', kind = '', , object = ''] = key;
    return { kind: kindNames[kind.toLowerCase()] ?? kind, namespace, name: object, key: name };
  }
  const absent = missingObject.exec(message);
  if (absent === null) return undefined;
  const [, kind = '', name = ''] = absent;
  // Volumes name it with its namespace: `secret "shop/web" not found`.
  return { kind: kindNames[kind.toLowerCase()] ?? kind, namespace, name: name.split('/').at(-1) ?? name };
}

/**
 * When something missing is a verdict (E4, E5): never while the release itself brings it, or makes it; a key that its
 * ConfigMap lacks is not coming by itself.
 */
export function referenceLimits(
  { metadata }: Pod,
  message: string,
  since: Instant,
  { objects }: HealthContext,
): { readonly limits: readonly SignalLimit[]; readonly missing: MissingReference | undefined } {
  const missing = missingReference(message, metadata.namespace ?? 'default');
  const awaited =
    missing !== undefined &&
    missing.key === undefined &&
    bringerOf(missing.kind, missing.namespace, missing.name, objects) !== undefined;
  const isPassing = missing === undefined && passing.test(message);
  if (awaited || isPassing) return { limits: [], missing };
  return { limits: [{ kind: 'at', moment: secondsAfter(since, missingReferenceSeconds) }], missing };
}

/** True when a message is about something that a pod names and that isn't there. */
export function namesMissing(message: string): boolean {
  return missingObject.test(message) || missingKey.test(message) || missingItem.test(message);
}
