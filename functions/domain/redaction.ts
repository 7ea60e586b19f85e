import { createHash, createHmac } from 'node:crypto';
import { canonicalDigest, canonicalJson } from '#domain/canonical-json.ts';
import { configHashAnnotation } from '#domain/config-hash.ts';
import { pointerToken } from '#domain/field-changes.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { FieldChange } from '#domain/plan.ts';

/** Makes values comparable without showing them: equal values, equal digests, under one key only. */
export type Redactor = (value: unknown) => string;

/**
 * A redactor keyed by the release's content: a plain hash of a short secret could be guessed (KUBERNETES.md D4),
 * and the key is known only to who can read the secret anyway. The same content gives the same digests, so that a
 * recomputed change set compares equal.
 */
export function redactorFor(contentDigest: string, application: string): Redactor {
  const key = createHash('sha256')
    .update(`tidegate redaction\u0000${application}\u0000${contentDigest}`)
    .digest();
  return (value) =>
    `hmac-sha256:${createHmac('sha256', key).update(canonicalJson(value)).digest('hex').slice(0, 32)}`;
}

/** The redactor of a release's content: the same whatever order its objects come in. */
export function contentRedactor(objects: readonly KubernetesObject[], application: string): Redactor {
  return redactorFor(canonicalDigest(objects.map(canonicalJson).sort()), application);
}

// All of a Secret is taken for secret but these: annotations may hold a copy of its data (`last-applied-configuration`).
const openSecretPaths =
  /^\/(apiVersion|kind|type|immutable|metadata\/(name|namespace|labels\/.*|annotations\/tidegate\.dev~1(application|environment)))$/;

// A digest over Secrets' data, among others: shown only as changed.
const configHashPath = `/template/metadata/annotations/${pointerToken(configHashAnnotation)}`;

/** The changes of one object with secret values replaced by keyed digests; key names stay readable. */
export function redactChanges(
  kind: string,
  changes: readonly FieldChange[],
  redact: Redactor,
): readonly FieldChange[] {
  return changes.map((change) => {
    const secret =
      kind === 'Secret' ? !openSecretPaths.test(change.path) : change.path.endsWith(configHashPath);
    if (!secret) return change;
    return {
      path: change.path,
      ...('from' in change ? { from: redact(change.from) } : {}),
      ...('to' in change ? { to: redact(change.to) } : {}),
      redacted: true,
    };
  });
}

// Shapes of secrets that no release declares: they appear in logs and in error texts of the cluster.
const secretShapes: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 [redacted]'],
  [/\bk8s-aws-v1\.[A-Za-z0-9_-]+/g, '[redacted]'],
  [/\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*/g, '[redacted]'],
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, '[redacted]'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[redacted]'],
  [/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]+):[^\s@/]+@/gi, '$1:[redacted]@'],
  [
    /\b([\w-]*(?:password|passwd|secret|token|api[_-]?key|credential)s?["']?\s*[=:]\s*)(?!(?:secret|configmap) ")(["']?)[^\s"',;&]+\2/gi,
    '$1[redacted]',
  ],
];

// Shorter values would blank out ordinary words and numbers.
const shortestHiddenValue = 4;

/** Hides the release's secret values, and what looks like a secret, in a text that people will read. */
export function textRedactor(objects: readonly KubernetesObject[]): (text: string) => string {
  const values = [...new Set(objects.filter(({ kind }) => kind === 'Secret').flatMap(secretValues))]
    .filter((value) => value.length >= shortestHiddenValue)
    // The longest first, so that a value that holds another goes whole.
    .sort((a, b) => b.length - a.length);
  return (text) => {
    const hidden = values.reduce((rest, value) => rest.replaceAll(value, '[redacted]'), text);
    return secretShapes.reduce((rest, [shape, replacement]) => rest.replace(shape, replacement), hidden);
  };
}

function secretValues({ data, stringData }: KubernetesObject): readonly string[] {
  const encoded = Object.values((data ?? {}) as Record<string, unknown>).map(String);
  const plain = Object.values((stringData ?? {}) as Record<string, unknown>).map(String);
  const decoded = encoded.map((value) => Buffer.from(value, 'base64').toString('utf8'));
  return [...encoded, ...decoded, ...plain]
    .flatMap((value) => [value, ...value.split('\n')])
    .map((value) => value.trim());
}
