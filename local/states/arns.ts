import { accountId, partition } from '../identity.ts';
import { refuse } from './api-error.ts';
import { limits } from './limits.ts';

/** What a state machine ARN of any form points at. */
export interface MachineReference {
  readonly machineArn: string;
  /** A version number or an alias name. */
  readonly qualifier?: string;
}

export function machineArn(region: string, name: string): string {
  return `arn:${partition}:states:${region}:${accountId}:stateMachine:${name}`;
}

export function executionArn(machine: string, execution: string): string {
  return `${machine.replace(':stateMachine:', ':execution:')}:${execution}`;
}

const machinePattern = /^(arn:[\w-]+:states:[\w-]+:\d{12}:stateMachine:[^:]+)(?::([^:]+))?$/;
const executionPattern = /^arn:[\w-]+:states:[\w-]+:\d{12}:execution:[^:]+:[^:]+$/;

/** Splits a machine, version or alias ARN; throws `InvalidArn`. */
export function readMachineArn(arn: string): MachineReference {
  const match = machinePattern.exec(arn);
  if (!match?.[1]) throw refuse.invalidArn(arn);
  return match[2] === undefined ? { machineArn: match[1] } : { machineArn: match[1], qualifier: match[2] };
}

/** Throws `InvalidArn` unless `arn` has the form of an execution's. */
export function checkExecutionArn(arn: string): void {
  if (!executionPattern.test(arn)) throw refuse.invalidArn(arn);
}

// CreateStateMachine and StartExecution, parameter `name`: no white space, brackets, wildcards, special or control characters.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what the rule forbids
const forbiddenInName = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]/;

/** Throws `InvalidName` for a name that machines and executions may not have. */
export function checkName(name: string): void {
  if (name.length < 1 || name.length > limits.nameCharacters || forbiddenInName.test(name)) {
    throw refuse.invalidName(name);
  }
}
