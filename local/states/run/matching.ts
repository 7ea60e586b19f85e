/** Names that no wildcard matches (developer guide, "Error names"). */
const beyondWildcards = new Set(['States.Runtime', 'States.DataLimitExceeded']);

/**
 * Whether an ErrorEquals list matches an error name.
 * `States.Runtime` always fails the execution; `States.TaskFailed` matches every error but `States.Timeout`;
 * a missed heartbeat is a timeout too.
 */
export function matches(errorEquals: readonly string[], error: string | undefined): boolean {
  const name = error ?? '';
  if (name === 'States.Runtime') return false;
  return errorEquals.some((pattern) => {
    if (pattern === name) return true;
    if (beyondWildcards.has(name)) return false;
    if (pattern === 'States.ALL') return true;
    if (pattern === 'States.TaskFailed') return name !== 'States.Timeout';
    return pattern === 'States.Timeout' && name === 'States.HeartbeatTimeout';
  });
}
