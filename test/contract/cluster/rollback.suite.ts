import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConnection } from '#adapters/kubernetes/connection.ts';
import { createKubeConfigCluster } from '#adapters/kubernetes/eks-clusters.ts';
import { addressOf } from '#domain/kinds.ts';
import {
  configMap,
  createDeploymentHarness,
  type DeploymentHarness,
  namespace,
} from '../../unit/tasks/deployment-harness.ts';
import { apply } from '../../unit/tasks/deployment-steps.ts';
import { systemClock } from './system-clock.ts';

/** A server with real field ownership, as its administrator; the harness's namespace is not there yet. */
export interface ServerUnderTest {
  readonly config: KubeConfig;
  stop(): Promise<void>;
}

/** How a rollback treats what somebody made by hand. */
export function describeRollback(name: string, start: () => Promise<ServerUnderTest>): void {
  describe(`a rollback over what was made by hand, on ${name}`, () => {
    const byHand = configMap('extra', { theirs: '1' });
    let server: ServerUnderTest;
    let config: KubeConfig;
    let harness: DeploymentHarness;
    beforeAll(async () => {
      server = await start();
      config = server.config;
      const cluster = createKubeConfigCluster(config, systemClock);
      await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, 'write');
      harness = await createDeploymentHarness({ cluster, clock: systemClock, stabilityWindowSeconds: 1 });
      await harness.promote(await harness.receive([configMap('settings', { a: '1' })]));
    });
    afterAll(() => server?.stop());

    const collection = `/api/v1/namespaces/${namespace}/configmaps`;
    const send = (method: 'POST' | 'DELETE', path: string, body?: unknown) =>
      createConnection({ current: async () => config, forget: () => {} }).send({
        method,
        path,
        query: { fieldManager: 'kubectl-create' },
        ...(body === undefined ? {} : { body }),
      });

    async function rolledBack(between?: () => Promise<unknown>) {
      const released = [configMap('settings', { a: '2' }), configMap('extra', { ours: '2' })];
      const { input, fence, promotion } = await apply(harness, released);
      await between?.();
      const error = { name: 'RolloutFailedError', message: 'it crashed' };
      const rollback = await harness.tasks.planRollback({ ...input, error });
      if (!rollback.possible) throw new Error(rollback.reason);
      const { residue } = await harness.deploy(promotion, 'rollback', fence, rollback.plan);
      await harness.promotions.end(promotion, { outcome: 'failed-rolled-back', endedAt: systemClock.now() });
      await harness.targets.release(promotion, promotion);
      return residue;
    }

    it('gives the object back as it was, our ownership of it gone', async () => {
      expect((await send('POST', collection, byHand)).status).toBe(201);
      const before = await harness.cluster.read(addressOf(byHand));
      expect(await rolledBack()).toEqual([]);
      const after = await harness.cluster.read(addressOf(byHand));
      expect(after).toMatchObject({ data: { theirs: '1' }, metadata: { uid: before?.metadata.uid } });
      expect(after?.metadata.labels).toBeUndefined();
      expect(after?.metadata.annotations).toBeUndefined();
      expect(after?.metadata).toHaveProperty('managedFields', [
        expect.objectContaining({ manager: 'kubectl-create' }),
      ]);
      expect(await harness.cluster.read(addressOf(configMap('settings', {})))).toMatchObject({
        data: { a: '1' },
      });
    });

    it('makes no empty object where somebody deleted it meanwhile', async () => {
      expect(await rolledBack(() => send('DELETE', `${collection}/extra`))).toEqual([]);
      expect(await harness.cluster.read(addressOf(byHand))).toBeUndefined();
    });
  });
}
