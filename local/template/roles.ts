import { type ArnOf, managedPolicy, policyTemplate } from '../iam/known-policies.ts';
import { readPolicyDocument } from '../iam/read-policy.ts';
import type { RoleModel, Statement } from '../iam/statement.ts';
import type { ResourceContext } from './context.ts';
import { isObject, type Json, type JsonObject } from './document.ts';
import { readRoleArn } from './function-resource.ts';
import { type Properties, properties } from './properties.ts';
import { TemplateError } from './template-error.ts';

/** The template's own IAM resources, each read only when a role that is run as needs it. */
export interface IamResources {
  readonly roles: readonly ResourceContext[];
  /** `AWS::IAM::Policy` and `AWS::IAM::ManagedPolicy`. */
  readonly policies: readonly ResourceContext[];
}

/** The roles that functions and state machines run as. Throws `TemplateError` for policies that cannot be enforced. */
export function readRoles(
  runners: readonly ResourceContext[],
  iam: IamResources,
  arnOf: ArnOf,
): readonly RoleModel[] {
  const roles = new Map<string, RoleModel>();
  for (const runner of runners) {
    const arn = readRoleArn(runner);
    const statements = runner.properties.text('Role')
      ? statementsOfRole(arn, runner, iam)
      : statementsOfRunner(runner, iam, arnOf);
    roles.set(arn, { arn, statements });
  }
  return [...roles.values()];
}

/** The policies that SAM puts into the role it makes for a function or state machine. */
function statementsOfRunner(
  { properties: p }: ResourceContext,
  iam: IamResources,
  arnOf: ArnOf,
): readonly Statement[] {
  p.refuse('PermissionsBoundary');
  const written = p.all.Policies ?? [];
  const list = Array.isArray(written) ? written : [written];
  return list.flatMap((policy: Json, index) => {
    const where = `${p.where}.Policies[${index}]`;
    if (typeof policy === 'string') return managed(policy, iam, where);
    if (!isObject(policy)) throw new TemplateError(where, `${JSON.stringify(policy)} is no policy`);
    return policy.Statement === undefined
      ? policyTemplate(policy, arnOf, where)
      : readPolicyDocument(policy, where);
  });
}

function statementsOfRole(arn: string, runner: ResourceContext, iam: IamResources): readonly Statement[] {
  const role = iam.roles.find((candidate) => candidate.arn === arn);
  if (!role) {
    throw new TemplateError(
      `${runner.properties.where}.Role`,
      `"${arn}" is not declared by the template, so the laptop cloud cannot know its policies`,
    );
  }
  const { properties: p, identity } = role;
  p.refuse('PermissionsBoundary');
  return [
    ...p.list('Policies').flatMap((policy, index) => inline(policy, `${p.where}.Policies[${index}]`)),
    ...p
      .list('ManagedPolicyArns')
      .flatMap((policy, index) => managed(String(policy), iam, `${p.where}.ManagedPolicyArns[${index}]`)),
    ...iam.policies
      .filter((policy) => policy.properties.list('Roles').includes(identity.name))
      .flatMap((policy) => documentOf(policy.properties)),
  ];
}

const inline = (policy: Json, where: string): readonly Statement[] =>
  documentOf(properties(asObject(policy, where), where));

const documentOf = (p: Properties): readonly Statement[] =>
  readPolicyDocument(p.object('PolicyDocument').all, `${p.where}.PolicyDocument`);

function managed(nameOrArn: string, iam: IamResources, where: string): readonly Statement[] {
  const own = iam.policies.find(({ arn }) => arn === nameOrArn);
  if (own) return documentOf(own.properties);
  const known = managedPolicy(nameOrArn);
  if (known) return known;
  throw new TemplateError(where, `the managed policy "${nameOrArn}" is not known to the laptop cloud`);
}

function asObject(value: Json, where: string): JsonObject {
  if (isObject(value)) return value;
  throw new TemplateError(where, 'is not an object');
}
