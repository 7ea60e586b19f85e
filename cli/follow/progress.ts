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

/** A second attempt tells of the same environment again: it must be clear which one does. */
function placeOf({ environment, attempt = 1 }: Milestone): string {
  if (environment === undefined) return '';
  return attempt === 1 ? `${environment}: ` : `${environment} (attempt ${attempt}): `;
}

function lineOf(milestone: Milestone, elapsed: string): string {
  const [first, ...rest] = milestone.text.split('\n');
  const head = `${elapsed.padStart(8)}  ${placeOf(milestone)}${first}`;
  return [head, ...rest.map((line) => `${' '.repeat(10)}${line}`)].join('\n');
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
