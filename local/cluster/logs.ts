/** One line that a container wrote. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

interface ContainerLog {
  readonly lines: LogLine[];
  isEnded: boolean;
}

const keptLines = 2_000;
const keptAttempts = 2;

/** What containers wrote, by pod uid, container name and attempt; the current and the previous attempt are kept. */
export class LogBook {
  private readonly logs = new Map<string, Map<number, ContainerLog>>();
  private readonly listeners = new Set<() => void>();

  write(podUid: string, container: string, attempt: number, text: string, at: number): void {
    const { lines } = this.open(podUid, container, attempt);
    for (const line of text.replace(/\n$/, '').split('\n')) lines.push({ at, text: line });
    if (lines.length > keptLines) lines.splice(0, lines.length - keptLines);
    this.notify();
  }

  end(podUid: string, container: string, attempt: number): void {
    this.open(podUid, container, attempt).isEnded = true;
    this.notify();
  }

  forget(podUid: string): void {
    for (const key of this.logs.keys()) if (key.startsWith(`${podUid}/`)) this.logs.delete(key);
    this.notify();
  }

  /** The log of one attempt, or of the newest when none is asked; undefined when there is none. */
  read(
    podUid: string,
    container: string,
    attempt?: number,
  ): (ContainerLog & { attempt: number }) | undefined {
    const attempts = this.logs.get(`${podUid}/${container}`);
    if (attempts === undefined) return undefined;
    const wanted = attempt ?? Math.max(...attempts.keys());
    const log = attempts.get(wanted);
    return log === undefined ? undefined : Object.assign(log, { attempt: wanted });
  }

  /** Calls `listener` after each change; the returned function stops that. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private open(podUid: string, container: string, attempt: number): ContainerLog {
    const key = `${podUid}/${container}`;
    let attempts = this.logs.get(key);
    if (attempts === undefined) {
      attempts = new Map();
      this.logs.set(key, attempts);
    }
    let log = attempts.get(attempt);
    if (log === undefined) {
      log = { lines: [], isEnded: false };
      attempts.set(attempt, log);
      attempts.delete(attempt - keptAttempts);
    }
    return log;
  }

  private notify(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
