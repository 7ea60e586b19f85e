import type { Json } from '../object.ts';

/** The parts of webernetes that are used here. Some are private there; each such use has its reason where it is. */
export interface Library {
  readonly Cluster: new (options: { nodes: number }) => WebernetesCluster;
}

export interface WebernetesCluster {
  readonly etcd: { state: EtcdState; stateRef: EtcdState };
  readonly imageRegistry: ImageRegistry;
  readonly servers: readonly Server[];
  init(): Promise<void>;
  close(): Promise<void>;
}

export interface Server {
  readonly node: Json;
  readonly runtime: ImageService;
  readonly kubelet: {
    readonly pleg: { relistDuration: { relistPeriodMs: number; relistThresholdMs: number } };
    readonly probeManager: { startedAt: Date };
  };
}

export interface ImageService {
  imageStatus(context: unknown, image: { image: string }): Promise<[{ image: unknown }, Error | undefined]>;
  pullImage(
    context: unknown,
    image: { image: string },
    credentials: unknown[],
    sandbox?: { pod?: Json },
  ): Promise<[string, Error | undefined]>;
}

export interface ImageRegistry {
  has(image: string): boolean;
  create(image: string): Image | undefined;
  remove(image: string): void;
}

export interface Image {
  readonly defaultCommand?: readonly string[];
  exec(context: ProcessContext, argv: readonly string[]): Promise<number>;
  signalHandler?(context: ProcessContext, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> | void;
}

export interface ProcessContext {
  readonly env: ReadonlyMap<string, string>;
  readonly container: { readonly name: string; readonly restartCount: number; readonly apiContainer: Json };
  readonly pod: { readonly uid: string };
  listenHttp(port: number, handler: () => Promise<{ status: number; body: string }>): unknown;
  sleep(milliseconds: number): Promise<void>;
  waitUntilKilled(): Promise<number>;
  exit(code: number): never;
  writeStderr(text: string): void;
}

export interface KeyValue {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly create_revision: string;
  readonly mod_revision: string;
  readonly version: string;
  readonly lease: string;
}

export interface Header {
  readonly cluster_id: string;
  readonly member_id: string;
  readonly revision: string;
  readonly raft_term: string;
}

export interface RangeOptions {
  readonly key: string;
  readonly rangeEnd: string;
  readonly limit: number;
}

export interface Compare {
  readonly key?: Buffer;
  readonly target?: string;
  readonly result?: string;
  readonly version?: string | number;
  readonly mod_revision?: string | number;
  readonly create_revision?: string | number;
}

export interface Operation {
  readonly request_range?: RangeOptions;
  readonly request_put?: { readonly key: string; readonly value?: Buffer };
  readonly request_delete_range?: { readonly key: string; readonly rangeEnd: string };
}

export interface Transaction {
  readonly compare?: readonly Compare[];
  readonly success?: readonly Operation[];
  readonly failure?: readonly Operation[];
}

export interface Watcher {
  handleMany(records: readonly WatchRecord[]): void;
  on(event: 'end' | 'error', listener: () => void): unknown;
}

export interface WatchRecord {
  readonly revision: number;
  readonly event: {
    readonly type: 'Put' | 'Delete';
    readonly kv: KeyValue;
    readonly prev_kv: KeyValue | null;
  };
}

/** What an etcd client of webernetes calls. */
export interface EtcdState {
  range(namespace: string, options: RangeOptions): Json;
  put(namespace: string, options: { key: string; value?: Buffer }): Json;
  delete(namespace: string, options: { key: string; rangeEnd: string }): Json;
  txn(request: Transaction): Json;
  watch(namespace: string, options: { key: string; rangeEnd: string; startRevision?: number }): Watcher;
  cancelWatcher(watcher: Watcher): Promise<void>;
  detachWatcher(watcher: Watcher): void;
  header(revision?: number): Header;
  close(): void;
  acquireLock(namespace: string, key: string, seconds: number): Promise<unknown>;
  revokeLease(id: string): void;
  releaseLeasePassively(id: string): void;
  refreshLease(id: string, milliseconds: number): void;
  compact(revision: number): void;
}
