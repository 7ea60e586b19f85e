import type { Json, KubeObject } from '../../object.ts';

/** One column of a table, and how its cell is made. */
export interface Column {
  readonly name: string;
  readonly type: string;
  /** 0 is always shown, 1 only with `-o wide`. */
  readonly priority: number;
  readonly cell: (object: KubeObject, now: number) => Json;
}

export function column(name: string, cell: Column['cell'], priority = 0, type = 'string'): Column {
  return { name, type, priority, cell };
}

/** A column of whole numbers. */
export function count(name: string, cell: Column['cell'], priority = 0): Column {
  return column(name, cell, priority, 'integer');
}

export const none = '<none>';
export const nameColumn = column('Name', (it) => it.metadata.name);
export const ageColumn = column('Age', (it, now) => age(it.metadata.creationTimestamp, now));

/** `app=web,tier=front`, or `<none>`. */
export function showLabels(labels: Json): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join(',') || none;
}

/** A label selector as text. */
export function showSelector(selector: Json): string {
  const { matchLabels, matchExpressions } = selector ?? {};
  const words: Readonly<Record<string, string>> = { In: 'in', NotIn: 'notin', Exists: '', DoesNotExist: '!' };
  const expressions = (matchExpressions ?? []).map(({ key, operator, values }: Json) =>
    values === undefined
      ? `${operator === 'DoesNotExist' ? '!' : ''}${key}`
      : `${key} ${words[operator]} (${values.join(',')})`,
  );
  const labels = matchLabels === undefined ? [] : [showLabels(matchLabels)];
  return [...labels, ...expressions].join(',') || none;
}

/** A span of time as kubectl prints it: 5s, 3m20s, 4h, 2d3h. */
export function age(since: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  if (Number.isNaN(seconds)) return '<unknown>';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  return days < 8 && hours % 24 > 0 ? `${days}d${hours % 24}h` : `${days}d`;
}
