import { describe, expect, it } from 'vitest';
import { parseImage } from '#domain/image-reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('an image name', () => {
  it.each([
    [
      'nginx',
      { registry: 'registry-1.docker.io', repository: 'library/nginx', tag: 'latest', name: 'nginx' },
    ],
    [
      'nginx:1.27',
      { registry: 'registry-1.docker.io', repository: 'library/nginx', tag: '1.27', name: 'nginx' },
    ],
    [
      'docker.io/nginx:1',
      { registry: 'registry-1.docker.io', repository: 'library/nginx', tag: '1', name: 'docker.io/nginx' },
    ],
    [
      'grafana/loki:3',
      { registry: 'registry-1.docker.io', repository: 'grafana/loki', tag: '3', name: 'grafana/loki' },
    ],
    ['localhost/web:1', { registry: 'localhost', repository: 'web', tag: '1', name: 'localhost/web' }],
    [
      '127.0.0.1:5000/web',
      { registry: '127.0.0.1:5000', repository: 'web', tag: 'latest', name: '127.0.0.1:5000/web' },
    ],
    [
      'registry.example.com/a/b/c:v1',
      {
        registry: 'registry.example.com',
        repository: 'a/b/c',
        tag: 'v1',
        name: 'registry.example.com/a/b/c',
      },
    ],
    [
      `registry.example.com/web@${digest}`,
      { registry: 'registry.example.com', repository: 'web', digest, name: 'registry.example.com/web' },
    ],
    [
      `host:5000/web:1@${digest}`,
      { registry: 'host:5000', repository: 'web', tag: '1', digest, name: 'host:5000/web' },
    ],
  ])('%s', (image, expected) => {
    expect(parseImage(image)).toEqual(expected);
  });

  it.each([
    '',
    ' ',
    'web:',
    'WEB',
    'web@sha256:1234',
    `web@${digest}@${digest}`,
    'a//b',
    '../web',
    'web?x=1',
    'user:pw@host/web',
    'host:port/web',
    'web:ta g',
    'http://host/web',
  ])('%j is none', (image) => {
    expect(parseImage(image)).toBeUndefined();
  });
});
