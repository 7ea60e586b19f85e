import { parse } from 'yaml';
import { refuse } from '../api-error.ts';
import { isObject, type JsonObject } from '../json.ts';

/** What CloudFormation's DefinitionSubstitutions puts in place of `${Name}`. */
export type Substitutions = Readonly<Record<string, string | number | boolean>>;

const placeholder = /\$\{([A-Za-z0-9]+)\}/g;

/** Puts `values` in place of `${Name}`; throws `InvalidDefinition` naming those that have no value. */
export function substitute(text: string, values: Substitutions): string {
  const missing = new Set<string>();
  const filled = text.replaceAll(placeholder, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) missing.add(name);
    return value === undefined ? whole : String(value);
  });
  if (missing.size > 0) {
    throw refuse.invalidDefinition(
      [...missing].map((name) => `definition has no substitution for '\${${name}}'`),
    );
  }
  return filled;
}

/** Reads a definition from JSON or YAML text; throws `InvalidDefinition` with the parser's line and column. */
export function parseDefinition(text: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = text.trimStart().startsWith('{') ? JSON.parse(text) : parse(text);
  } catch (error) {
    throw refuse.invalidDefinition([`INVALID_JSON_DESCRIPTION: ${(error as Error).message}`]);
  }
  if (!isObject(parsed))
    throw refuse.invalidDefinition(['INVALID_JSON_DESCRIPTION: the definition is not an object']);
  return parsed;
}
