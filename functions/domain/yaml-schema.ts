import type * as z from 'zod/mini';
import { didYouMean } from '#domain/did-you-mean.ts';
import type { YamlDocument, YamlPath } from '#domain/yaml-finding.ts';
import type { Problem } from '#domain/yaml-problem.ts';

/** `environments[0].approval.approvers`, for messages. */
export function pathText(path: YamlPath): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
}

/** The value at a path, if there is one. */
export function valueAt(root: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined,
    root,
  );
}

type Definition = z.core.$ZodTypes['_zod']['def'];

/** A schema's own definition, with what it is when it is left out taken off. */
function definitionOf(schema: z.core.$ZodType): Definition {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'optional' || def.type === 'default' ? definitionOf(def.innerType) : def;
}

/** The fields that a schema knows at a path. */
function fieldsAt(root: z.core.$ZodType, path: YamlPath): string[] {
  let definition = definitionOf(root);
  for (const step of path) {
    if (definition.type === 'array') definition = definitionOf(definition.element);
    else if (definition.type === 'object') {
      const field = definition.shape[String(step)];
      if (field === undefined) return [];
      definition = definitionOf(field);
    }
  }
  return definition.type === 'object' ? Object.keys(definition.shape) : [];
}

function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

type Issue = z.core.$ZodIssue;

/** What a limit counts, by what it is a limit of; a number is not counted. */
const sizes: Readonly<Record<string, string>> = { string: ' characters', array: ' items' };

/** `at least 10`, `at most 50 items`. */
function bound(side: 'least' | 'most', limit: number | bigint, origin: string): string {
  const unit = sizes[origin];
  if (unit === undefined) return `must be at ${side} ${limit}`;
  return `must have at ${side} ${limit}${Number(limit) === 1 ? unit.slice(0, -1) : unit}`;
}

/** What is asked of a value. zod's own words are not carried (zod/mini has none), only those given to a schema. */
function demand(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${issue.expected === 'int' ? 'a whole number' : issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.map((each) => quoted(each)).join(' or ')}`;
    case 'too_small':
      return bound('least', issue.minimum, issue.origin);
    case 'too_big':
      return bound('most', issue.maximum, issue.origin);
    default:
      return issue.message;
  }
}

/** One sentence per issue, its subject first. */
function sentence(issue: Issue, path: YamlPath, value: unknown): string {
  const subject = path.length === 0 ? 'the document' : `\`${pathText(path)}\``;
  if (value === undefined && path.length > 0) return `${subject} is missing`;
  const near =
    issue.code === 'invalid_value' && issue.values.length > 1 && typeof value === 'string'
      ? didYouMean(value, issue.values.map(String))
      : '';
  return `${subject} ${demand(issue)}, is ${quoted(value)}${near}`;
}

function* issueProblems(issue: Issue, schema: z.ZodMiniType, document: YamlDocument): Generator<Problem> {
  const path = issue.path as YamlPath;
  if (issue.code !== 'unrecognized_keys') {
    yield { where: document.place(path), message: sentence(issue, path, valueAt(document.value, path)) };
    return;
  }
  const fields = fieldsAt(schema, path);
  for (const key of issue.keys) {
    const inside = path.length === 0 ? '' : ` in \`${pathText(path)}\``;
    const near = didYouMean(key, fields);
    const known = near === '' ? `; known fields: ${fields.join(', ')}` : near;
    const message = `unknown field \`${key}\`${inside}${known}`;
    yield { where: document.keyPlace([...path, key]), message };
  }
}

/** Checks a document against a schema: its typed value, or every problem with its place. */
export function checkDocument<Schema extends z.ZodMiniType>(
  schema: Schema,
  document: YamlDocument,
): { readonly value: z.infer<Schema> } | { readonly problems: readonly Problem[] } {
  const result = schema.safeParse(document.value);
  if (result.success) return { value: result.data };
  const problems = result.error.issues.flatMap((issue) => [...issueProblems(issue, schema, document)]);
  return { problems };
}
