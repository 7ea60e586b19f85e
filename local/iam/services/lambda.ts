import { parseFunctionName } from '../../lambda/function-name.ts';
import { arnIn, type ReadNeeds, type World } from '../call.ts';

const actions: readonly (readonly [method: string, path: RegExp, action: string])[] = [
  ['POST', /^\/2015-03-31\/functions\/([^/]+)\/invocations$/, 'lambda:InvokeFunction'],
  ['GET', /^\/2015-03-31\/functions\/([^/]+)\/configuration$/, 'lambda:GetFunctionConfiguration'],
  ['GET', /^\/2015-03-31\/functions\/([^/]+)$/, 'lambda:GetFunction'],
  ['GET', /^\/2015-03-31\/functions\/?$/, 'lambda:ListFunctions'],
];

/** The ARN that an invocation is authorised on: with the qualifier, where one is named. */
export function functionArn(nameOrArn: string, world: Pick<World, 'region'>, asked?: string | null): string {
  const { name, qualifier = asked ?? undefined } = parseFunctionName(nameOrArn);
  const arn = arnIn(world as World)('lambda', `function:${name}`);
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
export const lambdaNeeds: ReadNeeds = ({ request, world }) => {
  for (const [method, path, action] of actions) {
    const match = request.method === method ? path.exec(request.path) : null;
    if (!match) continue;
    const [, name] = match;
    if (name === undefined) return [{ action, resource: '*' }];
    return [
      { action, resource: functionArn(decodeURIComponent(name), world, request.query.get('Qualifier')) },
    ];
  }
  return undefined;
};
