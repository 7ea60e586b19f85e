import type { SucceedState } from '../../definition/asl.ts';
import type { Outcome } from '../outcome.ts';
import type { Visit } from '../visit.ts';

export function performSucceed({ Output }: SucceedState, visit: Visit): Promise<Outcome> {
  return visit.leave(Output === undefined ? {} : { Output }, visit.input);
}
