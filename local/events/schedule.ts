/** A schedule expression that EventBridge would refuse. */
export class InvalidScheduleError extends Error {
  override readonly name = 'InvalidScheduleError';
  readonly expression: string;

  constructor(expression: string, problem: string) {
    super(`Schedule "${expression}": ${problem}`);
    this.expression = expression;
  }
}

/** Answers the first instant after `after` (milliseconds since the epoch), or nothing when there is none. */
export type Schedule = (after: number) => number | undefined;

/**
 * Reads `rate(…)` and `cron(…)`; cron runs in UTC. A rate counts from `from`. Throws `InvalidScheduleError`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseSchedule(expression: string, from: number): Schedule {
  const rate = /^rate\((\d+) (minute|minutes|hour|hours|day|days)\)$/.exec(expression);
  if (rate) return everyMilliseconds(expression, Number(rate[1]), rate[2] ?? '', from);
  const cron = /^cron\((.+)\)$/.exec(expression);
  if (cron) return parseCron(expression, cron[1] ?? '');
  throw new InvalidScheduleError(expression, 'is neither "rate(5 minutes)" nor "cron(0 9 * * ? *)"');
}

const unitMilliseconds: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

function everyMilliseconds(expression: string, count: number, unit: string, from: number): Schedule {
  const isPlural = unit.endsWith('s');
  if (count < 1 || (count === 1) === isPlural) {
    throw new InvalidScheduleError(expression, 'a rate of 1 takes a singular unit, any other a plural one');
  }
  const period = count * (unitMilliseconds[unit.replace(/s$/, '')] ?? 0);
  return (after) => from + (Math.floor(Math.max(0, after - from) / period) + 1) * period;
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** Decides whether one day is meant, by its date. */
type DayTest = (date: Date) => boolean;

function parseCron(expression: string, fields: string): Schedule {
  const parts = fields.split(/\s+/);
  if (parts.length !== 6) throw new InvalidScheduleError(expression, 'cron takes six fields');
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = parts;
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new InvalidScheduleError(expression, 'exactly one of day-of-month and day-of-week must be "?"');
  }
  const read = (
    text: string,
    low: number,
    high: number,
    names: readonly string[] = [],
    base = 0,
  ): readonly number[] => readField(expression, text, { low, high, names, base });
  const minutes = read(minute, 0, 59);
  const hours = read(hour, 0, 23);
  const months = new Set(read(month, 1, 12, monthNames, 1));
  const years = new Set(read(year, 1970, 2199));
  const isDay: DayTest =
    dayOfWeek === '?'
      ? monthDay(dayOfMonth, read)
      : weekDay(expression, dayOfWeek, (text) => read(text, 1, 7, dayNames, 1));
  return (after) => {
    const day = new Date(Math.floor(after / 86_400_000) * 86_400_000);
    for (; day.getUTCFullYear() <= 2199; day.setUTCDate(day.getUTCDate() + 1)) {
      if (!years.has(day.getUTCFullYear())) {
        day.setUTCMonth(11, 31);
        continue;
      }
      if (!months.has(day.getUTCMonth() + 1) || !isDay(day)) continue;
      for (const h of hours) {
        for (const m of minutes) {
          const instant = day.getTime() + h * 3_600_000 + m * 60_000;
          if (instant > after) return instant;
        }
      }
    }
    return undefined;
  };
}

const lastDate = (date: Date): number =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();

function monthDay(
  text: string,
  read: (text: string, low: number, high: number) => readonly number[],
): DayTest {
  if (text === 'L') return (date) => date.getUTCDate() === lastDate(date);
  const nearest = /^(\d+)W$/.exec(text);
  if (nearest) return (date) => date.getUTCDate() === nearestWeekday(date, Number(nearest[1]));
  const days = new Set(read(text, 1, 31));
  return (date) => days.has(date.getUTCDate());
}

/** The working day nearest to a date, never in another month. */
function nearestWeekday(date: Date, wanted: number): number {
  const day = Math.min(wanted, lastDate(date));
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay();
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === lastDate(date) ? day - 2 : day + 1;
  return day;
}

function weekDay(expression: string, text: string, read: (text: string) => readonly number[]): DayTest {
  const nth = /^(\w+)#([1-5])$/.exec(text);
  if (nth) {
    const [weekday] = read(nth[1] ?? '');
    return (date) => date.getUTCDay() + 1 === weekday && Math.ceil(date.getUTCDate() / 7) === Number(nth[2]);
  }
  const last = /^(\w+)L$/.exec(text);
  if (last) {
    const [weekday] = read(last[1] ?? '');
    return (date) => date.getUTCDay() + 1 === weekday && date.getUTCDate() > lastDate(date) - 7;
  }
  if (text === 'L') throw new InvalidScheduleError(expression, '"L" alone is no day of the week');
  const days = new Set(read(text));
  return (date) => days.has(date.getUTCDay() + 1);
}

interface Field {
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
  /** The number of the first name. */
  readonly base: number;
}

/** The values of one field: `*`, `a`, `a-b`, `a/n`, steps and lists of these. */
function readField(expression: string, text: string, field: Field): readonly number[] {
  const values = new Set(text.split(',').flatMap((part) => readPart(expression, part, field)));
  return [...values].sort((left, right) => left - right);
}

function readPart(expression: string, part: string, field: Field): readonly number[] {
  const match = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part);
  if (!match) throw new InvalidScheduleError(expression, `cannot read "${part}"`);
  const [, start = '', end, step] = match;
  const low = start === '*' ? field.low : readNumber(expression, start, field);
  const open = start === '*' || step !== undefined ? field.high : low;
  const high = end === undefined ? open : readNumber(expression, end, field);
  const stride = step === undefined ? 1 : Number(step);
  if (stride < 1) throw new InvalidScheduleError(expression, `cannot step by "${step}"`);
  // A range may run over the end, as FRI-MON does.
  const length = high >= low ? high - low + 1 : field.high - low + 1 + (high - field.low + 1);
  const span = field.high - field.low + 1;
  return Array.from({ length: Math.ceil(length / stride) }, (_item, index) => {
    const value = low + index * stride;
    return value > field.high ? value - span : value;
  });
}

function readNumber(expression: string, text: string, field: Field): number {
  const named = field.names.indexOf(text.toUpperCase());
  const value = named >= 0 ? named + field.base : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= field.low && value <= field.high) return value;
  throw new InvalidScheduleError(expression, `"${text}" is not between ${field.low} and ${field.high}`);
}
