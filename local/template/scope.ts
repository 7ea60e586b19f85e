import { accountId, partition } from '../identity.ts';
import { isObject, type Json, type TemplateDocument, type TemplateResource } from './document.ts';
import { noValue, type Resolved, resolve, type Scope, truth } from './intrinsics.ts';
import { stackId, suffix } from './names.ts';
import { defaultName, type ResourceIdentity, type ResourceType, resourceTypes } from './resource-types.ts';
import { TemplateError } from './template-error.ts';

export interface StackSettings {
  readonly stackName: string;
  readonly region: string;
  readonly parameters: Readonly<Record<string, Json>>;
}

export interface TemplateScope extends Scope {
  /** A resource's names. Throws `TemplateError` for a type that is not known. */
  identity(logicalId: string): ResourceIdentity;
  /** What `Ref` gives for a resource. */
  physicalId(logicalId: string): string;
  /** False when the resource's own condition leaves it out. */
  exists(logicalId: string): boolean;
}

/** The scope of one template: names are found on demand, so the order of resources does not matter. */
export function createScope(document: TemplateDocument, settings: StackSettings): TemplateScope {
  const { stackName, region } = settings;
  const identities = new Map<string, ResourceIdentity | 'in progress'>();
  const conditions = new Map<string, boolean | 'in progress'>();
  const pseudoParameters: Readonly<Record<string, Resolved>> = {
    'AWS::AccountId': accountId,
    'AWS::NoValue': noValue,
    'AWS::NotificationARNs': [],
    'AWS::Partition': partition,
    'AWS::Region': region,
    'AWS::StackId': stackId(stackName, region),
    'AWS::StackName': stackName,
    'AWS::URLSuffix': 'amazonaws.com',
  };

  function identity(logicalId: string): ResourceIdentity {
    const known = identities.get(logicalId);
    if (known === 'in progress')
      throw new TemplateError(`Resources.${logicalId}`, 'its name refers to itself');
    if (known) return known;
    identities.set(logicalId, 'in progress');
    const resource = resourceNamed(document, logicalId);
    const name = physicalName(resource, resourceType(logicalId, resource), logicalId);
    const found = { logicalId, stackName, region, name };
    identities.set(logicalId, found);
    return found;
  }

  function physicalName(resource: TemplateResource, type: ResourceType, logicalId: string): string {
    const property = type.nameProperty;
    const given = property === undefined ? undefined : resource.properties[property];
    if (given === undefined) return defaultName(type, stackName, logicalId);
    const resolved = resolve(given, scope, `Resources.${logicalId}.Properties.${property}`);
    return resolved === noValue ? defaultName(type, stackName, logicalId) : String(resolved);
  }

  function existing(logicalId: string, where: string): ResourceIdentity {
    if (!scope.exists(logicalId))
      throw new TemplateError(where, `"${logicalId}" is left out by its condition`);
    return identity(logicalId);
  }

  const scope: TemplateScope = {
    identity,
    exists: (logicalId) => {
      const condition = document.resources[logicalId]?.condition;
      return condition === undefined || scope.condition(condition, `Resources.${logicalId}`);
    },
    physicalId: (logicalId) => {
      const type = resourceType(logicalId, resourceNamed(document, logicalId));
      const found = identity(logicalId);
      return type.ref?.(found) ?? found.name;
    },
    ref: (name, where) => {
      if (Object.hasOwn(pseudoParameters, name)) return pseudoParameters[name] as Resolved;
      if (Object.hasOwn(settings.parameters, name)) return settings.parameters[name] as Json;
      const implied = impliedBySam(name, (logicalId) => existing(logicalId, where), document);
      if (implied) return implied.ref;
      if (!document.resources[name])
        throw new TemplateError(where, `refers to "${name}", which does not exist`);
      existing(name, where);
      return scope.physicalId(name);
    },
    attribute: (logicalId, attribute, where) => {
      const dotted = `${logicalId}.${attribute}`;
      const implied =
        impliedBySam(dotted, (id) => existing(id, where), document) ??
        (attribute === 'Arn' ? impliedBySam(logicalId, (id) => existing(id, where), document) : undefined);
      if (implied) return attribute === 'Arn' ? implied.arn : implied.ref;
      const resource = document.resources[logicalId];
      if (!resource) throw new TemplateError(where, `refers to "${logicalId}", which does not exist`);
      const read = resourceType(logicalId, resource).attributes[attribute];
      if (!read) {
        throw new TemplateError(
          where,
          `"${logicalId}" (${resource.type}) has no attribute "${attribute}" here`,
        );
      }
      return read(existing(logicalId, where));
    },
    condition: (name, where) => {
      const known = conditions.get(name);
      if (known === 'in progress') throw new TemplateError(`Conditions.${name}`, 'refers to itself');
      if (known !== undefined) return known;
      if (!Object.hasOwn(document.conditions, name)) {
        throw new TemplateError(where, `refers to the condition "${name}", which does not exist`);
      }
      conditions.set(name, 'in progress');
      const value = truth(document.conditions[name], scope, `Conditions.${name}`);
      conditions.set(name, value);
      return value;
    },
    mapping: (map, first, second) => {
      const rows = document.mappings[map];
      const row = isObject(rows) ? rows[first] : undefined;
      return isObject(row) ? row[second] : undefined;
    },
  };
  return scope;
}

function resourceNamed(document: TemplateDocument, logicalId: string): TemplateResource {
  const resource = document.resources[logicalId];
  if (!resource) throw new TemplateError(`Resources.${logicalId}`, 'does not exist');
  return resource;
}

/** The type's row in the table. Throws `TemplateError` naming a type the laptop cloud does not know. */
export function resourceType(logicalId: string, resource: TemplateResource): ResourceType {
  const type = resourceTypes[resource.type];
  if (!type) {
    throw new TemplateError(
      `Resources.${logicalId}`,
      `the resource type "${resource.type}" is not known to the laptop cloud`,
    );
  }
  return type;
}

interface Implied {
  readonly ref: string;
  readonly arn: string;
}

/** Resources that SAM's transform adds beside a written one: `Fn.Alias`, `Fn.Version`, `FnRole`, `Api.Stage`. */
function impliedBySam(
  name: string,
  identityOf: (logicalId: string) => ResourceIdentity,
  document: TemplateDocument,
): Implied | undefined {
  if (Object.hasOwn(document.resources, name)) return undefined;
  for (const [ending, imply] of Object.entries(impliedResources)) {
    if (!name.endsWith(ending)) continue;
    const logicalId = name.slice(0, -ending.length);
    const resource = document.resources[logicalId];
    if (!resource?.type.startsWith('AWS::Serverless::')) continue;
    return imply(identityOf(logicalId), resource);
  }
  return undefined;
}

const qualified = (r: ResourceIdentity, resource: TemplateResource, qualifier: string): Implied => {
  const arnOf = resourceTypes[resource.type]?.attributes.Arn;
  const arn = `${arnOf?.(r) ?? ''}:${qualifier}`;
  return { ref: arn, arn };
};

const impliedResources: Readonly<
  Record<string, (r: ResourceIdentity, resource: TemplateResource) => Implied | undefined>
> = {
  '.Alias': (r, resource) =>
    typeof resource.properties.AutoPublishAlias === 'string'
      ? qualified(r, resource, resource.properties.AutoPublishAlias)
      : undefined,
  '.Version': (r, resource) => qualified(r, resource, '1'),
  '.Stage': (_r, resource) => ({ ref: String(resource.properties.StageName), arn: '' }),
  Role: (r) => {
    const name = impliedRoleName(r);
    return { ref: name, arn: `arn:${partition}:iam::${accountId}:role/${name}` };
  },
};

/** The name of the role that SAM creates for a function or state machine without one. */
export const impliedRoleName = (r: Pick<ResourceIdentity, 'logicalId' | 'stackName'>): string =>
  `${r.stackName}-${r.logicalId}Role-${suffix(12, r.stackName, `${r.logicalId}Role`)}`.slice(-64);
