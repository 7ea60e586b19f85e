/** An image as a manifest names it, taken apart. */
export interface ImageReference {
  /** The registry's host and port; Docker Hub's real one for short names. */
  readonly registry: string;
  /** With Docker Hub's `library/` for one-word names. */
  readonly repository: string;
  /** `latest` when the name gives neither tag nor digest. */
  readonly tag?: string;
  /** `sha256:<64 hex>`. */
  readonly digest?: string;
  /** The name without tag and digest, as written: what a digest is appended to. */
  readonly name: string;
}

const dockerHub = 'registry-1.docker.io';
const dockerHubNames = new Set(['docker.io', 'index.docker.io', 'registry.hub.docker.com']);

const digestPattern = /^sha256:[0-9a-f]{64}$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const repositoryPattern = /^[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;
const registryPattern = /^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(:\d{1,5})?$/;

/** True for a `sha256:` digest: the only kind that names one image for ever. */
export function isDigest(text: string): boolean {
  return digestPattern.test(text);
}

/** The first segment is a registry when it cannot be a Docker Hub user: it has a dot or a port, or is localhost. */
function splitRegistry(name: string): readonly [registry: string, repository: string] {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isRegistry = slash > 0 && (/[.:]/.test(first) || first === 'localhost');
  if (isRegistry && !dockerHubNames.has(first)) return [first, name.slice(slash + 1)];
  const repository = isRegistry ? name.slice(slash + 1) : name;
  return [dockerHub, repository.includes('/') ? repository : `library/${repository}`];
}

/** Takes an image name apart by the rules of the OCI distribution specification and Docker; undefined when it is none. */
export function parseImage(image: string): ImageReference | undefined {
  const [tagged = '', digest, ...more] = image.split('@');
  const colon = tagged.lastIndexOf(':');
  const hasTag = colon > tagged.lastIndexOf('/');
  const name = hasTag ? tagged.slice(0, colon) : tagged;
  const tag = hasTag ? tagged.slice(colon + 1) : digest === undefined ? 'latest' : undefined;
  const [registry, repository] = splitRegistry(name);
  const isSound =
    more.length === 0 &&
    (digest === undefined || isDigest(digest)) &&
    (tag === undefined || tagPattern.test(tag)) &&
    registryPattern.test(registry) &&
    repositoryPattern.test(repository) &&
    repository.length <= 255;
  if (!isSound) return undefined;
  return {
    registry,
    repository,
    name,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** An image name for messages: what stands before an @ that begins no digest could be a password. */
export function shownImage(image: string): string {
  return image.replace(/^.*@(?!sha256:)/, '***@');
}
