import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImageRegistry } from '#adapters/aws/image-registry.ts';
import { type RegistryServer, serveRegistry } from './registry-server.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const images = createImageRegistry({ timeoutMilliseconds: 5_000, insecureHosts: ['127.0.0.1'] });
let registry: RegistryServer;

beforeAll(async () => {
  const to = (location: string) => (_: unknown, response: ServerResponse) =>
    response.writeHead(307, { location }).end();
  registry = await serveRegistry({
    '/v2/web/manifests/1': ({ headers }, response) => {
      const wanted = ['image.index.v1', 'manifest.list.v2', 'image.manifest.v1', 'manifest.v2'];
      const ok = wanted.every((type) => headers.accept?.includes(type));
      response.writeHead(ok ? 200 : 406, { 'docker-content-digest': digest }).end();
    },
    '/v2/team/web/manifests/latest': (_, response) =>
      response.writeHead(200, { 'docker-content-digest': digest }).end(),
    '/v2/private/manifests/1': ({ headers }, response) => {
      const challenge = `Bearer realm="http://${registry.host}/token",service="registry.local",scope="repository:private:pull"`;
      if (headers.authorization === 'Bearer t0ken')
        response.writeHead(200, { 'docker-content-digest': digest }).end();
      else response.writeHead(401, { 'www-authenticate': challenge }).end();
    },
    '/token': ({ url }, response) => {
      const { searchParams } = new URL(url ?? '', 'http://x');
      const asked = [searchParams.get('service'), searchParams.get('scope')].join(' ');
      response.end(
        JSON.stringify(asked === 'registry.local repository:private:pull' ? { access_token: 't0ken' } : {}),
      );
    },
    '/v2/closed/manifests/1': (_, response) =>
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
    '/v2/refused/manifests/1': (_, response) =>
      response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${registry.host}/none"` }).end(),
    '/v2/stolen/manifests/1': (_, response) =>
      response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://token.example.com/x"' }).end(),
    '/v2/moved/manifests/1': (_, response) => to('/v2/web/manifests/1')(_, response),
    '/v2/loop/manifests/1': (_, response) => to('/v2/loop/manifests/1')(_, response),
    '/v2/out/manifests/1': (_, response) => to('http://registry.example.com/x')(_, response),
    '/v2/meta/manifests/1': (_, response) => to('https://169.254.169.254/x')(_, response),
    '/v2/slow/manifests/1': () => {},
    '/v2/broken/manifests/1': (_, response) => response.writeHead(500).end(),
    '/v2/busy/manifests/1': (_, response) => response.writeHead(429).end(),
    '/v2/nodigest/manifests/1': (_, response) => response.writeHead(200).end(),
    '/v2/md5/manifests/1': (_, response) =>
      response.writeHead(200, { 'docker-content-digest': 'md5:1' }).end(),
  });
});
afterAll(() => registry.close());

describe('an image is resolved', () => {
  it.each([
    ['by tag', 'web:1'],
    ['without a tag, as latest', 'team/web'],
    ['with an anonymous token', 'private:1'],
    ['over a redirect within the registry', 'moved:1'],
  ])('%s', async (_, name) => {
    expect(await images.resolve(`${registry.host}/${name}`)).toBe(digest);
  });

  it('by its digest without asking anybody', async () => {
    const asked = registry.requests.length;
    expect(await images.resolve(`${registry.host}/web:1@${digest}`)).toBe(digest);
    expect(registry.requests).toHaveLength(asked);
  });

  it('by HEAD, so that nothing is downloaded', () => {
    expect(registry.requests).toContain('HEAD /v2/web/manifests/1');
    expect(registry.requests.filter((request) => !request.startsWith('HEAD'))).toEqual([
      'GET /token?service=registry.local&scope=repository%3Aprivate%3Apull',
    ]);
  });
});

describe('an image is refused', () => {
  it.each([
    '127.0.0.1:5000',
    'localhost:5000',
    '[::1]:5000',
    '2130706433:5000',
    '0x7f000001:5000',
    '[::ffff:127.0.0.1]:5000',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '0.0.0.0:80',
    'metadata.google.internal',
    'web.default.svc.cluster.local',
  ])('of a registry that only this function reaches, without asking it: %s', async (host) => {
    const error = (await createImageRegistry({ timeoutMilliseconds: 200 })
      .resolve(`${host}/web:1`)
      .catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({ name: 'PolicyViolationError' });
    expect(error.message).toMatch(/which no registry may have|is no image name/);
  });

  it('of no host', async () => {
    await expect(images.resolve('999.1.1.1/web:1')).rejects.toThrow('"999.1.1.1" is no host');
  });

  it('of a registry on this machine, unless its host is named', async () => {
    const asked = registry.requests.length;
    const strict = createImageRegistry({ timeoutMilliseconds: 200, insecureHosts: ['127.0.0.1:1'] });
    await expect(strict.resolve(`${registry.host}/web:1`)).rejects.toThrow('which no registry may have');
    expect(registry.requests).toHaveLength(asked);
  });

  it('that does not answer', async () => {
    const impatient = createImageRegistry({ timeoutMilliseconds: 200, insecureHosts: ['127.0.0.1'] });
    await expect(impatient.resolve(`${registry.host}/slow:1`)).rejects.toMatchObject({
      name: 'PolicyViolationError',
      facts: { reason: expect.stringContaining('did not answer within 0.2 s') },
    });
  });

  it('once the deadline of all has come', async () => {
    const slow = createImageRegistry({ insecureHosts: ['127.0.0.1'] });
    const from = performance.now();
    const lookup = slow.resolve(`${registry.host}/slow:1`, AbortSignal.timeout(50));
    await expect(lookup).rejects.toMatchObject({ name: 'PolicyViolationError' });
    expect(performance.now() - from).toBeLessThan(1000);
  });

  it.each([
    ['that is not there', 'gone:1', 'the registry has no such image or tag'],
    ['behind credentials', 'closed:1', 'the registry asks for credentials'],
    ['without an anonymous token', 'refused:1', 'the registry asks for credentials'],
    [
      'whose token service is another host',
      'stolen:1',
      'token service "token.example.com", which is not its own',
    ],
    ['whose redirect leads to metadata', 'meta:1', 'redirects to "169.254.169.254", which is not followed'],
    ['over endless redirects', 'loop:1', 'the registry redirects more than 3 times'],
    [
      'over a redirect to plain HTTP elsewhere',
      'out:1',
      'the registry redirects to "registry.example.com", which is not followed',
    ],
    ['of a broken registry', 'broken:1', 'the registry answered 500'],
    ['of a busy registry', 'busy:1', 'the registry asks for fewer requests'],
    ['without a digest', 'nodigest:1', 'the registry names no SHA-256 digest'],
    ['with another digest than SHA-256', 'md5:1', 'the registry names no SHA-256 digest'],
  ])('%s', async (_, name, reason) => {
    const image = `${registry.host}/${name}`;
    await expect(images.resolve(image)).rejects.toMatchObject({
      name: 'PolicyViolationError',
      message: expect.stringContaining(`image '${image}' can't be resolved: `),
      facts: { image, reason: expect.stringContaining(reason) },
    });
  });

  it('that no registry listens for', async () => {
    const closed = await serveRegistry({});
    await closed.close();
    await expect(images.resolve(`${closed.host}/web:1`)).rejects.toThrow(
      `image '${closed.host}/web:1' can't be resolved: "${closed.host}" can't be reached (ECONNREFUSED); name it by digest: ${closed.host}/web@sha256:…`,
    );
  });

  it('with a password in its name, without showing it', async () => {
    const error = await images.resolve('user:secret@host/web:1').catch((thrown: Error) => thrown);
    expect(JSON.stringify([error, (error as Error).message])).not.toContain('secret');
    expect((error as Error).message).toContain(
      "image '***@host/web:1' can't be resolved: it is no image name",
    );
  });
});
