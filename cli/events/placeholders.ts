import { UsageError } from '../cli-error.ts';

/** Gives the value of a placeholder; undefined for a name it does not know. */
export type LookUp = (name: string) => Promise<unknown>;

const placeholder = /\$\{([A-Za-z][A-Za-z0-9]*)\}/g;

/**
 * An event with its placeholders filled: `"${Name}"` alone becomes the value with its own type (a number, an
 * object), `${Name}` within a longer text becomes part of that text.
 */
export async function fillPlaceholders(event: unknown, lookUp: LookUp): Promise<unknown> {
  if (Array.isArray(event)) return Promise.all(event.map((item) => fillPlaceholders(item, lookUp)));
  if (typeof event === 'object' && event !== null) {
    const filled: Record<string, unknown> = {};
    // One after the other: values are made by calls that build on each other.
    for (const [key, value] of Object.entries(event)) filled[key] = await fillPlaceholders(value, lookUp);
    return filled;
  }
  return typeof event === 'string' ? fillText(event, lookUp) : event;
}

async function known(name: string, lookUp: LookUp): Promise<unknown> {
  const value = await lookUp(name);
  if (value === undefined)
    throw new UsageError(`the event's placeholder \${${name}} is unknown or has no value here`);
  return value;
}

async function fillText(text: string, lookUp: LookUp): Promise<unknown> {
  const whole = /^\$\{([A-Za-z][A-Za-z0-9]*)\}$/.exec(text)?.[1];
  if (whole !== undefined) return known(whole, lookUp);
  let filled = '';
  let end = 0;
  for (const match of text.matchAll(placeholder)) {
    const value = await known(match[1] ?? '', lookUp);
    filled += text.slice(end, match.index) + (typeof value === 'string' ? value : JSON.stringify(value));
    end = match.index + match[0].length;
  }
  return filled + text.slice(end);
}
