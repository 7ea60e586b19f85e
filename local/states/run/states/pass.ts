import type { PassState } from '../../definition/asl.ts';
import type { Outcome } from '../outcome.ts';
import type { Visit } from '../visit.ts';

export function performPass(state: PassState, visit: Visit): Promise<Outcome> {
  return visit.leave(state, visit.input);
}
