import { afterEach, describe, expect, it } from 'vitest';
import { FenceLostError } from '#domain/errors.ts';
import { addressOf } from '#domain/kinds.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { type ScriptedAnswer, startScriptedServer, status } from './api-server.ts';

const settings: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'shop', uid: 'u1' },
};
const ok = { status: 200, body: settings };

describe('a write under a permit (DESIGN §4)', () => {
  let server: Awaited<ReturnType<typeof startScriptedServer>>;
  const start = async (...answers: ScriptedAnswer[]) => {
    server = await startScriptedServer(answers);
    return server;
  };
  afterEach(() => server.stop());

  it('is not sent on one that grew old while it waited, but asks again', async () => {
    const { cluster, seen } = await start(ok);
    let asked = 0;
    cluster.permitWrites({
      isFresh: () => asked > 2,
      async ensure() {
        asked += 1;
        expect(seen).toEqual([]);
      },
    });
    await cluster.apply(settings, 'write');
    expect([asked, seen.length]).toEqual([3, 1]);
  });

  it('is never sent once the fence is lost', async () => {
    const { cluster, seen } = await start(ok);
    cluster.permitWrites({
      isFresh: () => false,
      ensure: async () => {
        throw new FenceLostError('lost');
      },
    });
    await expect(cluster.apply(settings, 'write')).rejects.toThrow('lost');
    await expect(cluster.remove(addressOf(settings), 'u1')).rejects.toThrow('lost');
    expect(seen).toEqual([]);
  });

  it('asks again before it is tried again', async () => {
    const { cluster } = await start(status(503, 'busy'), ok);
    let asked = 0;
    cluster.permitWrites({
      isFresh: () => true,
      async ensure() {
        asked += 1;
      },
    });
    await cluster.apply(settings, 'write');
    expect(asked).toBe(2);
  });

  it('gives up where none stays fresh', async () => {
    const { cluster, seen } = await start(ok);
    cluster.permitWrites({ isFresh: () => false, ensure: async () => {} });
    await expect(cluster.apply(settings, 'write')).rejects.toMatchObject({ name: 'ClusterUnavailableError' });
    expect(seen).toEqual([]);
  });

  it('is what reads, dry runs, fence and Lease do without', async () => {
    const { cluster, seen } = await start(ok);
    cluster.permitWrites({
      isFresh: () => false,
      ensure: async () => {
        throw new FenceLostError('lost');
      },
    });
    await cluster.read(addressOf(settings));
    await cluster.apply(settings, 'dry-run');
    await cluster.writeFence({ namespace: 'shop', application: 'shop' }, { fence: 1, holder: 'a' }, '1');
    expect(seen.map(({ method }) => method)).toEqual(['GET', 'PATCH', 'PATCH']);
  });
});
