import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Listening, listen } from '../../../local/http/listen.ts';
import { behaviorOf } from './behaviors.ts';
import { type Blob, busyboxLayer, makeImage } from './image.ts';

/** A registry that has every repository, but those called `missing`. */
export interface ImageRegistry extends Listening {
  /** The digest of a tag, for `repository@sha256:…`. */
  digestOf(repository: string, tag: string): string;
}

const route = /^\/v2\/(?:(.+)\/(manifests|blobs)\/([^/]+))?$/;

/**
 * Starts a registry on loopback (the pull half of the OCI distribution specification). An image is made when it is first
 * asked for; how it behaves, its repository's name says.
 */
export async function startImageRegistry(): Promise<ImageRegistry> {
  const base = busyboxLayer();
  const blobs = new Map<string, Blob>();

  function byTag(repository: string, tag: string): Blob | undefined {
    const behavior = behaviorOf(repository);
    if (behavior === 'missing') return undefined;
    const image = makeImage(base, `${repository}:${tag}`, behavior);
    for (const blob of [image.manifest, ...image.blobs]) blobs.set(blob.digest, blob);
    return image.manifest;
  }

  const find = (repository: string, kind: string, reference: string): Blob | undefined =>
    kind === 'blobs' || reference.startsWith('sha256:') ? blobs.get(reference) : byTag(repository, reference);

  function answer({ url = '', method }: IncomingMessage, response: ServerResponse): void {
    const [path, repository, kind = '', reference = ''] = route.exec(url.split('?')[0] ?? '') ?? [];
    const isPing = path !== undefined && repository === undefined;
    const found = repository === undefined ? undefined : find(repository, kind, reference);
    if (isPing) response.writeHead(200).end();
    else if (found === undefined) sendNotFound(response, kind);
    else sendBlob(response, found, method === 'HEAD');
  }

  const listening = await listen(createServer(answer), 0);
  return {
    ...listening,
    digestOf(repository, tag) {
      const manifest = byTag(repository, tag);
      if (manifest === undefined) throw new Error(`image '${repository}:${tag}' is missing on purpose`);
      return manifest.digest;
    },
  };
}

function sendBlob(response: ServerResponse, { digest, mediaType, content }: Blob, isHead: boolean): void {
  response.writeHead(200, {
    'content-type': mediaType,
    'content-length': content.length,
    'docker-content-digest': digest,
  });
  response.end(isHead ? undefined : content);
}

function sendNotFound(response: ServerResponse, kind: string): void {
  const code = kind === 'blobs' ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN';
  response.writeHead(404, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errors: [{ code, message: 'not known to this registry' }] }));
}
