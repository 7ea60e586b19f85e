import type { Health } from '#domain/health-verdict.ts';

/** A peer's word for an object in our vocabulary; `unsupported` where it refuses to judge. */
export type PeerVerdict = Health['verdict'] | 'unsupported';

// The peers' words, each by what its own documentation says it means.
const words: Readonly<Record<string, PeerVerdict>> = {
  // Ours.
  ready: 'ready',
  progressing: 'progressing',
  failed: 'failed',
  suspended: 'suspended',
  deleting: 'deleting',
  unknown: 'unknown',
  unsupported: 'unsupported',
  // kstatus
  current: 'ready',
  inprogress: 'progressing',
  terminating: 'deleting',
  notfound: 'unknown',
  // Argo CD; Argo Rollouts
  healthy: 'ready',
  degraded: 'failed',
  missing: 'unknown',
  paused: 'suspended',
  // Recordings (KUBERNETES.md §8)
  blocked: 'progressing',
  'ready-with-warning': 'ready',
  'failed-at-deadline': 'failed',
  // Others
  notready: 'progressing',
  pending: 'progressing',
  succeeded: 'ready',
  success: 'ready',
};

const wordKeys = ['normalized', 'verdict', 'status', 'health', 'healthStatus', 'phase', 'state', 'result'];

/** What a case expects of its object, in our vocabulary; undefined when it says nothing that is known. */
export function peerVerdictOf(expected: unknown): PeerVerdict | undefined {
  if (typeof expected === 'string') return peerWord(expected);
  if (typeof expected === 'boolean') return expected ? 'ready' : 'progressing';
  if (typeof expected !== 'object' || expected === null) return undefined;
  const fields = expected as Readonly<Record<string, unknown>>;
  const found = wordKeys.map((key) => peerWord(fields[key])).find((verdict) => verdict !== undefined);
  return found ?? fromFlags(fields);
}

function peerWord(value: unknown): PeerVerdict | undefined {
  // Argo CD nests them: `{health: {status: 'Healthy'}}`.
  const word = typeof value === 'object' && value !== null ? (value as { status?: unknown }).status : value;
  return typeof word === 'string' && Object.hasOwn(words, word.toLowerCase())
    ? words[word.toLowerCase()]
    : undefined;
}

/** kubectl: `done`, `error`; kapp: `done`, `successful`; Helm: `ready`, `error`. */
function fromFlags(flags: Readonly<Record<string, unknown>>): PeerVerdict | undefined {
  if (flags.error !== undefined && flags.error !== null && flags.error !== false && flags.error !== '')
    return 'failed';
  if (flags.done === true) return flags.successful === false ? 'failed' : 'ready';
  const isReady = flags.ready ?? flags.isReady ?? flags.done;
  return typeof isReady === 'boolean' ? (isReady ? 'ready' : 'progressing') : undefined;
}
