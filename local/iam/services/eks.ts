import { arnIn, type ReadNeeds } from '../call.ts';

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelastickubernetesservice.html
export const eksNeeds: ReadNeeds = ({ request, world }) => {
  const [, root, name, ...rest] = request.path.split('/');
  if (request.method !== 'GET' || root !== 'clusters' || rest.length > 0) return undefined;
  return name
    ? [
        {
          action: 'eks:DescribeCluster',
          resource: arnIn(world)('eks', `cluster/${decodeURIComponent(name)}`),
        },
      ]
    : [{ action: 'eks:ListClusters', resource: '*' }];
};
