import { kindRuleOf, type ObjectAddress } from '#domain/kinds.ts';
import type { ObjectChange } from '#domain/plan.ts';

/** Where a planned change's object is found: a plan names identities, which outlive an API's versions (P7). */
export function changeAddress({ identity }: ObjectChange): ObjectAddress {
  const { group, versions } = kindRuleOf(identity);
  const version = versions[0] ?? 'v1';
  return { ...identity, apiVersion: group === '' ? version : `${group}/${version}` };
}
