import { FenceLostError } from '#domain/errors.ts';
import type { Instant } from '#domain/instant.ts';
import type { PromotionId, PromotionInput } from '#domain/promotion.ts';
import type { TargetGrant, TargetId, TargetWaiter } from '#domain/target.ts';
import type { TargetLedger } from '#ports/target-ledger.ts';
import { bare, type Key, type LedgerTable, padded, untilSettled } from './ledger-table.ts';
import { absent, type Condition } from './ledger-table-condition.ts';

/** The holder row. It outlives every holding, because it counts the fencing numbers. */
interface HolderRow {
  /** The last number drawn. */
  readonly fence: number;
  /** Counts every write but renewals: what optimistic writes compare. */
  readonly revision: number;
  readonly held: boolean;
  readonly delivered: boolean;
  readonly leaseUntil: Instant;
  readonly holderKey: string;
  readonly waiter: TargetWaiter;
}

const partition = ({ application, environment }: TargetId): string => `TARGET#${application}#${environment}`;
const holderKey = (target: TargetId): Key => ({ pk: partition(target), sk: 'HOLDER' });
/** Names a promotion within its target. */
const nameOf = ({ release, attempt }: PromotionId): string => `${padded(release)}#${padded(attempt)}`;
const ranks = { rollback: 0, promotion: 1 } as const;
const waiterKey = (target: TargetId, promotion: PromotionInput): Key => ({
  pk: partition(target),
  sk: `WAITER#${ranks[promotion.kind]}#${nameOf(promotion)}`,
});

const grantOf = ({ waiter, fence }: HolderRow): TargetGrant => ({ ...waiter, fence });
const unchanged = ({ revision, leaseUntil }: HolderRow): Condition => ({
  text: '#revision = :revision AND #leaseUntil = :leaseUntil',
  values: { revision, leaseUntil },
});

const notHeldBy = (name: string): Condition => ({
  text: 'attribute_not_exists(#pk) OR #held = :no OR #holderKey <> :name',
  values: { no: false, name },
});
/** The waiter stands in the queue as it was read. */
const as = ({ taskToken }: TargetWaiter): Condition =>
  taskToken === undefined
    ? { text: 'attribute_exists(#pk) AND attribute_not_exists(#taskToken)' }
    : { text: '#taskToken = :token', values: { token: taskToken } };

/** The queue, the lease and the fencing numbers in DynamoDB. */
export function createTargetLedger(table: LedgerTable): TargetLedger {
  const holderRow = async (target: TargetId): Promise<HolderRow | undefined> => {
    const item = await table.get(holderKey(target));
    return item && bare<HolderRow>(item);
  };

  const rewrite = (target: TargetId, row: HolderRow, set: Partial<HolderRow>) =>
    table.update(holderKey(target), { set: { ...set, revision: row.revision + 1 } }, unchanged(row));

  async function enqueueNow(target: TargetId, waiter: TargetWaiter): Promise<true | undefined> {
    const row = await holderRow(target);
    const name = nameOf(waiter.promotion);
    if (row?.held && row.holderKey === name) {
      // The state was retried after its grant: the grant goes to the new token.
      const { written } = await rewrite(target, row, { waiter, delivered: false });
      return written ? true : undefined;
    }
    const written = await table.transact([
      { check: holderKey(target), when: notHeldBy(name) },
      { put: { ...waiterKey(target, waiter.promotion), ...waiter } },
    ]);
    return written ? true : undefined;
  }

  async function reserveNow(target: TargetId, promotion: PromotionInput): Promise<true | undefined> {
    const row = await holderRow(target);
    const name = nameOf(promotion);
    if (row?.held && row.holderKey === name) return true;
    const key = waiterKey(target, promotion);
    if ((await table.get(key)) !== undefined) return true;
    const written = await table.transact([
      { check: holderKey(target), when: notHeldBy(name) },
      { put: { ...key, promotion }, when: absent },
    ]);
    return written ? true : undefined;
  }

  async function firstWaiter(target: TargetId): Promise<TargetWaiter | undefined> {
    const [item] = await table.query(partition(target), 'WAITER#', { limit: 1 });
    return item && bare<TargetWaiter>(item);
  }

  /** Null: nothing to grant. Undefined: somebody else was faster. */
  async function grantNow(
    target: TargetId,
    now: Instant,
    leaseUntil: Instant,
  ): Promise<TargetGrant | null | undefined> {
    const row = await holderRow(target);
    if (row?.held && row.leaseUntil > now) return row.delivered ? null : grantOf(row);
    const waiter = await firstWaiter(target);
    if (waiter === undefined) return null;
    const next: HolderRow = {
      fence: (row?.fence ?? 0) + 1,
      revision: (row?.revision ?? 0) + 1,
      held: true,
      delivered: false,
      leaseUntil,
      holderKey: nameOf(waiter.promotion),
      waiter,
    };
    const written = await table.transact([
      { put: { ...holderKey(target), ...next }, when: row ? unchanged(row) : absent },
      {
        remove: waiterKey(target, waiter.promotion),
        when: as(waiter),
      },
    ]);
    return written ? grantOf(next) : undefined;
  }

  async function freeNow(target: TargetId, promotion: PromotionId): Promise<true | undefined> {
    const row = await holderRow(target);
    if (!row?.held || row.holderKey !== nameOf(promotion)) return true;
    return (await rewrite(target, row, { held: false })).written ? true : undefined;
  }

  const nameTarget = ({ application, environment }: TargetId): string => `${application}/${environment}`;

  return {
    async enqueue(target, waiter) {
      await untilSettled(`target ${nameTarget(target)}`, () => enqueueNow(target, waiter));
    },
    async reserve(target, promotion) {
      await untilSettled(`target ${nameTarget(target)}`, () => reserveNow(target, promotion));
    },
    async grantNext(target, now, leaseUntil) {
      const grant = await untilSettled(`target ${nameTarget(target)}`, () =>
        grantNow(target, now, leaseUntil),
      );
      return grant ?? undefined;
    },
    async markDelivered(target, fence) {
      const when = { text: '#fence = :fence AND #held = :yes', values: { fence, yes: true } };
      await table.update(holderKey(target), { set: { delivered: true } }, when);
    },
    async holder(target) {
      const row = await holderRow(target);
      if (!row?.held) return undefined;
      const { application, release, environment, attempt } = row.waiter.promotion;
      return { application, release, environment, attempt, fence: row.fence, leaseUntil: row.leaseUntil };
    },
    async renew(target, fence, leaseUntil) {
      const text = '#fence = :fence AND #held = :yes AND #leaseUntil < :leaseUntil';
      const when = { text, values: { fence, yes: true, leaseUntil } };
      const result = await table.update(holderKey(target), { set: { leaseUntil } }, when);
      const row = result.written || result.item === undefined ? undefined : bare<HolderRow>(result.item);
      if (result.written || (row?.held && row.fence === fence)) return;
      throw new FenceLostError(
        `Target "${nameTarget(target)}" is no longer held under fence ${fence}: the last one drawn is ${row?.fence ?? 0}`,
        { ...target, fence, lastFence: row?.fence ?? 0 },
      );
    },
    async release(target, promotion) {
      // Waiters first: a grant that slips in between is seen by the second step.
      await table.remove(waiterKey(target, { ...promotion, kind: 'rollback' }));
      await table.remove(waiterKey(target, { ...promotion, kind: 'promotion' }));
      await untilSettled(`target ${nameTarget(target)}`, () => freeNow(target, promotion));
    },
  };
}
