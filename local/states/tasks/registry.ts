import type { LambdaInvoker } from '../../lambda/invoker.ts';
import type { Pattern, ServiceAction } from './action.ts';

/** What a Task state's Resource stands for. */
export type TaskResource =
  | { readonly kind: 'service'; readonly action: ServiceAction; readonly pattern: Pattern }
  | { readonly kind: 'function'; readonly functionArn: string };

const servicePattern =
  /^arn:aws[\w-]*:states:[^:]*:[^:]*:([\w-]+:[\w-]+)(?:\.(waitForTaskToken|sync:2|sync))?$/;
const functionPattern = /^arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:[\w-]+(?::[\w$-]+)?$/;

/** The resources that Task states may name. */
export class TaskRegistry {
  readonly invoker: LambdaInvoker;
  readonly #actions: ReadonlyMap<string, ServiceAction>;

  constructor(invoker: LambdaInvoker, actions: readonly ServiceAction[]) {
    this.invoker = invoker;
    this.#actions = new Map(actions.map((action) => [action.name, action]));
  }

  /** What `resource` stands for, or undefined for one that is not served. */
  find(resource: string): TaskResource | undefined {
    if (functionPattern.test(resource)) return { kind: 'function', functionArn: resource };
    const [, name, suffix] = servicePattern.exec(resource) ?? [];
    const action = this.#actions.get(name ?? '');
    const pattern = (suffix ?? 'request') as Pattern;
    return action?.patterns.includes(pattern) ? { kind: 'service', action, pattern } : undefined;
  }

  /** Every Resource that is served, for messages. */
  served(): string[] {
    const names = [...this.#actions.values()].flatMap(({ name, patterns }) =>
      patterns.map((pattern) => `arn:aws:states:::${name}${pattern === 'request' ? '' : `.${pattern}`}`),
    );
    return ['a Lambda function ARN', ...names];
  }
}
