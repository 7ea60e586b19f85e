import { isObject, type Json, type JsonObject } from '../template/document.ts';
import { TemplateError } from '../template/template-error.ts';
import { whyNotEvaluated } from './conditions.ts';
import type { Condition, Selection, Statement } from './statement.ts';

const members = new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']);

/** Reads an identity policy document. Throws `TemplateError` for whatever of it could not be enforced. */
export function readPolicyDocument(document: JsonObject, where: string): readonly Statement[] {
  const written = document.Statement;
  const statements = Array.isArray(written) ? written : [written];
  return statements.map((statement: Json, index) => readStatement(statement, `${where}.Statement[${index}]`));
}

function readStatement(statement: Json | undefined, where: string): Statement {
  if (!isObject(statement)) throw new TemplateError(where, 'is not an object');
  for (const member of Object.keys(statement)) {
    if (!members.has(member))
      throw new TemplateError(where, `"${member}" does not belong in an identity policy`);
  }
  const effect = statement.Effect;
  if (effect !== 'Allow' && effect !== 'Deny') {
    throw new TemplateError(`${where}.Effect`, `"${String(effect)}" is neither "Allow" nor "Deny"`);
  }
  return {
    effect,
    actions: readSelection(statement, 'Action', where),
    resources: readSelection(statement, 'Resource', where),
    conditions: readConditions(statement.Condition, `${where}.Condition`),
  };
}

function readSelection(statement: JsonObject, name: 'Action' | 'Resource', where: string): Selection {
  const isInverted = statement[name] === undefined;
  const member = isInverted ? `Not${name}` : name;
  return { isInverted, patterns: texts(statement[member], `${where}.${member}`) };
}

function readConditions(written: Json | undefined, where: string): readonly Condition[] {
  if (written === undefined) return [];
  if (!isObject(written)) throw new TemplateError(where, 'is not an object');
  return Object.entries(written).flatMap(([operator, keys]) => {
    if (!isObject(keys)) throw new TemplateError(`${where}.${operator}`, 'is not an object');
    return Object.entries(keys).map(([key, values]) => {
      const condition = { operator, key, values: texts(values, `${where}.${operator}.${key}`) };
      const problem = whyNotEvaluated(condition);
      if (problem !== undefined) throw new TemplateError(where, `${problem} by the laptop cloud`);
      return condition;
    });
  });
}

/** One text or a list of them. Policy variables would have to be filled in at each request, and are refused. */
function texts(written: Json | undefined, where: string): readonly string[] {
  const list = Array.isArray(written) ? written : [written];
  if (list.length === 0) throw new TemplateError(where, 'is empty');
  return list.map((item: Json | undefined) => {
    if (item === undefined || item === null || typeof item === 'object') {
      throw new TemplateError(where, `expected a string, not ${JSON.stringify(item)}`);
    }
    const text = String(item);
    if (text.includes('${')) {
      throw new TemplateError(where, `the policy variable in "${text}" is not evaluated by the laptop cloud`);
    }
    return text;
  });
}
