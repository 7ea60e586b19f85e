import type { TextSink } from '../world.ts';
import { type Paint, palette, type Tone } from './palette.ts';

/** How a command speaks: text for people, or JSON for programs, never both on one stream. */
export interface Output {
  readonly json: boolean;
  readonly paint: Paint;
  /** One line for people on stdout; nothing with `--json`. */
  line(text?: string, tone?: Tone): void;
  /** A remark beside the result, on stderr; nothing with `--json`. */
  note(text: string): void;
  /** One JSON document on one line of stdout; nothing without `--json`. */
  record(document: unknown): void;
  /** Replaces the live line of a terminal; elsewhere nothing. */
  live(text: string): void;
  /** Takes the live line away. */
  clearLive(): void;
}

export interface OutputSettings {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly json: boolean;
  readonly coloured: boolean;
}

const eraseLine = '\r\u001b[K';

/** Control characters but tab: text that came from elsewhere must not steer the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text as it may be printed: control characters become `�`. */
export function printable(text: string): string {
  return text.replace(controls, '\ufffd');
}

/** Builds the output of one command. */
export function createOutput({ stdout, stderr, json, coloured }: OutputSettings): Output {
  const paint = palette(coloured);
  const isLive = stdout.isTTY === true && !json;
  let shown = false;
  const clearLive = () => {
    if (shown) stdout.write(eraseLine);
    shown = false;
  };
  return {
    json,
    paint,
    clearLive,
    line(text = '', tone = 'plain') {
      if (json) return;
      clearLive();
      for (const part of text.split('\n')) stdout.write(`${paint(tone, printable(part))}\n`);
    },
    note(text) {
      if (json) return;
      clearLive();
      for (const part of text.split('\n')) stderr.write(`${paint('quiet', printable(part))}\n`);
    },
    record(document) {
      if (json) stdout.write(`${JSON.stringify(document)}\n`);
    },
    live(text) {
      if (!isLive) return;
      // A terminal of unknown size says 0.
      const width = (stdout.columns || 80) - 1;
      const line = printable(text);
      stdout.write(
        `${eraseLine}${paint('quiet', line.length > width ? `${line.slice(0, width - 1)}…` : line)}`,
      );
      shown = true;
    },
  };
}
