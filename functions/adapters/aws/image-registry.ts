import { PolicyViolationError } from '#domain/errors.ts';
import { type ImageReference, isDigest, parseImage, shownImage } from '#domain/image-reference.ts';
import type { ImageRegistry } from '#ports/image-registry.ts';
import { isNearby, isOwnTokenService } from './registry-address.ts';

export interface ImageRegistrySettings {
  /** For one HTTP exchange. */
  readonly timeoutMilliseconds?: number;
  /**
   * Hosts, with or without a port, that are spoken to by plain HTTP, wherever they are: registries of a developer's own
   * machine. Nothing in AWS sets it: a bundle's author could make the function send requests into its network.
   */
  readonly insecureHosts?: readonly string[];
}

/** How one lookup goes about its requests. */
interface Rules {
  readonly timeoutMilliseconds: number;
  /** Ends all lookups of a release. */
  readonly deadline: AbortSignal | undefined;
  isInsecure(url: URL): boolean;
}

/** Lists of several architectures first: a digest of one of them would pin the architecture, too. */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const defaultTimeoutMilliseconds = 5_000;
const redirectLimit = 3;

/** Why an image can't be resolved; thrown within this file only. */
class Unresolvable extends Error {
  override readonly name = 'Unresolvable';
}

/** Registries are spoken to by HTTPS, but for those that the settings name. */
function registryUrl({ registry, repository, tag }: ImageReference, rules: Rules): URL {
  const text = `https://${registry}/v2/${repository}/manifests/${tag ?? 'latest'}`;
  if (!URL.canParse(text)) throw new Unresolvable(`"${registry}" is no host`);
  const url = new URL(text);
  if (rules.isInsecure(url)) url.protocol = 'http:';
  else if (isNearby(url)) {
    throw new Unresolvable(
      `"${url.host}" is an address of this machine, a private network or a metadata service, which no registry may have`,
    );
  }
  return url;
}

/** A redirect and a token service may not lead from HTTPS to HTTP, nor from outside to what only this function reaches. */
function followable(target: URL, from: URL, rules: Rules): boolean {
  if (target.username !== '') return false;
  if (rules.isInsecure(target) && rules.isInsecure(from)) return true;
  return target.protocol === 'https:' && !isNearby(target);
}

async function exchange(url: URL, init: RequestInit, rules: Rules): Promise<Response> {
  const { timeoutMilliseconds, deadline } = rules;
  let target = url;
  for (let redirects = 0; redirects <= redirectLimit; redirects += 1) {
    const timeout = AbortSignal.timeout(timeoutMilliseconds);
    const signal = deadline === undefined ? timeout : AbortSignal.any([timeout, deadline]);
    const response = await fetch(target, { ...init, redirect: 'manual', signal }).catch((error: unknown) => {
      throw new Unresolvable(connectionText(target, error, timeoutMilliseconds), { cause: error });
    });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return response;
    await response.body?.cancel();
    const next = URL.canParse(location, target.href) ? new URL(location, target) : undefined;
    if (next === undefined || !followable(next, target, rules)) {
      throw new Unresolvable(`the registry redirects to "${next?.host ?? location}", which is not followed`);
    }
    // The token is for the registry that asked for it.
    if (next.host !== target.host) init = { ...init, headers: withoutToken(init.headers) };
    target = next;
  }
  throw new Unresolvable(`the registry redirects more than ${redirectLimit} times`);
}

function withoutToken(headers: RequestInit['headers']): Headers {
  const kept = new Headers(headers);
  kept.delete('authorization');
  return kept;
}

function connectionText(url: URL, error: unknown, timeoutMilliseconds: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `"${url.host}" did not answer within ${timeoutMilliseconds / 1000} s`;
  }
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  return `"${url.host}" can't be reached (${cause?.code ?? 'connection failed'})`;
}

/** The fields of `Bearer realm="…",service="…",scope="…"`; undefined for another scheme. */
function bearerChallenge(header: string | null): ReadonlyMap<string, string> | undefined {
  const [scheme, ...rest] = (header ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer') return undefined;
  const fields = rest.join(' ').matchAll(/([a-z_]+)="([^"]*)"/gi);
  return new Map([...fields].map(([, key = '', value = '']) => [key.toLowerCase(), value]));
}

/** An anonymous token, as the distribution specification's token service gives it. */
async function anonymousToken(response: Response, url: URL, rules: Rules): Promise<string> {
  const challenge = bearerChallenge(response.headers.get('www-authenticate'));
  const realm = challenge?.get('realm');
  if (challenge === undefined || realm === undefined || !URL.canParse(realm)) {
    throw new Unresolvable(needsCredentials);
  }
  const service = new URL(realm);
  if (!followable(service, url, rules) || !isOwnTokenService(service, url)) {
    throw new Unresolvable(
      `the registry names the token service "${service.host}", which is not its own and is not asked`,
    );
  }
  for (const field of ['service', 'scope']) {
    const value = challenge.get(field);
    if (value !== undefined) service.searchParams.set(field, value);
  }
  const granted = await exchange(service, {}, rules);
  if (!granted.ok) {
    await granted.body?.cancel();
    throw new Unresolvable(needsCredentials);
  }
  const { token, access_token } = await smallJson(granted);
  const value = token ?? access_token;
  if (typeof value !== 'string') throw new Unresolvable('the token service answered no token');
  return value;
}

const tokenLimitBytes = 64 * 1024;

/** A JSON object of a small answer; nothing of a larger one, or of one that is none. */
async function smallJson(response: Response): Promise<Record<string, unknown>> {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > tokenLimitBytes) return {};
    }
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // Cut off, or no JSON: it gives no token either way.
    return {};
  }
}

const needsCredentials = 'the registry asks for credentials, and images are looked up without any';

const statusTexts: Readonly<Record<number, string>> = {
  401: needsCredentials,
  403: needsCredentials,
  404: 'the registry has no such image or tag',
  429: 'the registry asks for fewer requests (429)',
};

async function digestOf(image: ImageReference, rules: Rules): Promise<string> {
  const url = registryUrl(image, rules);
  const headers = { accept: manifestTypes };
  const ask = (extra: Record<string, string>) =>
    exchange(url, { method: 'HEAD', headers: { ...headers, ...extra } }, rules);
  let response = await ask({});
  if (response.status === 401) {
    const token = await anonymousToken(response, url, rules);
    response = await ask({ authorization: `Bearer ${token}` });
  }
  if (!response.ok) {
    throw new Unresolvable(statusTexts[response.status] ?? `the registry answered ${response.status}`);
  }
  const digest = response.headers.get('docker-content-digest') ?? '';
  if (!isDigest(digest)) throw new Unresolvable('the registry names no SHA-256 digest');
  return digest;
}

/** Asks registries by the OCI distribution API, without credentials. */
export function createImageRegistry({
  timeoutMilliseconds = defaultTimeoutMilliseconds,
  insecureHosts = [],
}: ImageRegistrySettings = {}): ImageRegistry {
  const insecure = new Set(insecureHosts);
  const isInsecure = ({ host, hostname }: URL) => insecure.has(host) || insecure.has(hostname);
  return {
    async resolve(image, deadline) {
      const rules: Rules = { timeoutMilliseconds, deadline, isInsecure };
      const parsed = parseImage(image);
      try {
        if (parsed === undefined) throw new Unresolvable('it is no image name');
        return parsed.digest ?? (await digestOf(parsed, rules));
      } catch (error) {
        if (!(error instanceof Unresolvable)) throw error;
        const shown = shownImage(image);
        throw new PolicyViolationError(
          `image '${shown}' can't be resolved: ${error.message}; name it by digest: ${parsed?.name ?? shown}@sha256:…`,
          { image: shown, reason: error.message },
          { cause: error },
        );
      }
    },
  };
}
