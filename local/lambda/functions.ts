import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionModel } from '../template/application.ts';
import { type SandboxCredentials, sandboxEnvironment } from './environment.ts';
import { functionNotFound } from './errors.ts';
import { hasQualifier, parseFunctionName } from './function-name.ts';
import type { InvocationResult } from './invoker.ts';
import { openLogFile } from './log-file.ts';
import { createPool } from './pool.ts';
import { startSandbox } from './sandbox.ts';

export interface FunctionsOptions {
  readonly functions: readonly FunctionModel[];
  readonly region: string;
  readonly endpoint: string;
  /** The folder of a function's code; awaited at its first invocation, so building need not be over before. */
  readonly artifact: (model: FunctionModel) => Promise<string>;
  readonly credentials: (model: FunctionModel) => SandboxCredentials;
  /** Log files and the sandboxes' temporary folders lie below this. */
  readonly folder: string;
  /** Where compiled code is kept between sandboxes. */
  readonly compileCacheFolder: string;
  /** Most invocations at a time, over all functions. */
  readonly accountConcurrency?: number;
  /** A sandbox unused for this long ends. */
  readonly idleMinutes?: number;
}

/** One finished invocation. */
export interface Invoked {
  readonly requestId: string;
  readonly result: InvocationResult;
  /** The last lines of the log it wrote. */
  readonly logTail: string;
}

export interface RunnableFunction {
  readonly model: FunctionModel;
  run(payload: string, functionArn: string, requestId?: string): Promise<Invoked>;
  prewarm(): Promise<void>;
}

export interface Functions {
  readonly all: readonly RunnableFunction[];
  /** Finds a function by name or ARN, alias or version checked. Throws `ResourceNotFoundException`. */
  find(functionName: string): { readonly found: RunnableFunction; readonly functionArn: string };
  stop(): Promise<void>;
}

/** The functions of an application, each with its sandboxes. */
export function createFunctions(options: FunctionsOptions): Functions {
  const account = { limit: options.accountConcurrency ?? 100, running: 0 };
  const idleMilliseconds = (options.idleMinutes ?? 10) * 60_000;
  mkdirSync(join(options.folder, 'logs'), { recursive: true });
  const entries = options.functions.map((model) =>
    createFunction(model, { ...options, account, idleMilliseconds }),
  );
  const byName = new Map(entries.map((entry) => [entry.model.name, entry]));
  return {
    all: entries,
    find: (functionName) => {
      const { name, qualifier } = parseFunctionName(functionName);
      const found = byName.get(name);
      const arn = `${found?.model.arn ?? functionName}${qualifier && found ? `:${qualifier}` : ''}`;
      if (!found || !hasQualifier(found.model, qualifier)) throw functionNotFound(arn);
      return { found, functionArn: arn };
    },
    stop: async () => {
      await Promise.all(entries.map((entry) => entry.end()));
    },
  };
}

interface FunctionSurroundings extends FunctionsOptions {
  readonly account: { readonly limit: number; running: number };
  readonly idleMilliseconds: number;
}

function createFunction(
  model: FunctionModel,
  options: FunctionSurroundings,
): RunnableFunction & { end(): Promise<void> } {
  const log = openLogFile(join(options.folder, 'logs', `${model.logicalId}.log`));
  const pool = createPool({
    account: options.account,
    idleMilliseconds: options.idleMilliseconds,
    ...(model.reservedConcurrency === undefined ? {} : { reservedConcurrency: model.reservedConcurrency }),
    start: async (onEnd) => {
      const taskRoot = await options.artifact(model);
      const stream = randomUUID().replaceAll('-', '');
      const temporaryFolder = join(options.folder, 'tmp', `${model.logicalId}-${stream.slice(0, 8)}`);
      mkdirSync(temporaryFolder, { recursive: true });
      return startSandbox({
        folder: taskRoot,
        memoryMegabytes: model.memoryMegabytes,
        logDescriptor: log.descriptor,
        onEnd,
        environment: (runtimeApi) =>
          sandboxEnvironment({
            model,
            region: options.region,
            taskRoot,
            endpoint: options.endpoint,
            credentials: options.credentials(model),
            runtimeApi,
            temporaryFolder,
            logStream: `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${stream}`,
            compileCacheFolder: options.compileCacheFolder,
          }),
      });
    },
  });
  return {
    model,
    prewarm: () => pool.prewarm(),
    end: async () => {
      await pool.end();
      log.close();
    },
    run: (payload, functionArn, requestId = randomUUID()) =>
      pool.use(async (sandbox) => {
        const [offset, started] = [log.size(), performance.now()];
        log.writeLine(`START RequestId: ${requestId} Version: $LATEST`);
        const timeoutMilliseconds = model.timeoutSeconds * 1000;
        const traceId = newTraceId(requestId);
        const result = await sandbox.run({ requestId, payload, functionArn, traceId, timeoutMilliseconds });
        if (result.kind === 'error') log.writeLine(`${requestId} ${result.payload}`);
        log.writeLine(`END RequestId: ${requestId}`);
        log.writeLine(
          `REPORT RequestId: ${requestId}\tDuration: ${(performance.now() - started).toFixed(2)} ms`,
        );
        return { requestId, result, logTail: log.tail(offset) };
      }),
  };
}

function newTraceId(requestId: string): string {
  const hex = createHash('sha256').update(requestId).digest('hex');
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${hex.slice(0, 24)};Parent=${hex.slice(24, 40)};Sampled=0`;
}
