import type { FailState } from '../../definition/asl.ts';
import { StateFailure } from '../failure.ts';
import type { Outcome } from '../outcome.ts';
import type { Visit } from '../visit.ts';

export async function performFail(state: FailState, visit: Visit): Promise<Outcome> {
  throw new StateFailure(await text(state.Error, 'Error', visit), await text(state.Cause, 'Cause', visit));
}

async function text(template: string | undefined, field: string, visit: Visit): Promise<string | undefined> {
  if (template === undefined) return undefined;
  const value = await visit.evaluate(template, field);
  if (typeof value !== 'string') throw visit.wrongType(value, field, 'string');
  return value;
}
