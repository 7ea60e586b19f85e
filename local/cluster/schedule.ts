/** A cron schedule: the minutes at which something is due. */
export interface Schedule {
  readonly fields: readonly ReadonlySet<number>[];
  readonly everyDay: boolean;
  readonly everyWeekday: boolean;
  /** Of `@every`: the distance in milliseconds. */
  readonly everyMs?: number;
}

const ranges: readonly (readonly [number, number])[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
];
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const macros: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000 };

/** Reads a standard cron schedule with the words of Kubernetes' parser (robfig/cron) for what it cannot be. */
export function parseSchedule(text: string): Schedule | { readonly error: string } {
  const [, every] = /^@every (\S+)$/.exec(text) ?? [];
  if (every !== undefined) return parseEvery(every);
  const spec = text.startsWith('@') ? macros[text] : text;
  if (spec === undefined) return { error: `unrecognized descriptor: ${text}` };
  const parts = spec.trim().split(/\s+/);
  if (parts.length !== 5) {
    return { error: `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]` };
  }
  const fields: Set<number>[] = [];
  for (const [index, part] of parts.entries()) {
    const values = parseField(part, index);
    if (typeof values === 'string') return { error: values };
    fields.push(values);
  }
  return { fields, everyDay: /^[*?]/.test(parts[2] ?? ''), everyWeekday: /^[*?]/.test(parts[4] ?? '') };
}

function parseEvery(text: string): Schedule | { readonly error: string } {
  const parts = [...text.matchAll(/(\d+)([hms])/g)];
  if (parts.map((it) => it[0]).join('') !== text || parts.length === 0) {
    return {
      error: `failed to parse duration @every ${text}: time: invalid duration ${JSON.stringify(text)}`,
    };
  }
  const everyMs = parts.reduce((sum, [, count, unit = 's']) => sum + Number(count) * (units[unit] ?? 0), 0);
  return { fields: [], everyDay: true, everyWeekday: true, everyMs: Math.max(1000, everyMs) };
}

function parseField(text: string, index: number): Set<number> | string {
  const [lowest, highest] = ranges[index] ?? [0, 0];
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', stepText] = part.split('/');
    const step = stepText === undefined ? 1 : Number(stepText);
    if (!Number.isInteger(step) || stepText === '') {
      return `failed to parse int from ${stepText}: strconv.Atoi: parsing ${JSON.stringify(stepText)}: invalid syntax`;
    }
    if (step === 0) return `step of range should be a positive number: ${part}`;
    const bounds = parseRange(range, index, stepText !== undefined);
    if (typeof bounds === 'string') return bounds;
    const [from, to] = bounds;
    if (from < lowest) return `beginning of range (${from}) below minimum (${lowest}): ${part}`;
    if (to > highest) return `end of range (${to}) above maximum (${highest}): ${part}`;
    if (from > to) return `beginning of range (${from}) beyond end of range (${to}): ${part}`;
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return values;
}

function parseRange(text: string, index: number, hasStep: boolean): readonly [number, number] | string {
  const whole = ranges[index] ?? [0, 0];
  if (text === '*' || text === '?') return whole;
  const [first = '', last] = text.split('-');
  const from = parseNumber(first, index);
  if (typeof from === 'string') return from;
  if (last === undefined) return [from, hasStep ? whole[1] : from];
  const to = parseNumber(last, index);
  return typeof to === 'string' ? to : [from, to];
}

function parseNumber(text: string, index: number): number | string {
  const names = index === 3 ? months : index === 4 ? weekdays : [];
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return index === 3 ? named + 1 : named;
  if (/^\d+$/.test(text)) return Number(text);
  return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
}

const minute = 60_000;
const furthestMs = 5 * 366 * 24 * 60 * minute;

/**
 * The first instant after `after` (milliseconds since the epoch) at which a schedule is due in a time zone; undefined when
 * that is more than five years off.
 */
export function nextTime(schedule: Schedule, after: number, timeZone = 'UTC'): number | undefined {
  if (schedule.everyMs !== undefined) return Math.floor((after + schedule.everyMs) / 1000) * 1000;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    month: 'numeric',
    day: 'numeric',
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
  });
  let time = (Math.floor(after / minute) + 1) * minute;
  while (time - after < furthestMs) {
    const skip = missBy(schedule, format, time);
    if (skip === 0) return time;
    time += skip;
  }
  return undefined;
}

/** 0 when due, else how far the next candidate is off at least. */
function missBy(
  { fields, everyDay, everyWeekday }: Schedule,
  format: Intl.DateTimeFormat,
  time: number,
): number {
  const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
  const hour = Number(parts.hour);
  const minutes = Number(parts.minute);
  const isDay = fields[2]?.has(Number(parts.day)) ?? false;
  const isWeekday = fields[4]?.has(weekdays.indexOf(String(parts.weekday).toLowerCase())) ?? false;
  // Where both are restricted, either will do.
  const isDate = everyDay || everyWeekday ? isDay && isWeekday : isDay || isWeekday;
  if (!fields[3]?.has(Number(parts.month)) || !isDate) return (60 - minutes) * minute;
  if (!fields[1]?.has(hour)) return (60 - minutes) * minute;
  return fields[0]?.has(minutes) ? 0 : minute;
}
