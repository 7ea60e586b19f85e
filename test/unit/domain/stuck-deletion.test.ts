import { describe, expect, it } from 'vitest';
import { holdingBack } from '#domain/stuck-deletion.ts';

const condition = (type: string, status: string, message: string) => ({ type, status, message });

describe('what holds a deletion back (KUBERNETES.md P8)', () => {
  it('are its finalizers', () => {
    const metadata = { name: 'web', finalizers: ['example.com/a', 'example.com/b'] };
    expect(holdingBack({ apiVersion: 'v1', kind: 'Service', metadata })).toEqual([
      'finalizers example.com/a, example.com/b',
    ]);
  });

  it('is what a namespace says of its content', () => {
    const status = {
      conditions: [
        condition('NamespaceDeletionDiscoveryFailure', 'False', 'All resources successfully discovered'),
        condition(
          'NamespaceContentRemaining',
          'True',
          'Some resources are remaining: widgets. has 1 resource instances',
        ),
        condition(
          'NamespaceFinalizersRemaining',
          'True',
          'Some content in the namespace has finalizers remaining: a.b in 1 resource instances',
        ),
      ],
    };
    expect(holdingBack({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' }, status })).toEqual([
      'Some resources are remaining: widgets. has 1 resource instances',
      'Some content in the namespace has finalizers remaining: a.b in 1 resource instances',
    ]);
  });

  it('is nothing that is known', () => {
    expect(holdingBack({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } })).toEqual([]);
  });
});
