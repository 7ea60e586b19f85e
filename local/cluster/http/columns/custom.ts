import { valuesAt } from '../../json-path.ts';
import type { Json } from '../../object.ts';
import { age, ageColumn, type Column, nameColumn } from './column.ts';

/** The columns that a definition gives its resources; without any, name and age. */
export function customColumns(given: readonly Json[]): Column[] {
  if (given.length === 0) return [nameColumn, ageColumn];
  return [nameColumn, ...given.map(fromDefinition)];
}

function fromDefinition({ name, type, priority, jsonPath }: Json): Column {
  return {
    name,
    type,
    priority: priority ?? 0,
    cell: (object, now) => {
      const [value] = valuesAt(object, jsonPath);
      if (value === undefined) return null;
      if (type === 'date') return age(String(value), now);
      return type === 'integer' || type === 'number' || type === 'boolean' ? value : shown(value);
    },
  };
}

function shown(value: Json): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
