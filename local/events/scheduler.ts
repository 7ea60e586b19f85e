import type { Clock } from '../clock.ts';
import type { RuleModel } from '../template/application.ts';
import { parseSchedule, type Schedule } from './schedule.ts';

/** Timers hold no longer than this (Node's own limit is 2^31 - 1 milliseconds). */
const longestWait = 86_400_000;

/** Calls `fire` whenever a scheduled rule is due. The returned function stops it. Throws `InvalidScheduleError`. */
export function runSchedules(
  clock: Clock,
  rules: readonly RuleModel[],
  fire: (rule: RuleModel) => void,
): () => void {
  const cancels = rules.flatMap((rule) => {
    if (rule.trigger.kind !== 'schedule') return [];
    const schedule = parseSchedule(rule.trigger.expression, clock.now());
    return rule.enabled ? [repeat(clock, schedule, () => fire(rule))] : [];
  });
  return () => {
    for (const cancel of cancels) cancel();
  };
}

function repeat(clock: Clock, schedule: Schedule, fire: () => void): () => void {
  let cancel = (): void => {};
  function waitFor(due: number | undefined): void {
    if (due === undefined) return;
    cancel = clock.after(Math.min(Math.max(0, due - clock.now()), longestWait), () => {
      if (clock.now() < due) return waitFor(due);
      fire();
      waitFor(schedule(due));
    });
  }
  waitFor(schedule(clock.now()));
  return () => cancel();
}
