import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { intrinsicTags } from './tags.ts';
import { TemplateError } from './template-error.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** A SAM or CloudFormation template as written: intrinsic functions are still objects like `{Ref: …}`. */
export interface TemplateDocument {
  readonly description?: string;
  readonly parameters: JsonObject;
  readonly mappings: JsonObject;
  readonly conditions: JsonObject;
  readonly globals: JsonObject;
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly outputs: JsonObject;
}

export interface TemplateResource {
  readonly type: string;
  readonly condition?: string;
  readonly properties: JsonObject;
  readonly metadata: JsonObject;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads a template file (YAML with CloudFormation's short tags, or JSON). Throws `TemplateError`. */
export function readDocument(file: string): TemplateDocument {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new TemplateError(file, `cannot be read: ${(error as Error).message}`);
  }
  return parseTemplate(text, file);
}

/** Parses a template's text; `file` is named in errors. */
export function parseTemplate(text: string, file: string): TemplateDocument {
  const parsed = parseDocument(text, { customTags: (tags) => [...tags, ...intrinsicTags] });
  const problem = parsed.errors[0] ?? parsed.warnings[0];
  if (problem) throw new TemplateError(file, problem.message);
  const root: unknown = parsed.toJS();
  if (!isObject(root) || !isObject(root.Resources)) throw new TemplateError(file, 'has no "Resources"');
  const section = (name: string): JsonObject => (isObject(root[name]) ? root[name] : {});
  return {
    ...(typeof root.Description === 'string' ? { description: root.Description } : {}),
    parameters: section('Parameters'),
    mappings: section('Mappings'),
    conditions: section('Conditions'),
    globals: section('Globals'),
    resources: Object.fromEntries(
      Object.entries(section('Resources')).map(([logicalId, value]) => [
        logicalId,
        readResource(logicalId, value),
      ]),
    ),
    outputs: section('Outputs'),
  };
}

function readResource(logicalId: string, value: Json): TemplateResource {
  if (!isObject(value) || typeof value.Type !== 'string') {
    throw new TemplateError(`Resources.${logicalId}`, 'has no "Type"');
  }
  if (value.Connectors !== undefined) {
    throw new TemplateError(
      `Resources.${logicalId}.Connectors`,
      'the laptop cloud does not derive the permissions that connectors grant',
    );
  }
  return {
    type: value.Type,
    ...(typeof value.Condition === 'string' ? { condition: value.Condition } : {}),
    properties: isObject(value.Properties) ? value.Properties : {},
    metadata: isObject(value.Metadata) ? value.Metadata : {},
  };
}
