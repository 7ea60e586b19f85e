// What the process under test and the test that harms it tell each other.

/** The ports that live with the test, so that they outlive the process: the ledger, documents, tokens. */
export const remotePorts = [
  'releases',
  'promotions',
  'approvals',
  'targets',
  'documents',
  'archive',
  'tokens',
] as const;
export type RemotePort = (typeof remotePorts)[number];

export const taskNames = [
  'planPromotion',
  'acquireTarget',
  'confirmPlan',
  'advance',
  'observe',
  'verifyRollout',
  'planRollback',
  'recordPromotion',
  'releaseTarget',
] as const;
export type TaskName = (typeof taskNames)[number];

export interface ThrownError {
  readonly name: string;
  readonly message: string;
}

export type ToProcess =
  | { readonly kind: 'invoke'; readonly task: TaskName; readonly input: unknown }
  /** Go on from a journal point; of a remote port with what it answered. */
  | { readonly kind: 'go'; readonly id: number; readonly result?: unknown; readonly error?: ThrownError };

export type FromProcess =
  | { readonly kind: 'ready' }
  /** A call of a remote port. */
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly port: RemotePort;
      readonly method: string;
      readonly args: readonly unknown[];
    }
  /** A journal point around a call of the cluster. */
  | { readonly kind: 'point'; readonly id: number }
  | { readonly kind: 'done'; readonly result?: unknown; readonly error?: ThrownError };
