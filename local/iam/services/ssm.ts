import { arnIn, byJsonOperation, type JsonNeeds, text, texts, type World } from '../call.ts';
import type { Need } from '../evaluate.ts';

/** A name may be an ARN, and may end in a version or label, which is no part of what is authorised. */
function onParameter(action: string, name: string, world: World): Need {
  const own = name.replace(/^arn:.*?:parameter\//, '').replace(/^\//, '');
  const [bare = ''] = own.split(':');
  return { action: `ssm:${action}`, resource: arnIn(world)('ssm', `parameter/${bare}`) };
}

const byName =
  (action: string): JsonNeeds =>
  ({ Name }, world) => [onParameter(action, text(Name), world)];
const byNames =
  (action: string): JsonNeeds =>
  ({ Names }, world) =>
    texts(Names).map((name) => onParameter(action, name, world));

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
export const ssmNeeds = byJsonOperation({
  PutParameter: byName('PutParameter'),
  GetParameter: byName('GetParameter'),
  GetParameters: byNames('GetParameters'),
  GetParametersByPath: ({ Path }, world) => [onParameter('GetParametersByPath', text(Path), world)],
  GetParameterHistory: byName('GetParameterHistory'),
  DeleteParameter: byName('DeleteParameter'),
  DeleteParameters: byNames('DeleteParameters'),
  DescribeParameters: (_input, world) => [
    { action: 'ssm:DescribeParameters', resource: arnIn(world)('ssm', '*') },
  ],
});
