import * as z from 'zod';
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

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? unwrapped(schema.unwrap())
    : schema;
}

/** The fields that a schema knows at a path. */
function fieldsAt(root: z.ZodType, path: YamlPath): string[] {
  let schema = unwrapped(root);
  for (const step of path) {
    if (schema instanceof z.ZodArray) schema = unwrapped(schema.element);
    else if (schema instanceof z.ZodObject) schema = unwrapped(schema.shape[String(step)]);
  }
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

type Issue = z.core.$ZodIssue;

/** One sentence per issue, its subject first; only issues that zod's own words serve badly are reworded. */
function sentence(issue: Issue, path: YamlPath, value: unknown): string {
  const subject = path.length === 0 ? 'the document' : `\`${pathText(path)}\``;
  if (value === undefined && path.length > 0) return `${subject} is missing`;
  if (issue.code === 'invalid_type') return `${subject} must be ${issue.expected}, is ${quoted(value)}`;
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map((allowedValue) => quoted(allowedValue)).join(' or ');
    const near = typeof value === 'string' ? didYouMean(value, issue.values.map(String)) : '';
    return `${subject} must be ${allowed}, is ${quoted(value)}${issue.values.length > 1 ? near : ''}`;
  }
  return `${subject} ${lowerFirst(issue.message)}, is ${quoted(value)}`;
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

function* issueProblems(issue: Issue, schema: z.ZodType, document: YamlDocument): Generator<Problem> {
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
export function checkDocument<Schema extends z.ZodType>(
  schema: Schema,
  document: YamlDocument,
): { readonly value: z.infer<Schema> } | { readonly problems: readonly Problem[] } {
  const result = schema.safeParse(document.value);
  if (result.success) return { value: result.data };
  const problems = result.error.issues.flatMap((issue) => [...issueProblems(issue, schema, document)]);
  return { problems };
}
