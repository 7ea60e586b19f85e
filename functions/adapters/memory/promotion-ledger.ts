import { FenceLostError, RequestInvalidError } from '#domain/errors.ts';
import { holdAfter, liftsHold, type TargetHold } from '#domain/hold.ts';
import type { Promotion, PromotionId } from '#domain/promotion.ts';
import { isRepair } from '#domain/settlement.ts';
import { supersededOnTarget } from '#domain/target-order.ts';
import type { PromotionEnd, PromotionLedger, TargetState } from '#ports/promotion-ledger.ts';

const targetName = (application: string, environment: string): string => `${application}/${environment}`;

/** The record of promotions and targets in this process. */
export function createMemoryPromotionLedger(): PromotionLedger {
  /** In order of opening. */
  const all: Promotion[] = [];
  const attempts = new Map<string, number>();
  /** Newest last. */
  const histories = new Map<string, TargetState[]>();
  const states = new Map<string, TargetState>();
  const holds = new Map<string, TargetHold>();

  const indexOf = (id: PromotionId): number =>
    all.findIndex(
      ({ application, release, environment, attempt }) =>
        application === id.application &&
        release === id.release &&
        environment === id.environment &&
        attempt === id.attempt,
    );

  function known(id: PromotionId): Promotion {
    const found = all[indexOf(id)];
    if (found !== undefined) return found;
    const { application, release, environment, attempt } = id;
    throw new RequestInvalidError(
      `Promotion ${attempt} of "${application}" release ${release} into "${environment}" is not in the ledger`,
      { application, release, environment, attempt },
    );
  }

  const note = (id: PromotionId, facts: Partial<Promotion>): void => {
    const current = known(id);
    const given = Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined));
    if (current.outcome === undefined) all[indexOf(id)] = { ...current, ...given };
  };

  function putState({ application, environment, kind, repair }: Promotion, state: TargetState): void {
    const target = targetName(application, environment);
    const onTarget = supersededOnTarget(
      { kind, release: state.release, ...(repair && { repair }) },
      states.get(target),
    );
    if (onTarget !== undefined) {
      throw new FenceLostError(
        `Target "${environment}" of "${application}" has release ${onTarget}, which release ${state.release} may not replace`,
        { onTarget, release: state.release },
      );
    }
    states.set(target, state);
    const history = histories.get(target) ?? [];
    const same = ({ promotedAt, release, attempt }: TargetState) =>
      promotedAt === state.promotedAt && release === state.release && attempt === state.attempt;
    histories.set(
      target,
      [...history.filter((entry) => !same(entry)), state].sort((a, b) => a.promotedAt - b.promotedAt),
    );
  }

  function correct(id: PromotionId, { release, attempt }: PromotionId): void {
    const repaired = known(id);
    if (repaired.outcome !== 'failed-not-rolled-back') return;
    all[indexOf(id)] = { ...repaired, outcome: 'failed-rolled-back', repairedBy: { release, attempt } };
  }

  return {
    async open({ application, release, environment, kind, requestedBy, openedAt, repair }) {
      const asker = `${application}#${release}#${environment}#${requestedBy}`;
      const asked = attempts.get(asker);
      if (asked !== undefined) return known({ application, release, environment, attempt: asked });
      const counter = `${application}#${release}#${environment}`;
      const attempt = (attempts.get(counter) ?? 0) + 1;
      attempts.set(counter, attempt);
      attempts.set(asker, attempt);
      const promotion: Promotion = {
        application,
        release,
        environment,
        attempt,
        kind,
        stage: 'planning',
        openedAt,
        ...(repair && { repair }),
      };
      all.push(promotion);
      return promotion;
    },
    promotion: async (id) => all[indexOf(id)],
    promotions: async ({ application, release }) =>
      all.filter((promotion) => promotion.application === application && promotion.release === release),
    async note(id, facts) {
      note(id, facts);
    },
    async noteFirstWrite(id, at) {
      const { outcome, firstWriteAt } = known(id);
      if (outcome !== undefined) {
        throw new FenceLostError(
          `Promotion ${id.attempt} of "${id.application}" release ${id.release} has ended`,
          {
            outcome,
          },
        );
      }
      note(id, { firstWriteAt: firstWriteAt ?? at });
    },
    async end(id, end, state) {
      const current = known(id);
      if (current.outcome === undefined) {
        if (state !== undefined) putState(current, state);
        note(id, { ...end, stage: 'ended' });
        if (isRepair(current, end)) correct({ ...id, ...current.repair.of }, id);
        const target = targetName(id.application, id.environment);
        const hold = holdAfter(current, end);
        if (hold !== undefined) holds.set(target, hold);
        if (liftsHold(current, end)) holds.delete(target);
      }
      const { outcome, endedAt, failure, rollbackFailure, supersededBy } = known(id);
      return {
        outcome,
        endedAt,
        ...(failure && { failure }),
        ...(rollbackFailure && { rollbackFailure }),
        ...(supersededBy !== undefined && { supersededBy }),
      } as PromotionEnd;
    },
    hold: async (application, environment) => holds.get(targetName(application, environment)),
    async liftHold(application, environment, heldAt) {
      const target = targetName(application, environment);
      if (holds.get(target)?.heldAt === heldAt) holds.delete(target);
    },
    targetState: async (application, environment) => states.get(targetName(application, environment)),
    targetHistory: async (application, environment, limit) =>
      (histories.get(targetName(application, environment)) ?? []).toReversed().slice(0, limit),
  };
}
