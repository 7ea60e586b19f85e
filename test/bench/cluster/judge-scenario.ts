import type { Scenario, Truth } from '../../cluster/scenarios.ts';
import type { PeerVerdict } from './peer-scenario.ts';
import type { TidegateRun, Verdict } from './tidegate-run.ts';

/** What is true, and the verdicts that say it. How late is another question: each scenario has its seconds. */
const right: Readonly<Record<Truth, readonly Verdict[]>> = {
  ready: ['ready'],
  'ready-with-warning': ['ready-with-warning'],
  failed: ['failed', 'failed-at-deadline', 'refused'],
  // That it never becomes ready can't be known before.
  'failed-at-deadline': ['failed-at-deadline'],
  blocked: ['blocked'],
};

/** Scenarios that cannot work, whatever is done around them. */
export const cannotWork = ({ truth }: Scenario): boolean => truth.startsWith('failed');

/** How a run of Tidegate stands to the truth. */
export interface Judgement {
  readonly isRight: boolean;
  /** Something that works was called a failure. */
  readonly isFalseAlarm: boolean;
  readonly isInTime: boolean;
  /** True where there is nothing to name. */
  readonly namesCause: boolean;
}

export function judgeTidegate(scenario: Scenario, run: TidegateRun): Judgement {
  const { truth, cause, withinSeconds } = scenario;
  return {
    isRight: right[truth].includes(run.verdict),
    isFalseAlarm: truth.startsWith('ready') && !run.verdict.startsWith('ready'),
    isInTime: run.seconds <= withinSeconds,
    namesCause: cause?.test(run.cause) ?? true,
  };
}

export type PeerJudgement = 'right' | 'wrong' | 'neither';

/** A tool that only knows success and failure is neither right nor wrong about what something outside blocks. */
export function judgePeer({ truth }: Scenario, { success }: PeerVerdict): PeerJudgement {
  if (truth === 'blocked') return 'neither';
  return success === truth.startsWith('ready') ? 'right' : 'wrong';
}
