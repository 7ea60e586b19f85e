import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Listening, listen } from '../http/listen.ts';

/** One invocation as the runtime in a sandbox is handed it. */
export interface Assignment {
  readonly requestId: string;
  readonly payload: string;
  readonly functionArn: string;
  readonly traceId: string;
  /** Milliseconds until the function is timed out, counted from when the runtime takes the invocation. */
  readonly timeoutMilliseconds: number;
}

/** What a runtime says to its sandbox. */
export interface RuntimeEvents {
  /** The runtime asks for its next invocation: the handler is loaded. */
  idle(): void;
  /** The runtime took this invocation. */
  taken(requestId: string): void;
  answered(requestId: string, payload: string): void;
  failed(requestId: string, error: string): void;
  initFailed(error: string): void;
}

export interface RuntimeApi extends Listening {
  assign(assignment: Assignment): void;
}

/** The Lambda Runtime API (2018-06-01) of one sandbox. */
export async function startRuntimeApi(events: RuntimeEvents): Promise<RuntimeApi> {
  let waiting: ServerResponse | undefined;
  let assigned: Assignment | undefined;

  function handOver(): void {
    if (!waiting || !assigned) return;
    const [response, assignment] = [waiting, assigned];
    waiting = undefined;
    assigned = undefined;
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(assignment.payload),
      'Lambda-Runtime-Aws-Request-Id': assignment.requestId,
      'Lambda-Runtime-Deadline-Ms': String(Date.now() + assignment.timeoutMilliseconds),
      'Lambda-Runtime-Invoked-Function-Arn': assignment.functionArn,
      'Lambda-Runtime-Trace-Id': assignment.traceId,
    });
    events.taken(assignment.requestId);
    response.end(assignment.payload);
  }

  const routes: readonly (readonly [RegExp, (requestId: string, body: string) => void])[] = [
    [/^\/2018-06-01\/runtime\/invocation\/([^/]+)\/response$/, (id, body) => events.answered(id, body)],
    [/^\/2018-06-01\/runtime\/invocation\/([^/]+)\/error$/, (id, body) => events.failed(id, body)],
    [/^\/2018-06-01\/runtime\/init\/error$/, (_id, body) => events.initFailed(body)],
  ];

  const server = createServer(async (message, response) => {
    const path = message.url ?? '';
    if (path === '/2018-06-01/runtime/invocation/next') {
      waiting = response;
      events.idle();
      handOver();
      return;
    }
    const route = routes.map(([pattern, act]) => [pattern.exec(path), act] as const).find(([match]) => match);
    if (!route) {
      response.writeHead(404).end();
      return;
    }
    const [match, act] = route;
    const body = await readText(message);
    response.writeHead(202, { 'Content-Length': '0' }).end();
    act(match?.[1] ?? '', body);
  });

  return {
    ...(await listen(server, 0)),
    assign: (assignment) => {
      assigned = assignment;
      handOver();
    },
  };
}

async function readText(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
