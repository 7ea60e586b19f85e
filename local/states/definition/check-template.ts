import type { Json } from '../json.ts';
import { isQuery, parseQuery, queryText } from '../query/expression.ts';
import type { Problems } from './problems.ts';

/** Blocks inside a state are checked as blocks. */
const blocks = new Set(['Branches', 'ItemProcessor']);

/** Reports every string that is meant as an expression but is none that JSONata can parse. */
export function checkTemplate(value: Json, path: string, problems: Problems): void {
  if (typeof value === 'string') {
    checkText(value, path, problems);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkTemplate(item, `${path}[${index}]`, problems);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (!blocks.has(key)) checkTemplate(item as Json, `${path}/${key}`, problems);
    }
  }
}

function checkText(value: string, path: string, problems: Problems): void {
  if (value.startsWith('{%') !== value.endsWith('%}') && /^\s*\{%|%\}\s*$/.test(value)) {
    problems.schema(`A JSONata expression must begin with '{%' and end with '%}', but is '${value}'`, path);
  }
  if (!isQuery(value)) return;
  try {
    parseQuery(queryText(value));
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    problems.schema(
      `The JSONata expression '${queryText(value)}' cannot be parsed: ${code}: ${message}`,
      path,
    );
  }
}
