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

/** A request together with what people should read when it fails. */
export interface ApiCall extends ApiRequest {
  /** `Deployment.apps staging/web`, for messages. */
  readonly subject: string;
  /** Makes sure that it may be sent: asked before each try, and looked at again when it is sent. */
  readonly permit?: WritePermit;
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

/** A client over a connection; every retry is bounded, so that a call ends within a Lambda's time. */
export function createApiClient(connection: Connection, clusterName: string, clock: Clock): ApiClient {
  async function attempt<Value>(
    { subject, permit }: ApiCall,
    once: () => Promise<Attempt<Value> | Unpermitted>,
  ): Promise<Attempt<Value>> {
    let refreshed = false;
    let unpermitted = 0;
    for (let tried = 1; ; tried += 1) {
      await permit?.ensure();
      const result = await once().catch(networkFailure);
      if (result.kind === 'success') return result;
      if (result.kind === 'unpermitted') {
        unpermitted += 1;
        tried -= 1;
        if (unpermitted >= mostUnpermitted) throw tooSlow(subject);
        continue;
      }
      const kind = answerClass(result.status);
      if (kind === 'unauthenticated' && !refreshed) {
        refreshed = true;
        connection.forgetCredentials();
      } else if (kind === 'unavailable' && tried < attempts) {
        await clock.sleep(pauseMilliseconds(result.status, tried));
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
  };
  return { kind: 'failure', status };
}

/** How long to wait before the next try: what the server asks for, else doubling with full jitter. */
function pauseMilliseconds({ retryAfterSeconds }: ApiStatus, tried: number): number {
  if (retryAfterSeconds !== undefined) return Math.min(retryAfterSeconds * 1000, longestPauseMilliseconds);
  const ceiling = Math.min(firstPauseMilliseconds * 2 ** (tried - 1), longestPauseMilliseconds);
  return Math.random() * ceiling;
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
