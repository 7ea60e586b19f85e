import type { State, StateMachine } from './shipped.ts';

/** Errors of Lambda's own that every invocation retries (AWS.md, Step Functions). */
export const lambdaErrors = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];

type Rule = (name: string, state: State, scope: ReadonlySet<string>) => string[];

const asArray = (value: unknown) => (Array.isArray(value) ? (value as Record<string, unknown>[]) : []);
const errorsOf = (entry: Record<string, unknown>) => entry.ErrorEquals as string[];

/** Every string of a value, with the path it stands at. */
function strings(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => strings(child, `${path}/${key}`));
}

function keys(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [key, ...keys(child)]);
}

/** What asl-validator passes over, one rule each. */
const rules: Readonly<Record<string, Rule>> = {
  'no JSONPath keys': (_, state) => keys(state).filter((key) => key.endsWith('.$')),
  'every Task has a timeout': (_, state) =>
    state.Type === 'Task' && state.TimeoutSeconds === undefined ? ['TimeoutSeconds is missing'] : [],
  'heartbeat below timeout': (_, { HeartbeatSeconds, TimeoutSeconds }) =>
    typeof HeartbeatSeconds === 'number' &&
    typeof TimeoutSeconds === 'number' &&
    HeartbeatSeconds >= TimeoutSeconds
      ? [`HeartbeatSeconds ${HeartbeatSeconds} is not below TimeoutSeconds ${TimeoutSeconds}`]
      : [],
  'States.ALL stands alone and last': (_, state) =>
    [state.Retry, state.Catch].flatMap((list) =>
      asArray(list).flatMap((entry, index, all) =>
        errorsOf(entry).includes('States.ALL') && (errorsOf(entry).length > 1 || index < all.length - 1)
          ? [`States.ALL in entry ${index}`]
          : [],
      ),
    ),
  "Lambda's own errors are retried with full jitter": (_, state) => {
    if (!String(state.Resource).includes(':lambda:invoke')) return [];
    const entries = asArray(state.Retry);
    const missing = lambdaErrors.filter((error) => !entries.some((entry) => errorsOf(entry).includes(error)));
    const flat = entries.filter(
      (entry) => entry.JitterStrategy !== 'FULL' || entry.MaxDelaySeconds === undefined,
    );
    return [...missing, ...flat.map(() => 'a retry without JitterStrategy FULL and MaxDelaySeconds')];
  },
  'a task token only in Arguments': (_, state) =>
    strings(state)
      .filter(([path, text]) => text.includes('Task.Token') && !path.startsWith('/Arguments/'))
      .map(([path]) => path),
  'a waiting task is given its token': (_, state) =>
    String(state.Resource).endsWith('.waitForTaskToken') &&
    !JSON.stringify(state.Arguments ?? {}).includes('Task.Token')
      ? ['no Task.Token in Arguments']
      : [],
  'variables are assigned somewhere before': (_, state, scope) =>
    strings(state).flatMap(([path, text]) =>
      text.startsWith('{%')
        ? variables(text)
            .filter((variable) => !scope.has(variable))
            .map((variable) => `$${variable} at ${path}`)
        : [],
    ),
};

/** Names that an expression reads as variables: no functions, no function parameters, not `$states`. */
function variables(expression: string): string[] {
  const parameters = [...expression.matchAll(/function\(([^)]*)\)/g)].flatMap(
    (match) => match[1]?.match(/\w+/g) ?? [],
  );
  const local = [...expression.matchAll(/\$(\w+)\s*:=/g)].map((match) => match[1]);
  return [...expression.matchAll(/\$([A-Za-z_]\w*)(?!\w)(\s*\()?/g)]
    .filter((match) => match[2] === undefined)
    .map((match) => match[1] ?? '')
    .filter((name) => name !== 'states' && !parameters.includes(name) && !local.includes(name));
}

function assigned(machine: StateMachine): string[] {
  return Object.values(machine.States).flatMap((state) => {
    const entries = [state, ...asArray(state.Choices), ...asArray(state.Catch)];
    return entries.flatMap((entry) => Object.keys((entry.Assign as object | undefined) ?? {}));
  });
}

/** Every breach of the rules in a machine and its branches, as `state: rule: what`. */
export function lint(machine: StateMachine, outer: ReadonlySet<string> = new Set()): string[] {
  const own = assigned(machine);
  const shadowed = own
    .filter((name) => outer.has(name))
    .map((name) => `${machine.StartAt}: outer variables are not assigned: $${name}`);
  const scope = new Set([...outer, ...own]);
  return [
    ...shadowed,
    ...Object.entries(machine.States).flatMap(([name, { Branches = [], ...state }]) => [
      ...Object.entries(rules).flatMap(([rule, check]) =>
        check(name, state, scope).map((what) => `${name}: ${rule}: ${what}`),
      ),
      ...Branches.flatMap((branch) => lint(branch, scope)),
    ]),
  ];
}
