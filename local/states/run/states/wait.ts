import type { WaitState } from '../../definition/asl.ts';
import { limits } from '../../limits.ts';
import type { Outcome } from '../outcome.ts';
import type { Visit } from '../visit.ts';

export async function performWait(state: WaitState, visit: Visit): Promise<Outcome> {
  await visit.thread.sleep(await waitMilliseconds(state, visit));
  return visit.leave(state, visit.input);
}

async function waitMilliseconds(state: WaitState, visit: Visit): Promise<number> {
  if (state.Seconds !== undefined) {
    return 1000 * (await visit.integer(state.Seconds, 'Seconds', { least: 0, most: limits.waitSeconds }));
  }
  const value = await visit.evaluate(state.Timestamp ?? null, 'Timestamp');
  if (typeof value !== 'string' || !rfc3339.test(value) || Number.isNaN(Date.parse(value))) {
    throw visit.wrongType(value, 'Timestamp', 'RFC 3339 timestamp');
  }
  return Math.max(0, Date.parse(value) - visit.thread.run.services.clock.now());
}

// RFC 3339 with upper-case T and Z, as the States Language narrows it.
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
