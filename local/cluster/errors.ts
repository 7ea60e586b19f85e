import { type Kind, qualifiedKind, qualifiedResource } from './kinds.ts';
import type { Json } from './object.ts';

export interface Cause {
  readonly reason?: string;
  readonly message: string;
  readonly field?: string;
}

interface Details {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly Cause[];
  readonly retryAfterSeconds?: number;
}

/** A refusal as the API server words it; `body` is the `Status` object that the client gets. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;
  readonly reason: string | undefined;
  readonly details: Details | undefined;

  constructor(code: number, reason: string | undefined, message: string, details?: Details) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  get body(): Json {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason === undefined ? {} : { reason: this.reason }),
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    };
  }
}

function resourceDetails(kind: Kind, name: string): Details {
  return {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.resource,
  };
}

function kindDetails(kind: Kind, name: string, causes: readonly Cause[]): Details {
  return { ...resourceDetails(kind, name), kind: kind.kind, causes };
}

export const unauthorized = () => new ApiError(401, 'Unauthorized', 'Unauthorized');

export const badRequest = (message: string) => new ApiError(400, 'BadRequest', message);

export function notFound(kind: Kind, name: string): ApiError {
  return new ApiError(
    404,
    'NotFound',
    `${qualifiedResource(kind)} "${name}" not found`,
    resourceDetails(kind, name),
  );
}

export function alreadyExists(kind: Kind, name: string): ApiError {
  const message = `${qualifiedResource(kind)} "${name}" already exists`;
  return new ApiError(409, 'AlreadyExists', message, resourceDetails(kind, name));
}

export function modified(kind: Kind, name: string): ApiError {
  const message =
    `Operation cannot be fulfilled on ${qualifiedResource(kind)} "${name}": ` +
    'the object has been modified; please apply your changes to the latest version and try again';
  return new ApiError(409, 'Conflict', message, resourceDetails(kind, name));
}

/** A deletion's precondition that does not hold; unlike other conflicts it names the kind, not the resource. */
export function preconditionFailed(
  kind: Kind,
  name: string,
  what: string,
  wanted: string,
  found: string,
): ApiError {
  const message =
    `Operation cannot be fulfilled on ${qualifiedKind(kind)} "${name}": ` +
    `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${found}). ` +
    (what === 'UID'
      ? 'The object might have been deleted and then recreated'
      : 'The object might have been modified');
  return new ApiError(409, 'Conflict', message, { ...resourceDetails(kind, name), kind: kind.kind });
}

export function forbidden(kind: Kind, name: string, message: string, causes?: readonly Cause[]): ApiError {
  const details = { ...resourceDetails(kind, name), ...(causes === undefined ? {} : { causes }) };
  return new ApiError(
    403,
    'Forbidden',
    `${qualifiedResource(kind)} "${name}" is forbidden: ${message}`,
    details,
  );
}

/** One thing that validation found, at one field. */
export interface FieldError {
  readonly reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueForbidden'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate'
    | 'FieldValueTypeInvalid'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany';
  readonly field: string;
  readonly message: string;
}

export const required = (field: string, detail = ''): FieldError => ({
  reason: 'FieldValueRequired',
  field,
  message: `Required value${detail === '' ? '' : `: ${detail}`}`,
});

export const invalidValue = (field: string, value: Json, detail: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${value === undefined ? 'null' : JSON.stringify(value)}: ${detail}`,
});

export const forbiddenValue = (field: string, detail: string): FieldError => ({
  reason: 'FieldValueForbidden',
  field,
  message: `Forbidden: ${detail}`,
});

export const unsupportedValue = (field: string, value: Json, supported: readonly string[]): FieldError => ({
  reason: 'FieldValueNotSupported',
  field,
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((it) => JSON.stringify(it)).join(', ')}`,
});

export function invalid(kind: Kind, name: string, errors: readonly FieldError[]): ApiError {
  const lines = errors.map((error) => `${error.field}: ${error.message}`);
  const unique = [...new Set(lines)];
  const text = unique.length === 1 ? unique[0] : `[${unique.join(', ')}]`;
  const causes = errors.map(({ reason, message, field }) => ({ reason, message, field }));
  return new ApiError(
    422,
    'Invalid',
    `${qualifiedKind(kind)} "${name}" is invalid: ${text}`,
    kindDetails(kind, name, causes),
  );
}

export const expired = (message: string) => new ApiError(410, 'Expired', message);

export const methodNotAllowed = () =>
  new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');

export function unsupportedMediaType(contentType: string, accepted: readonly string[]): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new ApiError(415, 'UnsupportedMediaType', `${message}, not ${JSON.stringify(contentType)}`);
}
