import type { Need } from '../iam/evaluate.ts';
import { refuse } from './api-error.ts';
import { isObject, type Json } from './json.ts';
import type { TaskRegistry } from './tasks/registry.ts';

/** Somebody who acts as a machine's role. */
export interface Actor {
  readonly roleArn: string;
  /** The session's name; in AWS a random one. */
  readonly name: string;
}

/** Asks whether a machine's role may do something: undefined when it may, else why not, in AWS's words. */
export type Access = (actor: Actor, need: Need) => string | undefined;

/** An engine by itself knows no policies. */
export const unrestricted: Access = () => undefined;

/**
 * Step Functions looks at creation already whether the role may keep the rules that tell it of ended jobs.
 * Throws `AccessDeniedException`.
 */
export function checkManagedRules(
  definition: Json,
  roleArn: string,
  tasks: TaskRegistry,
  access: Access,
): void {
  const needs = resourcesOf(definition).flatMap((resource) => {
    const found = tasks.find(resource);
    return found?.kind === 'service' ? (found.action.neededToCreate?.(found.pattern) ?? []) : [];
  });
  if (needs.some((need) => access({ roleArn, name: 'creation' }, need) !== undefined)) {
    throw refuse.managedRuleDenied(roleArn);
  }
}

function resourcesOf(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => resourcesOf(item));
  if (!isObject(value)) return [];
  if (value.Type === 'Task' && typeof value.Resource === 'string') return [value.Resource];
  return Object.values(value).flatMap(resourcesOf);
}
