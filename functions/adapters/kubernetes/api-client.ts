import { ClusterUnavailableError, ConfigurationError, ManifestRefusedError } from '#domain/errors.ts';
import type { Clock } from '#ports/clock.ts';
import type { WritePermit } from '#ports/cluster.ts';
import { type AnswerClass, answerClass } from './answer-class.ts';
import { type ApiStatus, apiStatus } from './api-status.ts';
import {
  type ApiAnswer,
  type ApiRequest,
  type ApiStream,
  type Connection,
  ConnectionBrokenError,
  NotPermittedError,
  readBody,
} from './connection.ts';
import { createRequestGate, type RequestGate } from './request-gate.ts';

/** A request together with what people should read when it fails. */
export interface ApiCall extends ApiRequest {
  /** `Deployment.apps staging/web`, for messages. */
  readonly subject: string;
  /** Makes sure that it may be sent: asked before each try, and looked at again when it is sent. */
  readonly permit?: WritePermit;
  /** Not kept waiting behind others: what those that are under way wait for themselves. */
  readonly isUrgent?: true;
}

/** An answer of one of the classes that the caller said it handles. */
export type ApiOutcome =
  | { readonly kind: 'success'; readonly answer: ApiAnswer }
  | { readonly kind: AnswerClass; readonly status: ApiStatus };

/** Speaks to one API server: retries what may be retried, and turns the rest into the domain's errors. */
export interface ApiClient {
  /** Classes in `handled` are answered, the others thrown. */
  call(call: ApiCall, handled?: readonly AnswerClass[]): Promise<ApiOutcome>;
  /** Opens a watch; `expired` when its resource version is too old. */
  stream(call: ApiCall): Promise<ApiStream | 'expired'>;
}

const attempts = 5;
const firstPauseMilliseconds = 200;
const longestPauseMilliseconds = 5_000;
// A webhook of this very release may still be starting: it gets this much of a call's minute, and the state machine's
// retries of the call make it minutes (KUBERNETES.md CL4, O3).
const webhookPausesMilliseconds = 12_000;

/** A client over a connection; every retry is bounded, so that a call ends within a Lambda's time. */
export function createApiClient(
  connection: Connection,
  clusterName: string,
  clock: Clock,
  gate: RequestGate = createRequestGate(clock),
): ApiClient {
  /** One request, counted by the gate. */
  async function gated<Value>(
    { permit, isUrgent }: ApiCall,
    once: Once<Value>,
  ): Promise<Attempt<Value> | Unpermitted> {
    if (isUrgent) return once().catch(networkFailure);
    await gate.enter();
    const began = clock.now();
    let result: Attempt<Value> | Unpermitted | undefined;
    try {
      // After the wait at the gate: a permit from before it would be old by now.
      await permit?.ensure();
      result = await once().catch(networkFailure);
      return result;
    } finally {
      const status = result?.kind === 'failure' ? result.status : undefined;
      const retryAfter = status?.retryAfterSeconds;
      gate.leave({
        milliseconds: clock.now() - began,
        isBusy: status?.code === 429 || (status?.code === 503 && status.structured),
        ...(retryAfter !== undefined && { retryAfterMilliseconds: capped(retryAfter * 1000) }),
      });
    }
  }

  async function attempt<Value>(call: ApiCall, once: Once<Value>): Promise<Attempt<Value>> {
    let refreshed = false;
    let unpermitted = 0;
    let paused = 0;
    for (let tried = 1; ; tried += 1) {
      const result = await gated(call, once);
      if (result.kind === 'success') return result;
      if (result.kind === 'unpermitted') {
        unpermitted += 1;
        tried -= 1;
        if (unpermitted >= mostUnpermitted) throw tooSlow(call.subject);
        continue;
      }
      const { status } = result;
      const kind = answerClass(status);
      const again = isWebhookDown(status) ? paused < webhookPausesMilliseconds : tried < attempts;
      if (kind === 'unauthenticated' && !refreshed) {
        refreshed = true;
        connection.forgetCredentials(status.serverTime);
      } else if (kind === 'unavailable' && again) {
        // Another certificate or another address than the one that is cached: it may have moved (K5).
        if (movedCodes.test(status.reason)) connection.forgetCredentials();
        const pause = pauseMilliseconds(status, tried);
        paused += pause;
        await clock.sleep(pause);
      } else return result;
    }
  }

  return {
    async call(call, handled = []) {
      const result = await attempt(call, async () => {
        const answer = await connection.send(call);
        return answer.status < 300
          ? { kind: 'success', value: answer }
          : { kind: 'failure', status: apiStatus(answer) };
      });
      if (result.kind === 'success') return { kind: 'success', answer: result.value };
      const kind = answerClass(result.status);
      if (handled.includes(kind)) return { kind, status: result.status };
      throw errorOf(kind, call, result.status, clusterName);
    },
    async stream(call) {
      const result = await attempt<ApiStream>(call, async () => {
        const stream = await connection.open(call);
        if (stream.status < 300) return { kind: 'success', value: stream };
        const body = await readBody(stream.response);
        return {
          kind: 'failure',
          status: apiStatus({ status: stream.status, headers: stream.response.headers, body }),
        };
      });
      if (result.kind === 'success') return result.value;
      const kind = answerClass(result.status);
      if (kind === 'expired') return 'expired';
      throw errorOf(kind, call, result.status, clusterName);
    },
  };
}

type Once<Value> = () => Promise<Attempt<Value>>;

/** It was not sent: the permit grew old while it waited. */
interface Unpermitted {
  readonly kind: 'unpermitted';
}

// A permit is fresh for far longer than it takes to send; this only bounds what should not happen.
const mostUnpermitted = 20;

function tooSlow(subject: string): ClusterUnavailableError {
  return new ClusterUnavailableError(`${subject}: this function is too slow to write under its fence`, {
    tries: mostUnpermitted,
  });
}

type Attempt<Value> =
  | { readonly kind: 'success'; readonly value: Value }
  | { readonly kind: 'failure'; readonly status: ApiStatus };

// What stands between us and a private cluster is told apart, because each is mended elsewhere (K5).
const networkHints: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name does not resolve: a private endpoint is known only inside its VPC',
  ETIMEDOUT: 'no answer: check security groups and routes',
  ECONNREFUSED: 'nothing listens there',
};

// As Node names them: TLS verification, names and ports.
const movedCodes = /CERT|SIGNATURE|TLS|SSL|ISSUER|ENOTFOUND|ECONNREFUSED/;

function isWebhookDown({ code, message }: ApiStatus): boolean {
  return code === 500 && message.includes('failed calling webhook');
}

function networkFailure(
  error: unknown,
): { readonly kind: 'failure'; readonly status: ApiStatus } | Unpermitted {
  if (error instanceof NotPermittedError) return { kind: 'unpermitted' };
  if (!(error instanceof ConnectionBrokenError)) throw error;
  const { code, message } = error;
  const hint = networkHints[code];
  const status: ApiStatus = {
    code: 503,
    reason: code,
    message: `${message || code}${hint === undefined ? '' : ` (${hint})`}`,
    subject: undefined,
    subjectName: undefined,
    causes: [],
    structured: false,
    retryAfterSeconds: undefined,
    serverTime: undefined,
  };
  return { kind: 'failure', status };
}

/** How long to wait before the next try: what the server asks for, else doubling with full jitter. */
function pauseMilliseconds({ retryAfterSeconds }: ApiStatus, tried: number): number {
  if (retryAfterSeconds !== undefined) return capped(retryAfterSeconds * 1000);
  // Never zero, so that what is bounded by its pauses ends.
  return Math.max(1, Math.random() * capped(firstPauseMilliseconds * 2 ** (tried - 1)));
}

function capped(milliseconds: number): number {
  return Math.min(milliseconds, longestPauseMilliseconds);
}

function errorOf(kind: AnswerClass, call: ApiCall, status: ApiStatus, cluster: string): Error {
  const facts = { cluster, verb: call.method, path: call.path, code: status.code };
  const message = `${call.subject}: ${status.message}`;
  switch (kind) {
    case 'unauthenticated':
      return new ConfigurationError(
        `cluster '${cluster}': it does not accept this function's credentials; give the function's role an access entry, and check that the cluster's name is exactly '${cluster}'`,
        facts,
      );
    case 'forbidden':
      return new ConfigurationError(`cluster '${cluster}': not permitted: ${status.message}`, facts);
    case 'unavailable':
    case 'expired':
    case 'changed-meanwhile':
      return new ClusterUnavailableError(`cluster '${cluster}': ${message}`, facts);
    default:
      return new ManifestRefusedError(`${call.subject}: refused by the cluster: ${status.message}`, facts);
  }
}
