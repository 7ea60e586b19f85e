import { bundleLimits, bytesText } from '#domain/bundle-limits.ts';
import { findKindRule } from '#domain/kinds.ts';
import { identityOf, type KubernetesObject } from '#domain/manifest.ts';
import { nestingLimit } from '#domain/yaml-document.ts';

type Fields = Record<string, unknown>;

/** What the API server owns or refuses in input (KUBERNETES.md CL6). */
const serverFields = ['status'];
const serverMetadata = [
  'managedFields',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
];

/**
 * Measures a value as JSON and stops at the limits: aliases make a small file into a large or endless value, so this
 * comes before anything that copies it. Answers what is too much, if anything.
 */
export function tooLarge(root: unknown): string | undefined {
  let bytes = 0;
  const measure = (value: unknown, depth: number): string | undefined => {
    if (depth > nestingLimit) return `nests deeper than ${nestingLimit} levels, or holds itself by an alias`;
    bytes += typeof value === 'string' ? Buffer.byteLength(value) + 2 : 4;
    if (bytes > bundleLimits.objectBytes) return `is larger than ${bytesText(bundleLimits.objectBytes)}`;
    if (typeof value !== 'object' || value === null) return undefined;
    for (const [key, field] of Object.entries(value)) {
      bytes += Array.isArray(value) ? 1 : Buffer.byteLength(key) + 4;
      const fault = measure(field, depth + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
  return measure(root, 0);
}

function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** `stringData` becomes `data`: it is write-only, so that a key removed from it would stay (KUBERNETES.md A7). */
function secretData(secret: Fields): Fields {
  if (secret.stringData === undefined) return secret;
  const plain = Object.entries(fields(secret.stringData)).map(
    ([key, value]) => [key, Buffer.from(String(value)).toString('base64')] as const,
  );
  return {
    ...without(secret, ['stringData']),
    data: { ...fields(secret.data), ...Object.fromEntries(plain) },
  };
}

/** Old API servers refuse ports without a protocol, because it is part of the list's key (KUBERNETES.md A9). */
function withProtocol(ports: unknown): unknown {
  return Array.isArray(ports)
    ? ports.map((port) => (typeof port === 'object' && port !== null ? { protocol: 'TCP', ...port } : port))
    : ports;
}

function servicePorts(service: Fields): Fields {
  const spec = fields(service.spec);
  return spec.ports === undefined
    ? service
    : { ...service, spec: { ...spec, ports: withProtocol(spec.ports) } };
}

function containerPorts(container: unknown): unknown {
  const { ports } = fields(container);
  return ports === undefined ? container : { ...fields(container), ports: withProtocol(ports) };
}

function podPorts(podSpec: Fields): Fields {
  const pod = { ...podSpec };
  for (const kind of ['containers', 'initContainers'] as const) {
    if (Array.isArray(pod[kind])) pod[kind] = list(pod[kind]).map(containerPorts);
  }
  return pod;
}

/** The object with what stands at a path rewritten, where it is a map. */
function rewritten(
  value: Fields,
  [step, ...rest]: readonly string[],
  rewrite: (at: Fields) => Fields,
): Fields {
  if (step === undefined) return rewrite(value);
  const next = value[step];
  if (typeof next !== 'object' || next === null || Array.isArray(next)) return value;
  return { ...value, [step]: rewritten(next as Fields, rest, rewrite) };
}

/** What is normalised of core kinds. */
const normalisers: Readonly<Record<string, (object: Fields) => Fields>> = {
  Secret: secretData,
  Service: servicePorts,
};

function normalised(object: KubernetesObject): Fields {
  const template = findKindRule(identityOf(object))?.podTemplate;
  if (template !== undefined) return rewritten(object, [...template, 'spec'], podPorts);
  return object.apiVersion === 'v1' ? (normalisers[object.kind]?.(object) ?? object) : object;
}

/**
 * The object as it is stored, compared and applied: without what the server owns, without its namespace (which the
 * environment fills in), ports with a protocol, Secrets with `data` only.
 */
export function canonicalObject(object: KubernetesObject): KubernetesObject {
  const metadata = without(object.metadata, [...serverMetadata, 'namespace']);
  const written = Object.entries(metadata).filter(([, value]) => value !== null);
  const stripped = { ...without(object, serverFields), metadata: Object.fromEntries(written) };
  return normalised(stripped as KubernetesObject) as KubernetesObject;
}
