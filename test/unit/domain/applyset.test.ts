import { describe, expect, it } from 'vitest';
import { applySetId, covers, membersIn, membersOf, parentMetadata, withMembers } from '#domain/applyset.ts';
import { version } from '#domain/version.ts';

const address = { namespace: 'shop', application: 'shop' };
const identity = (group: string, kind: string, namespace?: string) => ({
  group,
  kind,
  ...(namespace === undefined ? {} : { namespace }),
  name: 'a',
});
const members = membersOf([
  identity('apps', 'Deployment', 'shop'),
  identity('', 'ConfigMap', 'shop'),
  identity('', 'ConfigMap', 'other'),
  identity('', 'Namespace'),
]);

describe('an ApplySet (KUBERNETES.md P1)', () => {
  it('has the id that kubectl works out for ConfigMap shop/tidegate-shop', () => {
    expect(applySetId(address)).toBe('applyset-i8Wef8VEQU3ZORLp0NDrZP8PgPNJZ4qIOmU1HwL33pI-v1');
  });

  it('says in its parent where members are, sorted, its own namespace left out', () => {
    expect(parentMetadata(address, members)).toEqual({
      labels: { 'applyset.kubernetes.io/id': applySetId(address) },
      annotations: {
        'applyset.kubernetes.io/tooling': `tidegate/${version}`,
        'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap,Deployment.apps,Namespace',
        'applyset.kubernetes.io/additional-namespaces': 'other',
      },
    });
  });

  it('reads back what it wrote', () => {
    expect(membersIn(address, parentMetadata(address, members))).toEqual(members);
  });

  it('takes one of before ApplySets for empty', () => {
    expect(membersIn(address, { annotations: { 'tidegate.dev/fence': '3' } })).toEqual({
      groupKinds: [],
      namespaces: [],
    });
  });

  it.each([
    [
      'whose id is of another parent',
      { ...parentMetadata({ ...address, namespace: 'b' }, members) },
      'and must be',
    ],
    [
      'whose id was taken away',
      { annotations: parentMetadata(address, members).annotations },
      "is '' and must be",
    ],
    [
      'that kubectl looks after',
      {
        labels: { 'applyset.kubernetes.io/id': applySetId(address) },
        annotations: { 'applyset.kubernetes.io/tooling': 'kubectl/v1.33.1' },
      },
      "looked after by 'kubectl/v1.33.1'",
    ],
  ])('refuses a parent %s', (_, metadata, message) => {
    expect(() => membersIn(address, metadata)).toThrow(message);
    expect(() => membersIn(address, metadata)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError' }),
    );
  });

  it('knows when a parent says too little', () => {
    const more = membersOf([identity('batch', 'Job', 'shop')]);
    expect(covers(members, membersOf([identity('', 'ConfigMap', 'shop')]))).toBe(true);
    expect(covers(members, more)).toBe(false);
    expect(covers(withMembers(members, more), more)).toBe(true);
  });
});
