/**
 * The error classes of Tidegate. Each has a literal `name`: the state machines match on it and minified class
 * names would differ. A message begins with its subject and quotes the bad value; facts stand in `facts`.
 */
export type ErrorClass = 'user' | 'rollout' | 'transient' | 'stale' | 'configuration';

/** Facts of an error as flat data, for logs and pages; never secrets. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** The base of every error that a task throws on purpose; anything else is a defect. */
export abstract class TidegateError extends Error {
  abstract override readonly name: string;
  abstract readonly errorClass: ErrorClass;
  readonly facts: ErrorFacts;

  constructor(message: string, facts: ErrorFacts = {}, options?: ErrorOptions) {
    super(message, options);
    this.facts = facts;
  }
}

/** The bundle cannot be released as it is: says what, where in the bundle, and how to mend it. */
export class BundleInvalidError extends TidegateError {
  override readonly name = 'BundleInvalidError';
  override readonly errorClass = 'user';
}

/** The pipeline's documents are missing, malformed, or ask for a policy that this version does not apply. */
export class PipelineInvalidError extends TidegateError {
  override readonly name = 'PipelineInvalidError';
  override readonly errorClass = 'user';
}

/** A gate of the pipeline's policy refuses the release: an unresolvable image, a kind that is not allowed. */
export class PolicyViolationError extends TidegateError {
  override readonly name = 'PolicyViolationError';
  override readonly errorClass = 'user';
}

/** The cluster refuses an object for what it says (schema, admission, RBAC): sending it again cannot help. */
export class ManifestRefusedError extends TidegateError {
  override readonly name = 'ManifestRefusedError';
  override readonly errorClass = 'user';
}

/** Another field manager owns a field that the release declares (KUBERNETES.md A2c). */
export class FieldConflictError extends TidegateError {
  override readonly name = 'FieldConflictError';
  override readonly errorClass = 'user';
}

/** What was asked for does not exist or cannot be done: an unknown release, nothing to roll back to. */
export class RequestInvalidError extends TidegateError {
  override readonly name = 'RequestInvalidError';
  override readonly errorClass = 'user';
}

/** The new pods cannot become healthy; the message names object, container and cause. */
export class RolloutFailedError extends TidegateError {
  override readonly name = 'RolloutFailedError';
  override readonly errorClass = 'rollout';
}

/** The rollout was not healthy by its deadline; the message says what it still waited for. */
export class ProgressDeadlineExceededError extends TidegateError {
  override readonly name = 'ProgressDeadlineExceededError';
  override readonly errorClass = 'rollout';
}

/** The cluster does not answer, or answers that it cannot just now. */
export class ClusterUnavailableError extends TidegateError {
  override readonly name = 'ClusterUnavailableError';
  override readonly errorClass = 'transient';
}

/** An AWS service asks for fewer requests. */
export class ThrottledError extends TidegateError {
  override readonly name = 'ThrottledError';
  override readonly errorClass = 'transient';
}

/** What would change is no longer what was planned and approved (KUBERNETES.md D5). */
export class PlanStaleError extends TidegateError {
  override readonly name = 'PlanStaleError';
  override readonly errorClass = 'stale';
}

/** The target has moved on to a later holder: this run may write no more (DESIGN §4, fencing). */
export class FenceLostError extends TidegateError {
  override readonly name = 'FenceLostError';
  override readonly errorClass = 'stale';
}

/** The operator's set-up is wrong: a missing setting, no access to the cluster. */
export class ConfigurationError extends TidegateError {
  override readonly name = 'ConfigurationError';
  override readonly errorClass = 'configuration';
}
