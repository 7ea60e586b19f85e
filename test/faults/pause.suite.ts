import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PromotionInput } from '#domain/promotion.ts';
import type { ClusterState } from './cluster-state.ts';
import { type FaultCluster, type FaultWorld, startFaultCluster } from './fault-world.ts';
import type { MachineSettings } from './machine.ts';
import { shop, withoutVersion } from './releases.ts';
import { createJournal, type Journal } from './sandbox.ts';

// Longer than a function may rely on a check of the fence, much shorter than its lease.
const leastPauseMilliseconds = 1_100;
const releasesOnOneTarget = 25;

/** Who comes after a promotion whose process was stopped, and is through before it wakes. */
interface Successor {
  readonly settings: MachineSettings;
  /** Answers the version that is on the target then; undefined where it is what was there before. */
  succeed(world: FaultWorld, stopped: PromotionInput, next: () => number): Promise<number | undefined>;
}

const settleAndRepair = async (world: FaultWorld, stopped: PromotionInput): Promise<void> => {
  const rollback = await world.settle(stopped);
  if (rollback === undefined) return;
  expect(['promoted', 'unchanged']).toContain((await world.promote(rollback)).outcome);
};

export const successors: Readonly<Record<string, Successor>> = {
  'the rollback that its end starts': {
    settings: {},
    async succeed(world, stopped) {
      await settleAndRepair(world, stopped);
      return undefined;
    },
  },
  'the next release': {
    settings: {},
    async succeed(world, stopped, next) {
      await settleAndRepair(world, stopped);
      const version = next();
      const { outcome, failure } = await world.promote(await world.receive(shop(version)));
      expect({ outcome, failure }).toEqual({ outcome: 'promoted' });
      return version;
    },
  },
  'its own rollback, after its time was up': {
    settings: { hasTimeouts: true },
    async succeed(world, stopped) {
      // Where that is not recorded either, the execution fails.
      await settleAndRepair(world, stopped);
      return undefined;
    },
  },
};

/** Stops a promotion's process at each of these points and lets it run on once its successor is through (DESIGN §4). */
export function describePauses(points: readonly (readonly [number, string])[]): void {
  describe('a promotion whose process is stopped', () => {
    let cluster: FaultCluster;
    let world: FaultWorld | undefined;
    let versions = 0;
    let onTarget = 0;
    let releases = 0;
    const next = () => {
      versions += 1;
      return versions;
    };
    beforeAll(async () => {
      cluster = await startFaultCluster();
    });
    afterAll(async () => {
      await world?.stop();
      await cluster?.stop();
    });

    async function target(): Promise<FaultWorld> {
      releases += 1;
      if (world !== undefined && releases % releasesOnOneTarget !== 0) return world;
      await world?.stop();
      world = await cluster.world();
      onTarget = next();
      await world.promote(await world.receive(shop(onTarget)));
      return world;
    }

    it.each(points)('at journal point %i leaves the target to %s', async (at, name) => {
      const successor = successors[name] as Successor;
      const on = await target();
      const good = { version: onTarget, state: await on.state() };
      const version = next();
      const stopped = await on.receive(shop(version));
      const journal = createJournal({ at, kind: 'stop' });
      const began = Date.now();
      const running = on.promote(stopped, journal, successor.settings).then(
        ({ outcome }) => outcome,
        (error: Error) => `${error.name}: ${error.message}`,
      );
      const outcome = await Promise.race([running, journal.stopped.then(() => 'stopped')]);
      // The last points are not reached where fewer things happened at a time than in the run that was counted.
      expect(['stopped', 'promoted']).toContain(outcome);
      const last = await afterwards(on, { journal, stopped, running, outcome }, successor);
      const isPromoted = (await on.promotions.promotion(stopped))?.outcome === 'promoted';
      const pause = leastPauseMilliseconds - (Date.now() - began);
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
      const before = await on.state();
      on.resume();
      await running;
      await on.idle();
      const state = await on.state();
      expect(state).toEqual(before);
      onTarget = last ?? (isPromoted ? version : good.version);
      expectVersion(state, good, onTarget);
      if (last === undefined && !isPromoted) expect(state).toEqual(good.state);
    });

    async function afterwards(
      on: FaultWorld,
      { journal, stopped, running, outcome }: Run,
      successor: Successor,
    ): Promise<number | undefined> {
      if (outcome !== 'stopped') return undefined;
      if (successor.settings.hasTimeouts === true) await running;
      journal.isDead = true;
      return successor.succeed(on, stopped, next);
    }
  });
}

interface Run {
  readonly journal: Journal;
  readonly stopped: PromotionInput;
  readonly running: Promise<string>;
  readonly outcome: string;
}

function expectVersion(
  state: ClusterState,
  good: { readonly version: number; readonly state: ClusterState },
  version: number,
) {
  expect(withoutVersion(state, version)).toEqual(withoutVersion(good.state, good.version));
}
