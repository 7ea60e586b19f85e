import { channel } from 'node:diagnostics_channel';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { ReleaseCloud } from './release-cloud.ts';

/** Sandboxes are found by what Linux tells of processes. */
export const canSeeSandboxes = process.platform === 'linux';

/** A process that runs one function. */
export interface SandboxProcess {
  readonly pid: number;
  /** The function's logical id without `Function`. */
  readonly task: string;
  readonly accessKeyId: string;
}

function environmentOf(pid: string): ReadonlyMap<string, string> {
  try {
    const pairs = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return new Map(
      pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    );
  } catch {
    // Gone in between, or somebody else's.
    return new Map();
  }
}

/** The sandboxes of this very cloud: their temporary folders lie in its state folder. */
export function sandboxesOf({ stateFolder, cloud }: ReleaseCloud): readonly SandboxProcess[] {
  const tasks = new Map(
    cloud.application.functions.map(({ name, logicalId }) => [name, logicalId.replace(/Function$/, '')]),
  );
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      const environment = environmentOf(pid);
      const task = tasks.get(environment.get('AWS_LAMBDA_FUNCTION_NAME') ?? '');
      const isOurs = environment.get('HOME')?.startsWith(stateFolder) ?? false;
      const accessKeyId = environment.get('AWS_ACCESS_KEY_ID') ?? '';
      return task === undefined || !isOurs ? [] : [{ pid: Number(pid), task, accessKeyId }];
    });
}

/** A request of a sandbox that a service of the cloud, or the cluster, has answered at this moment. */
export interface Exchange {
  readonly sandbox: SandboxProcess;
  /** `dynamodb`, `s3`, …, `kubernetes`. */
  readonly service: string;
  /** The operation where the headers tell it, else the HTTP method. */
  readonly operation: string;
  readonly path: string;
}

interface Caller {
  readonly accessKeyId: string;
  readonly service: string;
}

/** Who signed a request: by its signature, or by the presigned URL that an EKS token is. */
function callerOf({ headers }: IncomingMessage): Caller | undefined {
  const authorization = headers.authorization ?? '';
  const signed = /Credential=(\w+)\/\d+\/[\w-]+\/(\w+)\//.exec(authorization);
  if (signed?.[1] !== undefined && signed[2] !== undefined)
    return { accessKeyId: signed[1], service: signed[2] };
  const token = /^Bearer k8s-aws-v1\.(.+)$/.exec(authorization)?.[1];
  if (token === undefined) return undefined;
  const url = new URL(Buffer.from(token, 'base64url').toString('utf8'));
  const [accessKeyId = ''] = (url.searchParams.get('X-Amz-Credential') ?? '').split('/');
  return { accessKeyId, service: 'kubernetes' };
}

/**
 * Calls `onAnswered` for each request of the cloud's sandboxes just after its answer was written: what it asked for has
 * happened, and the function does not know yet. Answers how to stop.
 */
export function onExchanges(cloud: ReleaseCloud, onAnswered: (exchange: Exchange) => void): () => void {
  const known = new Map<string, SandboxProcess>();
  const sandboxBehind = (accessKeyId: string): SandboxProcess | undefined => {
    if (!known.has(accessKeyId)) {
      for (const sandbox of sandboxesOf(cloud)) known.set(sandbox.accessKeyId, sandbox);
    }
    return known.get(accessKeyId);
  };
  const finished = channel('http.server.response.finish');
  const listener = (message: unknown) => {
    const { request } = message as { request: IncomingMessage };
    const caller = callerOf(request);
    const sandbox = caller && sandboxBehind(caller.accessKeyId);
    if (caller === undefined || sandbox === undefined) return;
    const target = String(request.headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1);
    const operation = target || (request.method ?? '');
    onAnswered({ sandbox, service: caller.service, operation, path: request.url ?? '' });
  };
  finished.subscribe(listener);
  return () => void finished.unsubscribe(listener);
}
