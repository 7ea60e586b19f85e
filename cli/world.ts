/** Where text goes: a process stream, or a collector in tests. */
export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What a command knows of the process it runs in; passed in, so that tests run commands without one. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** Aborted when the process is asked to end. */
  readonly interruption: AbortSignal;
}
