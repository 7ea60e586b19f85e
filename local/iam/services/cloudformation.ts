import { arnIn, byQueryAction, type QueryNeeds } from '../call.ts';

/** A stack named without its id is authorised on any id. */
const onStack =
  (action: string): QueryNeeds =>
  (parameters, world) => {
    const name = parameters.get('StackName');
    if (name === null) return [{ action: `cloudformation:${action}`, resource: '*' }];
    const resource = name.startsWith('arn:') ? name : arnIn(world)('cloudformation', `stack/${name}/*`);
    return [{ action: `cloudformation:${action}`, resource }];
  };

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
export const cloudformationNeeds = byQueryAction({
  DescribeStacks: onStack('DescribeStacks'),
  DescribeStackResource: onStack('DescribeStackResource'),
  DescribeStackResources: onStack('DescribeStackResources'),
  ListStackResources: onStack('ListStackResources'),
});
