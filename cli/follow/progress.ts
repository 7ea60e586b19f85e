import type { ReleaseView } from '#domain/view.ts';
import { durationText } from '../output/elapsed.ts';
import type { Output } from '../output/output.ts';
import { type Milestone, milestones } from './milestones.ts';
import { currentText } from './words.ts';

/** Prints what is new of a release, each thing once. */
export interface Progress {
  show(view: ReleaseView, elapsedMilliseconds: number): void;
  /** Before the release is known: only on the live line. */
  wait(text: string, elapsedMilliseconds: number): void;
}

function lineOf({ environment, text }: Milestone, elapsed: string): string {
  const indent = ' '.repeat(10);
  const [first, ...rest] = text.split('\n');
  const head = `${elapsed.padStart(8)}  ${environment === undefined ? '' : `${environment}: `}${first}`;
  return [head, ...rest.map((line) => `${indent}${line}`)].join('\n');
}

/** Progress on an output; `told` milestones are taken as printed already. */
export function createProgress(output: Output, told: Iterable<string> = []): Progress {
  const seen = new Set(told);
  return {
    show(view, elapsedMilliseconds) {
      const elapsed = durationText(elapsedMilliseconds);
      for (const milestone of milestones(view)) {
        if (seen.has(milestone.id)) continue;
        seen.add(milestone.id);
        output.line(lineOf(milestone, elapsed), milestone.tone);
        const { application, release } = view.release;
        output.record({ event: 'progress', application, release, elapsedMilliseconds, ...milestone });
      }
      if (view.release.outcome === undefined) output.live(`${elapsed.padStart(8)}  ${currentText(view)}`);
      else output.clearLive();
    },
    wait(text, elapsedMilliseconds) {
      output.live(`${durationText(elapsedMilliseconds).padStart(8)}  ${text}`);
    },
  };
}
