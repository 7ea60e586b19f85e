const context = 3;

/** Two texts' difference as one hunk of the unified format: three lines of context around all that differs. */
export function hunk(before: readonly string[], after: readonly string[]): string {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let tail = 0;
  const shorter = Math.min(before.length, after.length) - start;
  while (tail < shorter && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const from = Math.max(0, start - context);
  const kept = Math.min(context, tail);
  const removed = before.slice(start, before.length - tail);
  const added = after.slice(start, after.length - tail);
  const end = before.length - tail;
  const lines = [
    ...before.slice(from, start).map((line) => ` ${line}`),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    ...before.slice(end, end + kept).map((line) => ` ${line}`),
  ];
  const common = start - from + kept;
  const [old, now] = [common + removed.length, common + added.length];
  return `@@ -${from + 1},${old} +${from + 1},${now} @@\n${lines.join('\n')}\n`;
}
