import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { ChangeAction, FieldChange, ObjectChange } from '#domain/plan.ts';
import { whatChanged } from '#domain/what-changed.ts';

const namespace = 'shop';
const web: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace },
  spec: {
    template: {
      spec: {
        containers: [
          {
            name: 'main',
            env: [
              { name: 'DB_URL', value: 'x' },
              { name: 'MODE', value: 'y' },
            ],
            envFrom: [{ configMapRef: { name: 'settings' } }],
          },
        ],
      },
    },
  },
};
const identity = { group: 'apps', kind: 'Deployment', namespace, name: 'web' };
const change = (
  kind: string,
  name: string,
  fields: readonly FieldChange[],
  action: ChangeAction = 'configured',
): ObjectChange => ({
  identity: { group: kind === 'Deployment' ? 'apps' : '', kind, namespace, name },
  action,
  fields,
});
const main = '/spec/template/spec/containers/0';

describe('what changed on the failing path (G5)', () => {
  it.each<[string, FieldChange, string]>([
    ['the image', { path: `${main}/image`, from: 'web:1', to: 'web:2' }, "image of 'main' web:1 → web:2"],
    ['a resource', { path: `${main}/resources/limits/memory`, from: '64Mi', to: '8Mi' }, "limits.memory of 'main' 64Mi → 8Mi"],
    ['a resource that is new', { path: `${main}/resources/limits/cpu`, to: '1' }, "limits.cpu of 'main' none → 1"],
    ['a variable, by its name and not its value', { path: `${main}/env/0/value`, from: 'old', to: 'x' }, 'env: DB_URL'],
    ['a probe', { path: `${main}/livenessProbe/httpGet/path`, from: '/', to: '/nope' }, 'probes: livenessProbe/httpGet/path'],
    ['the command', { path: `${main}/command/0`, from: 'a', to: 'b' }, "command or args of 'main'"],
    ['the configuration', { path: '/spec/template/metadata/annotations/tidegate.dev~1config-hash', from: '1', to: '2' }, 'the configuration that it reads'],
    ['anything else, by its path', { path: '/spec/replicas', from: 1, to: 2 }, 'also /spec/replicas'],
  ])('tells %s', (_, field, line) => {
    expect(whatChanged(identity, [change('Deployment', 'web', [field])], [web])).toEqual([line]);
  }); // biome-ignore format: a table

  it('tells the keys of a ConfigMap that its pods read, and nothing of one that they do not', () => {
    const fields = [{ path: '/data/url', from: 'a', to: 'b' }];
    const changes = [change('ConfigMap', 'settings', fields), change('ConfigMap', 'other', fields)];
    expect(whatChanged(identity, changes, [web])).toEqual(['ConfigMap settings: url']);
  });

  it('says that it is new', () => {
    expect(whatChanged(identity, [change('Deployment', 'web', [], 'created')], [web])).toEqual(['it is new']);
  });

  it('names at most eight, and counts the rest', () => {
    const fields = Array.from({ length: 10 }, (_, index) => ({ path: `/spec/f${index}`, to: 1 }));
    expect(whatChanged(identity, [change('Deployment', 'web', fields)], [web])[0]).toMatch(/and 2 more$/);
  });
});
