import type { Cause, LogSource } from '#domain/cause.ts';
import { diagnosisLogLines } from '#domain/diagnosis.ts';
import type { Cluster } from '#ports/cluster.ts';

/** Keeps the logs of containers that ended, from the first sight of their end: they vanish with their pods (G2). */
export interface LogKeeper {
  /** Reads the logs of terminations that are seen for the first time. */
  see(troubles: readonly Cause[]): Promise<void>;
  /** The log that goes with a cause: of the run that ended, else the present one, else an earlier one of its container. */
  logOf(cause: Cause): Promise<string>;
}

// A release of hundreds of crashing workloads is told by a few of them.
const mostLogs = 20;

/** A keeper that begins with nothing, for one call. */
export function createLogKeeper(cluster: Pick<Cluster, 'log'>): LogKeeper {
  const byRun = new Map<string, string>();
  const newest = new Map<string, string>();

  async function fetch(source: LogSource): Promise<string> {
    const { namespace, pod, container } = source;
    // While the container has not been started again, its present log is the one of the run that ended.
    for (const previous of [source.previous, !source.previous]) {
      const text = await cluster.log({ namespace, pod, container, previous, tailLines: diagnosisLogLines });
      if (text !== undefined && text.trim() !== '') return text;
    }
    return '';
  }

  async function keep(source: LogSource): Promise<string> {
    const text = await fetch(source);
    byRun.set(runKey(source), text);
    if (text !== '') newest.set(containerKey(source), text);
    return text;
  }

  return {
    async see(troubles) {
      for (const { logFrom, termination } of troubles) {
        if (logFrom === undefined || termination === undefined || byRun.size >= mostLogs) continue;
        if (!byRun.has(runKey(logFrom))) await keep(logFrom);
      }
    },
    async logOf({ logFrom }) {
      if (logFrom === undefined) return '';
      const kept = byRun.get(runKey(logFrom)) || (await keep(logFrom));
      return kept || (newest.get(containerKey(logFrom)) ?? '');
    },
  };
}

function containerKey({ namespace, pod, container }: LogSource): string {
  return `${namespace}/${pod}/${container}`;
}

function runKey(source: LogSource): string {
  return `${containerKey(source)}/${source.run}`;
}
