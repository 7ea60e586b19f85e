import { byQueryAction } from '../call.ts';

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
export const stsNeeds = byQueryAction({
  // Answered to everybody who can sign, even against an explicit Deny.
  GetCallerIdentity: () => [],
  AssumeRole: (parameters) => [{ action: 'sts:AssumeRole', resource: parameters.get('RoleArn') ?? '' }],
});
