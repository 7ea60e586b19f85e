/** A refusal in the words of Step Functions' API; `name` is what clients match on. */
export class StatesApiError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Messages as the API words them, one per error that quotes a value. */
export const refuse = {
  invalidArn: (arn: string) => new StatesApiError('InvalidArn', `Invalid Arn: '${arn}'`),
  invalidName: (name: string) => new StatesApiError('InvalidName', `Invalid Name: '${name}'`),
  invalidInput: (reason: string) =>
    new StatesApiError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`),
  invalidOutput: (reason: string) => new StatesApiError('InvalidOutput', `Invalid Output: '${reason}'`),
  invalidToken: () => new StatesApiError('InvalidToken', "Invalid Token: 'Invalid token'"),
  invalidDefinition: (problems: readonly string[]) =>
    new StatesApiError('InvalidDefinition', `Invalid State Machine Definition: '${problems.join(', ')}'`),
  machineMissing: (arn: string) =>
    new StatesApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`),
  machineExists: (arn: string) =>
    new StatesApiError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`),
  executionMissing: (arn: string) =>
    new StatesApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`),
  executionExists: (arn: string) =>
    new StatesApiError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`),
  resourceMissing: (arn: string) => new StatesApiError('ResourceNotFound', `Resource not found: '${arn}'`),
  conflict: (message: string) => new StatesApiError('ConflictException', message),
  managedRuleDenied: (roleArn: string) =>
    new StatesApiError('AccessDeniedException', `'${roleArn}' is not authorized to create managed-rule.`),
  taskMissing: () =>
    new StatesApiError('TaskDoesNotExist', "Task Does Not Exist: 'Provided task does not exist'"),
  taskTimedOut: () =>
    new StatesApiError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'"),
  validation: (field: string, constraint: string) =>
    new StatesApiError(
      'ValidationException',
      `1 validation error detected: Value at '${field}' failed to satisfy constraint: ${constraint}`,
    ),
} as const;
