import { isObject } from '../json.ts';
import type { TaskRegistry } from '../tasks/registry.ts';
import type { TaskState } from './asl.ts';
import type { Problems } from './problems.ts';

/** Reports a resource that is not served, arguments it does not take, and a heartbeat that outlasts the timeout. */
export function checkTask(state: TaskState, path: string, tasks: TaskRegistry, problems: Problems): void {
  const resource = tasks.find(state.Resource);
  if (!resource) {
    const served = tasks.served().join(', ');
    problems.schema(
      `The resource '${state.Resource}' is not served by the laptop cloud, which serves ${served}`,
      `${path}/Resource`,
    );
    return;
  }
  const { Arguments, TimeoutSeconds, HeartbeatSeconds } = state;
  if (
    typeof TimeoutSeconds === 'number' &&
    typeof HeartbeatSeconds === 'number' &&
    HeartbeatSeconds >= TimeoutSeconds
  ) {
    problems.schema('HeartbeatSeconds must be smaller than TimeoutSeconds', `${path}/HeartbeatSeconds`);
  }
  if (resource.kind === 'function' || !isObject(Arguments)) return;
  const { name, parameters } = resource.action;
  for (const field of Object.keys(Arguments)) {
    if (!(field in parameters)) {
      problems.schema(`The field '${field}' is not supported by '${name}'`, `${path}/Arguments/${field}`);
    }
  }
  for (const [field, need] of Object.entries(parameters)) {
    if (need === 'required' && Arguments[field] === undefined) {
      problems.schema(`The field '${field}' is required but was missing`, `${path}/Arguments`);
    }
  }
}
