import { FenceLostError, RequestInvalidError } from '#domain/errors.ts';
import { holdAfter, liftsHold, type TargetHold } from '#domain/hold.ts';
import type { PromotionOutcome } from '#domain/outcome.ts';
import type { Attempt, Promotion, PromotionId } from '#domain/promotion.ts';
import type { ReleaseId } from '#domain/release.ts';
import { isRepair } from '#domain/settlement.ts';
import { supersededOnTarget } from '#domain/target-order.ts';
import type {
  PromotionEnd,
  PromotionLedger,
  PromotionRequest,
  TargetState,
} from '#ports/promotion-ledger.ts';
import { bare, type Key, type LedgerTable, padded, untilSettled, type Write } from './ledger-table.ts';
import { absent, type Condition, running } from './ledger-table-condition.ts';
import type { Item } from './ledger-table-values.ts';

const lifted = { set: { isLifted: true } } as const;
/** The hold that was put there then, and no later one. */
const as = ({ heldAt }: Pick<TargetHold, 'heldAt'>): Condition => ({
  text: '#heldAt = :heldAt',
  values: { heldAt },
});

/** How many promotions of a release there are, and how many into each environment. */
interface Counter {
  readonly opened: number;
  readonly attempts: Readonly<Record<string, number>>;
}

const partition = ({ application, release }: ReleaseId): string =>
  `RELEASE#${application}#${padded(release)}`;
const counterKey = (id: ReleaseId): Key => ({ pk: partition(id), sk: 'COUNTER' });
const promotionKey = (id: PromotionId): Key => ({
  pk: partition(id),
  sk: `PROMOTION#${id.environment}#${padded(id.attempt)}`,
});
const askerKey = (request: PromotionRequest): Key => ({
  pk: partition(request),
  sk: `ASKER#${request.environment}#${request.requestedBy}`,
});
const targetPartition = (application: string, environment: string): string =>
  `TARGET#${application}#${environment}`;
const stateKey = (application: string, environment: string): Key => ({
  pk: targetPartition(application, environment),
  sk: 'STATE',
});

const holdKey = (application: string, environment: string): Key => ({
  pk: targetPartition(application, environment),
  sk: 'HOLD',
});

const idOf = ({ application, release, environment, attempt }: Promotion): PromotionId => ({
  application,
  release,
  environment,
  attempt,
});

/** `ordinal` keeps the order of opening, which instants alone cannot. */
const promotionOf = (item: Item): Promotion => bare<Promotion>(item, 'ordinal');

/** `supersededOnTarget` as a condition on the target's state; undefined where anything may be replaced. */
function replaceable({ kind, repair }: Promotion, { release }: TargetState): Condition | undefined {
  if (kind === 'promotion') {
    return { text: 'attribute_not_exists(#pk) OR #release <= :release', values: { release } };
  }
  return repair && { text: '#release = :release AND #attempt = :attempt', values: { ...repair.backTo } };
}

/** The writes that put a state on a target: an older release takes the place of a newer one by a rollback alone. */
function stateWrites(promotion: Promotion, state: TargetState): readonly Write[] {
  const { application, environment } = promotion;
  const when = replaceable(promotion, state);
  const key = stateKey(application, environment);
  const moment = `${padded(state.promotedAt, 15)}#${padded(state.release)}#${padded(state.attempt)}`;
  return [
    { put: { ...key, ...state }, ...(when && { when }) },
    { put: { pk: key.pk, sk: `HISTORY#${moment}`, ...state } },
  ];
}

function endOf({ outcome, endedAt, failure, rollbackFailure, supersededBy }: Promotion): PromotionEnd {
  return {
    outcome,
    endedAt,
    ...(failure && { failure }),
    ...(rollbackFailure && { rollbackFailure }),
    ...(supersededBy !== undefined && { supersededBy }),
  } as PromotionEnd;
}

/** The record of promotions and targets in DynamoDB. */
export function createPromotionLedger(table: LedgerTable): PromotionLedger {
  const unknown = ({ application, release, environment, attempt }: PromotionId) =>
    new RequestInvalidError(
      `Promotion ${attempt} of "${application}" release ${release} into "${environment}" is not in the ledger`,
      { application, release, environment, attempt },
    );

  const promotion = async (id: PromotionId): Promise<Promotion | undefined> => {
    const item = await table.get(promotionKey(id));
    return item && promotionOf(item);
  };

  const targetState = async (application: string, environment: string): Promise<TargetState | undefined> => {
    const item = await table.get(stateKey(application, environment));
    return item && bare<TargetState>(item);
  };

  /** The hold that stands; a lifted one is kept as evidence. */
  async function standingHold(application: string, environment: string): Promise<TargetHold | undefined> {
    const item = await table.get(holdKey(application, environment));
    return item === undefined || item.isLifted === true ? undefined : bare<TargetHold>(item, 'isLifted');
  }

  /** What the end of a promotion makes of the hold on its target. */
  async function holdWrites(current: Promotion, end: PromotionEnd): Promise<readonly Write[]> {
    const { application, environment } = current;
    const key = holdKey(application, environment);
    const hold = holdAfter(current, end);
    if (hold !== undefined) return [{ put: { ...key, ...hold } }];
    const standing = liftsHold(current, end) ? await standingHold(application, environment) : undefined;
    return standing === undefined ? [] : [{ update: key, change: lifted, when: as(standing) }];
  }

  async function opened(request: PromotionRequest): Promise<Promotion | undefined> {
    const asked = await table.get(askerKey(request));
    return asked && promotion({ ...request, attempt: asked.attempt as number });
  }

  async function openNext(request: PromotionRequest): Promise<Promotion | undefined> {
    const { application, release, environment, kind, openedAt, repair } = request;
    const item = await table.get(counterKey(request));
    const before = item && bare<Counter>(item);
    const ordinal = (before?.opened ?? 0) + 1;
    const attempt = (before?.attempts[environment] ?? 0) + 1;
    const attempts = { ...before?.attempts, [environment]: attempt };
    const next: Promotion = {
      application,
      release,
      environment,
      attempt,
      kind,
      stage: 'planning',
      openedAt,
      ...(repair && { repair }),
    };
    const written = await table.transact([
      {
        put: { ...counterKey(request), opened: ordinal, attempts },
        when: before ? { text: '#opened = :opened', values: { opened: before.opened } } : absent,
      },
      { put: { ...askerKey(request), attempt }, when: absent },
      { put: { ...promotionKey(next), ...next, ordinal }, when: absent },
    ]);
    return written ? next : undefined;
  }

  /** What a repair that came through makes of the promotion that it repaired. */
  async function corrections(repair: Promotion, of: Attempt): Promise<readonly Write[]> {
    const id = { ...idOf(repair), ...of };
    const from: PromotionOutcome = 'failed-not-rolled-back';
    const to: PromotionOutcome = 'failed-rolled-back';
    if ((await promotion(id))?.outcome !== from) return [];
    const repairedBy = { release: repair.release, attempt: repair.attempt };
    const when = { text: '#outcome = :from', values: { from } };
    return [{ update: promotionKey(id), change: { set: { outcome: to, repairedBy } }, when }];
  }

  async function endNow(
    id: PromotionId,
    end: PromotionEnd,
    state?: TargetState,
  ): Promise<PromotionEnd | undefined> {
    const current = await promotion(id);
    if (current === undefined) throw unknown(id);
    if (current.outcome !== undefined) return endOf(current);
    const change = { set: { ...end, stage: 'ended' } };
    const ending: Write = { update: promotionKey(id), change, when: running };
    const corrected = isRepair(current, end) ? await corrections(current, current.repair.of) : [];
    const stated = state ? stateWrites(current, state) : [];
    if (await table.transact([ending, ...stated, ...corrected, ...(await holdWrites(current, end))]))
      return end;
    if (state === undefined) return undefined;
    const { application, environment } = id;
    const onTarget = supersededOnTarget(
      { ...current, release: state.release },
      await targetState(application, environment),
    );
    if (onTarget === undefined) return undefined;
    throw new FenceLostError(
      `Target "${environment}" of "${application}" has release ${onTarget}, which release ${state.release} may not replace`,
      { onTarget, release: state.release },
    );
  }

  return {
    open: (request) =>
      untilSettled(
        `${request.application} release ${request.release} promotions`,
        async () => (await opened(request)) ?? (await openNext(request)),
      ),
    promotion,
    async promotions(id) {
      const items = await table.query(partition(id), 'PROMOTION#');
      return [...items].sort((a, b) => (a.ordinal as number) - (b.ordinal as number)).map(promotionOf);
    },
    async note(id, note) {
      if (Object.values(note).every((fact) => fact === undefined)) return;
      const result = await table.update(promotionKey(id), { set: { ...note } }, running);
      if (!result.written && result.item === undefined) throw unknown(id);
    },
    async noteFirstWrite(id, at) {
      const result = await table.update(promotionKey(id), { once: { firstWriteAt: at } }, running);
      if (result.written) return;
      if (result.item === undefined) throw unknown(id);
      throw new FenceLostError(
        `Promotion ${id.attempt} of "${id.application}" release ${id.release} has ended`,
        {
          outcome: String(result.item.outcome),
        },
      );
    },
    end: (id, end, state) => untilSettled(`promotion ${id.attempt}`, () => endNow(id, end, state)),
    hold: standingHold,
    async liftHold(application, environment, heldAt) {
      await table.update(holdKey(application, environment), lifted, as({ heldAt }));
    },
    targetState,
    async targetHistory(application, environment, limit) {
      const options = { descending: true, limit };
      const items = await table.query(targetPartition(application, environment), 'HISTORY#', options);
      return items.map((item) => bare<TargetState>(item));
    },
  };
}
