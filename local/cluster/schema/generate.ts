/**
 * Writes types.json: for each served kind, and each type it holds, the fields and their types, read from the models of
 * the Kubernetes client that is installed. Run by hand when that client is updated: `node local/cluster/schema/generate.ts`.
 */
import { writeFileSync } from 'node:fs';
import * as client from '@kubernetes/client-node';
import { kinds } from '../kinds.ts';

interface Attribute {
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

const models = client as unknown as Record<string, { getAttributeTypeMap?: () => Attribute[] } | undefined>;
const types: Record<string, Record<string, string>> = {};

function short(type: string, format: string): string {
  const list = /^Array<(.*)>$/.exec(type);
  if (list) return `[]${short(list[1] ?? '', format)}`;
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map) return `{}${short(map[1] ?? '', format)}`;
  if (type === 'number') return format.startsWith('int') ? 'integer' : 'number';
  if (type === 'Date' || type === 'V1MicroTime') return 'string';
  return type;
}

function visit(model: string): void {
  if (types[model] !== undefined) return;
  const attributes = models[model]?.getAttributeTypeMap?.();
  if (attributes === undefined) return;
  const fields: Record<string, string> = {};
  types[model] = fields;
  for (const { baseName, type, format } of attributes) {
    const name = short(type, format);
    fields[baseName] = name;
    visit(name.replace(/^(\[\]|\{\})+/, ''));
  }
}

for (const model of [...kinds.map((kind) => kind.model), 'V1Scale']) visit(model);
const sorted = Object.fromEntries(Object.entries(types).sort(([left], [right]) => left.localeCompare(right)));
writeFileSync(new URL('./types.json', import.meta.url), `${JSON.stringify(sorted, null, 2)}\n`);
