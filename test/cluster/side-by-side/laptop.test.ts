import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type LaptopCluster, startCluster } from '../../../local/cluster/server.ts';
import { withoutRuntime } from '../../local/cluster/api.ts';
import { type Send, sender } from '../api.ts';
import { laptopDifferences } from '../differences.ts';
import { makeNamespace } from '../namespace.ts';
import { namespace } from './ask.ts';
import { comparable } from './comparable.ts';
import { requests } from './requests.ts';

const plane = inject('plane');

describe('the laptop cluster answers as a real API server does', () => {
  let laptop: LaptopCluster;
  const real = sender(plane, plane.adminToken);
  let ours: Send;
  beforeAll(async () => {
    laptop = await startCluster({ startRuntime: withoutRuntime });
    ours = sender({ url: laptop.url, ca: laptop.caPem }, laptop.adminToken);
    await makeNamespace(plane, namespace);
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    await ours({ method: 'POST', path: '/api/v1/namespaces', body });
  });
  afterAll(() => laptop?.stop());

  const ask = async (title: string) => {
    const answers = await Promise.all([real, ours].map((send) => requests[title]?.(send)));
    return answers.map((answer) => answer && comparable(answer));
  };

  const alike = Object.keys(requests).filter((title) => !(title in laptopDifferences));
  it.each(alike)('%s', async (title) => {
    const [expected, answered] = await ask(title);
    expect(answered).toEqual(expected);
  });

  it.each(Object.entries(laptopDifferences))('%s, but differs: %s', async (title) => {
    const [expected, answered] = await ask(title);
    expect(answered).not.toEqual(expected);
  });

  it('differs in nothing that is not asked', () => {
    expect(Object.keys(laptopDifferences).filter((title) => !(title in requests))).toEqual([]);
  });
});
