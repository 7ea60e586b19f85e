import type { Inventory, Plan } from '#domain/plan.ts';
import type { PromotionInput } from '#domain/promotion.ts';
import type { FaultWorld } from './fault-world.ts';
import { application, environment } from './fault-world.ts';
import type { Ended } from './machine.ts';

/** What people and later releases are told of a promotion, without what differs between two runs: times, uids, numbers. */
export async function reportOf(world: FaultWorld, promotion: PromotionInput, ended: Ended): Promise<unknown> {
  const recorded = await world.promotions.promotion(promotion);
  const state = await world.promotions.targetState(application, environment);
  const inventory = state && (await world.documents.get<Inventory>(state.inventory));
  const plan = recorded?.rollbackPlan ?? recorded?.plan;
  const { changes, notes } = plan
    ? await world.documents.get<Plan>(plan.document)
    : { changes: [], notes: [] };
  return {
    outcome: ended.outcome,
    recorded: {
      outcome: recorded?.outcome,
      stage: recorded?.stage,
      failure: recorded?.failure,
      hasWritten: recorded?.firstWriteAt !== undefined,
      ready: recorded?.progress?.readyObjects,
      total: recorded?.progress?.totalObjects,
    },
    isOnTarget: state?.release === promotion.release,
    inventory: inventory?.objects.map(({ identity }) => `${identity.kind} ${identity.name}`),
    changes: changes.map(({ identity, action }) => `${identity.kind} ${identity.name} ${action}`),
    notes,
    answers: Object.fromEntries(ended.answers.map(([task, result]) => [task, shown(result)])),
  };
}

const told = ['changes', 'readyObjects', 'totalObjects', 'next', 'residue', 'released', 'outcome'] as const;

function shown(result: unknown): unknown {
  const fields = (result ?? {}) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(told.flatMap((name) => (name in fields ? [[name, fields[name]]] : [])));
}
