/**
 * A target is held this long, in seconds, after each step: the longest observation, a wait, and the retries of a cluster
 * that does not answer. Each step extends it.
 */
export const deployLeaseSeconds = 300;
