import { type ObjectAddress, servedAddress } from '#domain/kinds.ts';
import type { ObjectChange } from '#domain/plan.ts';

/** Where a planned change's object is found: a plan names identities, which outlive an API's versions (P7). */
export function changeAddress({ identity, apiVersion }: ObjectChange): ObjectAddress {
  return servedAddress(identity, apiVersion);
}
