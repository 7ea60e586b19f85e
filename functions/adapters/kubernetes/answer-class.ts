import type { ApiStatus } from './api-status.ts';

/** What an answer that is not a success means for the caller (KUBERNETES.md CL4). */
export type AnswerClass =
  | 'field-conflict'
  | 'changed-meanwhile'
  | 'not-found'
  | 'namespace-missing'
  /** No such group, version or resource: a definition is missing, or the API was removed. */
  | 'not-served'
  /** A webhook with side effects stands in the way of a dry run (D2). */
  | 'no-dry-run'
  | 'exists'
  | 'expired'
  /** Sending it again cannot help: schema, admission, policy, quota. */
  | 'refused'
  /** Nor can it here: the object as it would be breaks a rule of its kind, or changes what can't be changed (I1). */
  | 'invalid'
  /** The credentials are not accepted. */
  | 'unauthenticated'
  /** The credentials are accepted and may not. */
  | 'forbidden'
  | 'unavailable';

type Row = readonly [AnswerClass, (status: ApiStatus) => boolean];

const notServedMessage = 'the server could not find the requested resource';

// The first row that fits. Never by status code alone: a schema error of server-side apply is a 500 without a reason.
const rows: readonly Row[] = [
  // Of a value that has the right type and cannot be read, a quantity among them: `failed to convert new object`.
  [
    'refused',
    ({ message }) => /failed to create typed patch object|failed to convert new object/.test(message),
  ],
  ['unavailable', ({ code, message }) => code === 500 && message.includes('failed calling webhook')],
  ['no-dry-run', ({ code, message }) => code === 400 && message.includes('does not support dry run')],
  ['refused', ({ message }) => /admission webhook ".*" denied the request/.test(message)],
  ['unauthenticated', ({ code }) => code === 401],
  [
    'refused',
    ({ code, causes }) => code === 403 && causes.some(({ reason }) => reason === 'NamespaceTerminating'),
  ],
  [
    'refused',
    ({ code, message }) =>
      code === 403 && /exceeded quota:|violates PodSecurity|ValidatingAdmissionPolicy/.test(message),
  ],
  ['forbidden', ({ code }) => code === 403],
  ['namespace-missing', ({ code, subject }) => code === 404 && subject === 'namespaces'],
  ['not-served', ({ code, structured }) => code === 404 && !structured],
  // Of a group that is served: a Status, unlike the answer of a group that is not.
  ['not-served', ({ code, message }) => code === 404 && message === notServedMessage],
  ['not-found', ({ code }) => code === 404],
  [
    'field-conflict',
    ({ code, causes }) => code === 409 && causes.some(({ reason }) => reason === 'FieldManagerConflict'),
  ],
  ['exists', ({ code, reason }) => code === 409 && reason === 'AlreadyExists'],
  ['changed-meanwhile', ({ code }) => code === 409],
  ['expired', ({ code }) => code === 410],
  ['unavailable', ({ code }) => code === 429 || code >= 500],
  ['refused', ({ message }) => message.includes('ValidatingAdmissionPolicy')],
  ['invalid', ({ code, reason }) => code === 422 && reason === 'Invalid'],
  ['refused', () => true],
];

/** Classifies an answer. */
export function answerClass(status: ApiStatus): AnswerClass {
  return rows.find(([, fits]) => fits(status))?.[0] ?? 'refused';
}

/** `conflict with "hpa" with subresource "scale" using apps/v1` → the manager and the subresource. */
export function conflictOwner(message: string): { readonly manager: string; readonly subresource?: string } {
  const manager = /conflict with "([^"]*)"/.exec(message)?.[1] ?? 'unknown';
  const subresource = /with subresource "([^"]*)"/.exec(message)?.[1];
  return subresource === undefined ? { manager } : { manager, subresource };
}
