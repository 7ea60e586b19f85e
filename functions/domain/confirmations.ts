import * as z from 'zod/mini';
import { identityText, type ObjectIdentity } from '#domain/manifest.ts';

const mostNames = 500;
const names = z.array(z.string().check(z.minLength(1), z.maxLength(400))).check(z.maxLength(mostNames));

/** What a release says that it means to do, because nobody does it by mistake twice (KUBERNETES.md P3, P4, P9). */
export const confirmationsSchema = z.strictObject({
  /** Objects to delete that are otherwise deleted only by hand, `PersistentVolumeClaim data`. */
  prune: z.optional(names),
  /** This many deletions are meant, though the environment's prune budget is smaller. */
  pruneUpTo: z.optional(z.int().check(z.minimum(1), z.maximum(5000))),
  /** Objects to take over from another application. */
  adopt: z.optional(names),
});

export type Confirmations = z.infer<typeof confirmationsSchema>;

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
