import { styleText } from 'node:util';

/** What a line tells, which decides its colour. */
export type Tone = 'plain' | 'quiet' | 'good' | 'bad' | 'waiting';

const styles = {
  plain: undefined,
  quiet: 'dim',
  good: 'green',
  bad: 'red',
  waiting: 'yellow',
} as const satisfies Record<Tone, Parameters<typeof styleText>[0] | undefined>;

/** Paints text by its tone. */
export type Paint = (tone: Tone, text: string) => string;

/** Colours for a terminal; the text itself where colours are off. */
export function palette(coloured: boolean): Paint {
  return (tone, text) => {
    const style = styles[tone];
    // The stream is not asked: whether colours are wanted was decided from flags, NO_COLOR and the terminal.
    return coloured && style !== undefined ? styleText(style, text, { validateStream: false }) : text;
  };
}

/** Whether to colour: a terminal, unless `--no-color`, NO_COLOR (no-color.org: any value but empty) or TERM=dumb. */
export function wantsColour(
  isTerminal: boolean,
  flag: boolean,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const forbidden = env.NO_COLOR !== undefined && env.NO_COLOR !== '';
  return isTerminal && flag && !forbidden && env.TERM !== 'dumb';
}
