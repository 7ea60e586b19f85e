import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { StateMachineModel } from './application.ts';
import type { ResourceContext } from './context.ts';
import { isObject, type Json, type JsonObject } from './document.ts';
import { readRoleArn } from './function-resource.ts';
import type { Properties } from './properties.ts';
import { TemplateError } from './template-error.ts';

/** Reads an `AWS::Serverless::StateMachine` with its definition; its events are read apart. */
export function readStateMachine(context: ResourceContext): StateMachineModel {
  const { identity, properties: p, arn, folder } = context;
  const type = p.text('Type') ?? 'STANDARD';
  if (type !== 'STANDARD' && type !== 'EXPRESS') {
    throw new TemplateError(`${p.where}.Type`, `"${type}" is neither "STANDARD" nor "EXPRESS"`);
  }
  const alias = p.text('AutoPublishAlias');
  return {
    logicalId: identity.logicalId,
    name: identity.name,
    arn,
    type,
    definition: readDefinition(p, folder),
    roleArn: readRoleArn(context),
    ...(alias === undefined ? {} : { alias, aliasArn: `${arn}:${alias}` }),
  };
}

function readDefinition(p: Properties, folder: string): JsonObject {
  const inline = p.all.Definition;
  if (inline !== undefined) return asObject(inline, `${p.where}.Definition`);
  const uri = p.requiredText('DefinitionUri');
  const where = `${p.where}.DefinitionUri "${uri}"`;
  const substitutions = p.object('DefinitionSubstitutions');
  try {
    const document: Json = parse(readFileSync(join(folder, uri), 'utf8'));
    return asObject(substituteIn(document, substitutions, where), where);
  } catch (error) {
    if (error instanceof TemplateError) throw error;
    throw new TemplateError(where, (error as Error).message);
  }
}

function asObject(value: Json, where: string): JsonObject {
  if (isObject(value)) return value;
  throw new TemplateError(where, 'is not an object');
}

/** `${Name}` in any string of the definition; a name that nobody substitutes is an error, as CloudFormation finds it. */
function substituteIn(value: Json, substitutions: Properties, where: string): Json {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Za-z0-9]+)\}/g, (_whole, name: string) => {
      const given = substitutions.text(name);
      if (given === undefined)
        throw new TemplateError(where, `"\${${name}}" has no entry in DefinitionSubstitutions`);
      return given;
    });
  }
  if (Array.isArray(value)) return value.map((item: Json) => substituteIn(item, substitutions, where));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, substituteIn(item, substitutions, where)]),
  );
}
