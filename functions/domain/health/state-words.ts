import type { Health } from '#domain/health-verdict.ts';

// How controllers that write no conditions spell an object's state in `status.phase`, `status.state` and the like.
// Compared without case, spaces, dashes and underscores. A word in none of the lists tells nothing. What a start goes
// through by the way (`red`, `degraded`, `invalid`) is no failure before the deadline, as it isn't for kubedog.
const words: Readonly<Record<Health['verdict'], readonly string[]>> = {
  ready: [
    'accepted',
    'active',
    'applied',
    'approved',
    'available',
    'bound',
    'complete',
    'completed',
    'deployed',
    'done',
    'enabled',
    'established',
    'finished',
    'green',
    'healthy',
    'initialized',
    'installed',
    'ok',
    'online',
    'operational',
    'provisioned',
    'ready',
    'reconciled',
    'running',
    'started',
    'success',
    'successful',
    'succeeded',
    'synced',
    'synchronized',
    'up',
    'valid',
  ],
  progressing: [
    'allocating',
    'binding',
    'building',
    'configuring',
    'creating',
    'degraded',
    'deploying',
    'initializing',
    'inprogress',
    'installing',
    'invalid',
    'migrating',
    'modifying',
    'new',
    'notready',
    'pending',
    'preparing',
    'processing',
    'progressing',
    'provisioning',
    'queued',
    'reconciling',
    'red',
    'restarting',
    'restoring',
    'resuming',
    'rolling',
    'scaling',
    'scheduled',
    'scheduling',
    'starting',
    'submitted',
    'syncing',
    'unhealthy',
    'unknown',
    'unready',
    'updating',
    'upgrading',
    'waiting',
    'yellow',
  ],
  failed: ['aborted', 'crashed', 'denied', 'error', 'errored', 'failed', 'failure', 'lost', 'rejected'],
  suspended: ['disabled', 'hibernated', 'onhold', 'paused', 'stopped', 'suspended'],
  deleting: ['deleting', 'destroying', 'removing', 'terminating'],
  unknown: [],
};

const verdicts = new Map(
  Object.entries(words).flatMap(([verdict, list]) =>
    list.map((word) => [word, verdict as Health['verdict']] as const),
  ),
);

/** The verdict that a word for a state amounts to; undefined for a word that isn't known. */
export function classifyWord(word: string): Health['verdict'] | undefined {
  return verdicts.get(plain(word)) ?? (/(failed|error)$/i.test(plain(word)) ? 'failed' : undefined);
}

/** A word as it is compared: `In Progress` and `in-progress` are the same. */
export function plain(word: string): string {
  return word.toLowerCase().replace(/[\s_-]+/g, '');
}
