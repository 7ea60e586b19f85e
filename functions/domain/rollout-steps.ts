/** The steps of a rollout that changes everything at once: pruning waits until what replaces it is healthy (P5). */
export const steps = { apply: 0, prune: 1 } as const;
