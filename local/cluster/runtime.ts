import type { Clock } from '../clock.ts';
import type { LogBook } from './logs.ts';
import type { Registry } from './registry/registry.ts';

/**
 * What makes the objects in the store live: controllers, scheduler, kubelet and containers. It reads and writes the
 * store, writes containers' output into the log book, and knows nothing of HTTP; another one can take its place.
 */
export interface Runtime {
  stop(): Promise<void>;
}

export interface RuntimeOptions {
  readonly registry: Registry;
  readonly logs: LogBook;
  readonly clock: Clock;
}

export type StartRuntime = (options: RuntimeOptions) => Promise<Runtime>;
