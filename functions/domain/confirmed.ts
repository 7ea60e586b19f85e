import type { Confirmations } from '#domain/confirmations.ts';
import { identityText, type ObjectIdentity } from '#domain/manifest.ts';

/** True when one of `confirmed` names the object, with or without its namespace. */
export function isNamed(confirmed: readonly string[] | undefined, identity: ObjectIdentity): boolean {
  return confirmed?.some((text) => namesOf(identity).includes(text)) === true;
}

function namesOf(identity: ObjectIdentity): readonly string[] {
  const { namespace: _, ...anywhere } = identity;
  return [identityText(identity), identityText(anywhere)];
}

/** Confirmations of what this release does not do: left there, they would confirm it for a later one by mistake. */
export function idleConfirmations(
  { prune = [], adopt = [] }: Confirmations,
  pruned: readonly ObjectIdentity[],
  adopted: readonly ObjectIdentity[],
): readonly string[] {
  const idle = (field: string, confirmed: readonly string[], done: readonly ObjectIdentity[]) =>
    confirmed
      .filter((text) => !done.some((identity) => isNamed([text], identity)))
      .map(
        (text) => `tidegate.yaml: confirm.${field} names ${text}, to which that does not happen; remove it`,
      );
  return [...idle('prune', prune, pruned), ...idle('adopt', adopt, adopted)];
}
