import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultCluster, type FaultWorld, startFaultCluster } from './fault-world.ts';
import { shop, withoutVersion } from './releases.ts';
import { reportOf } from './report.ts';
import { createJournal, type Fault } from './sandbox.ts';
import type { TaskName } from './wire.ts';

// How many releases follow each other on one target, before the next begins on an empty one.
const releasesOnOneTarget = 25;

/** Releases that follow each other, each compared with the first, that nobody disturbed. */
export function createKillRuns(isUnhealthy: boolean) {
  let world: FaultWorld | undefined;
  let versions = 0;

  async function target(cluster: FaultCluster): Promise<FaultWorld> {
    if (world !== undefined && versions % releasesOnOneTarget !== 0) return world;
    await world?.stop();
    world = await cluster.world();
    versions += 1;
    await world.promote(await world.receive(shop(versions)));
    return world;
  }

  return {
    async run(cluster: FaultCluster, fault?: Fault) {
      const on = await target(cluster);
      const before = await on.state();
      versions += 1;
      const promotion = await on.receive(shop(versions));
      const journal = createJournal(fault);
      const ended = await on.promote(promotion, journal, { isUnhealthy });
      const state = await on.state();
      return {
        before,
        state,
        journal,
        result: withoutVersion({ state, report: await reportOf(on, promotion, ended) }, versions) as {
          readonly state: unknown;
          readonly report: { readonly outcome: string };
        },
      };
    },
    stop: () => world?.stop(),
  };
}

/** The journal points of an undisturbed run, from the first of a task on. */
export async function pointsFrom(first: TaskName, isUnhealthy = false): Promise<readonly number[]> {
  const cluster = await startFaultCluster();
  const runs = createKillRuns(isUnhealthy);
  const { journal } = await runs.run(cluster);
  await runs.stop();
  await cluster.stop();
  const from = journal.tasks.find(([task]) => task === first)?.[1] ?? 1;
  return Array.from({ length: journal.points - from + 1 }, (_, index) => from + index);
}

/** Kills a promotion's process at each of these points: it must end as if nothing had happened (KUBERNETES.md L5). */
export function describeKills(name: string, isUnhealthy: boolean, points: readonly number[]): void {
  describe(`a promotion ${name} whose process is killed`, () => {
    const runs = createKillRuns(isUnhealthy);
    let cluster: FaultCluster;
    let undisturbed: Awaited<ReturnType<typeof runs.run>>;
    beforeAll(async () => {
      cluster = await startFaultCluster();
      undisturbed = await runs.run(cluster);
      expect(undisturbed.result.report.outcome).toBe(isUnhealthy ? 'failed-rolled-back' : 'promoted');
      if (isUnhealthy) expect(undisturbed.state).toEqual(undisturbed.before);
    });
    afterAll(async () => {
      await runs.stop();
      await cluster?.stop();
    });

    it.each(points)('at journal point %i ends in the same state and report', async (at) => {
      const { result, before, state } = await runs.run(cluster, { at, kind: 'kill' });
      if (isUnhealthy) expect(state).toEqual(before);
      else expect(result.state).toEqual(undisturbed.result.state);
      expect(result.report).toEqual(undisturbed.result.report);
    });
  });
}
