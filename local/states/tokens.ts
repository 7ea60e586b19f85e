import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { refuse } from './api-error.ts';
import type { Json } from './json.ts';
import { limits } from './limits.ts';

/** What a callback said. */
export type Callback =
  | { readonly kind: 'success'; readonly output: Json }
  | { readonly kind: 'failure'; readonly error: string | undefined; readonly cause: string | undefined };

/** One open wait for a callback. */
export interface TaskToken {
  readonly token: string;
  /** Resolves with the first callback. */
  readonly answered: Promise<Callback>;
  /** Called at each SendTaskHeartbeat. */
  onHeartbeat: () => void;
  /** Ends the wait: later callbacks get `TaskTimedOut`. */
  close(): void;
}

interface Entry {
  readonly machineArn: string;
  readonly task: TaskToken;
  readonly answer: (callback: Callback) => void;
}

const bodyBytes = 432;
const checkBytes = 16;
const closedRemembered = 10_000;

function check(body: Buffer): Buffer {
  return createHash('sha256').update('task token').update(body).digest().subarray(0, checkBytes);
}

/** True for a token that some engine of this kind may have issued, before a restart for instance. */
function isWellFormed(token: string): boolean {
  const bytes = Buffer.from(token, 'base64');
  if (bytes.length !== bodyBytes + checkBytes || bytes.toString('base64') !== token) return false;
  return timingSafeEqual(bytes.subarray(bodyBytes), check(bytes.subarray(0, bodyBytes)));
}

/** The task tokens of all executions, with the API's error contract. */
export class TaskTokens {
  readonly #open = new Map<string, Entry>();
  /** Closed tokens with the machine that each belonged to. */
  readonly #closed = new Map<string, string>();

  /** A token for a task of a machine. */
  issue(machineArn = ''): TaskToken {
    const body = randomBytes(bodyBytes);
    const token = Buffer.concat([body, check(body)]).toString('base64');
    const { promise: answered, resolve: answer } = Promise.withResolvers<Callback>();
    const task = { token, answered, onHeartbeat: () => {}, close: () => this.#close(token) };
    this.#open.set(token, { machineArn, task, answer });
    return task;
  }

  /** The machine that a token was issued for; undefined for one that is not known. */
  machineOf(token: string): string | undefined {
    return this.#open.get(token)?.machineArn ?? this.#closed.get(token);
  }

  /** SendTaskSuccess. Throws `InvalidToken`, `InvalidOutput`, `TaskDoesNotExist`, `TaskTimedOut`. */
  sendTaskSuccess({ taskToken, output }: { taskToken: string; output: string }): Record<string, never> {
    checkForm(taskToken);
    if (Buffer.byteLength(output) > limits.payloadBytes) {
      throw refuse.validation(
        'output',
        `Member must have length less than or equal to ${limits.payloadBytes}`,
      );
    }
    let value: Json;
    try {
      value = JSON.parse(output) as Json;
    } catch (error) {
      throw refuse.invalidOutput((error as Error).message);
    }
    this.#answer(taskToken, { kind: 'success', output: value });
    return {};
  }

  /** SendTaskFailure. Throws `InvalidToken`, `TaskDoesNotExist`, `TaskTimedOut`, `ValidationException`. */
  sendTaskFailure(request: { taskToken: string; error?: string; cause?: string }): Record<string, never> {
    const { taskToken, error, cause } = request;
    checkForm(taskToken);
    checkErrorAndCause(error, cause);
    this.#answer(taskToken, { kind: 'failure', error, cause });
    return {};
  }

  /** SendTaskHeartbeat. Throws `InvalidToken`, `TaskDoesNotExist`, `TaskTimedOut`. */
  sendTaskHeartbeat({ taskToken }: { taskToken: string }): Record<string, never> {
    checkForm(taskToken);
    this.#find(taskToken).task.onHeartbeat();
    return {};
  }

  #answer(token: string, callback: Callback): void {
    const { answer } = this.#find(token);
    this.#close(token);
    answer(callback);
  }

  #find(token: string): Entry {
    const entry = this.#open.get(token);
    if (entry) return entry;
    throw this.#closed.has(token) ? refuse.taskTimedOut() : refuse.taskMissing();
  }

  #close(token: string): void {
    const entry = this.#open.get(token);
    if (!entry) return;
    this.#open.delete(token);
    this.#closed.set(token, entry.machineArn);
    if (this.#closed.size > closedRemembered) {
      const [oldest] = this.#closed.keys();
      if (oldest !== undefined) this.#closed.delete(oldest);
    }
  }
}

function checkForm(token: string): void {
  if (token.length < 1 || token.length > limits.taskTokenCharacters || !isWellFormed(token)) {
    throw refuse.invalidToken();
  }
}

/** The limits that StopExecution and SendTaskFailure share. */
export function checkErrorAndCause(error: string | undefined, cause: string | undefined): void {
  const members = [
    ['error', error, limits.errorCharacters],
    ['cause', cause, limits.causeCharacters],
  ] as const;
  for (const [member, value, most] of members) {
    if (value !== undefined && value.length > most) {
      throw refuse.validation(member, `Member must have length less than or equal to ${most}`);
    }
  }
}
