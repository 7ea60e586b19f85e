import type { Output } from '../output/output.ts';
import type { Target } from '../target/target.ts';
import type { World } from '../world.ts';
import type { DemoOptions } from './options.ts';

/** What every scene of the demo works with. */
export interface Stage {
  readonly target: Extract<Target, { kind: 'laptop' }>;
  readonly output: Output;
  readonly world: World;
  readonly options: DemoOptions;
}

/** Prints a heading: scenes are numbered by the caller. */
export function heading(output: Output, text: string): void {
  output.line();
  output.line(`── ${text} ${'─'.repeat(Math.max(3, 76 - text.length))}`);
}
