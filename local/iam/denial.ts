import { frontError } from '../http/front-error.ts';
import type { AwsRequest, AwsResponse } from '../http/service.ts';
import type { Need, Verdict } from './evaluate.ts';

export interface Denial {
  /** The caller, as GetCallerIdentity names it. */
  readonly callerArn: string;
  readonly need: Need;
  readonly verdict: Exclude<Verdict, 'allowed'>;
}

const reasons: Readonly<Record<Denial['verdict'], (action: string) => string>> = {
  'not allowed': (action) => `because no identity-based policy allows the ${action} action`,
  'denied explicitly': () => 'with an explicit deny in an identity-based policy',
};

/** A denial in AWS's words. */
export function denialMessage({ callerArn, need: { action, resource }, verdict }: Denial): string {
  const named = action.startsWith('s3:') ? `"${resource}"` : resource;
  return `User: ${callerArn} is not authorized to perform: ${action} on resource: ${named} ${reasons[verdict](action)}`;
}

interface Form {
  readonly code: string;
  readonly status: number;
}

const jsonForm: Form = { code: 'AccessDeniedException', status: 400 };
const restForm: Form = { code: 'AccessDeniedException', status: 403 };
const queryForm: Form = { code: 'AccessDenied', status: 403 };

/** How each service that does not speak AWS JSON refuses. */
const forms: Readonly<Record<string, Form>> = {
  cloudformation: queryForm,
  eks: restForm,
  lambda: restForm,
  s3: queryForm,
  sns: { code: 'AuthorizationError', status: 403 },
  sts: queryForm,
};

/** A denial as the service's own protocol writes it. */
export function denied(service: string, request: AwsRequest, denial: Denial): AwsResponse {
  const { code, status } = forms[service] ?? jsonForm;
  return frontError(service, request.headers, { code, status, message: denialMessage(denial) });
}
