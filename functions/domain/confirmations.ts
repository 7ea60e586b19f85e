import * as z from 'zod/mini';

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
