import { AwsError } from '../http/protocol/aws-error.ts';
import type { JsonObject } from '../http/protocol/json-protocol.ts';
import {
  newestVersion,
  type Parameter,
  type ParameterTier,
  type ParameterType,
  type ParameterVersion,
  tierLimitBytes,
} from './parameter.ts';

const validation = (message: string) => new AwsError('ValidationException', message);
const types: readonly string[] = ['String', 'StringList', 'SecureString'] satisfies ParameterType[];
const tiers: readonly string[] = ['Standard', 'Advanced', 'Intelligent-Tiering'];
const longestName = 1011;
const deepestLevel = 15;

/** Each rule says why it refuses a name, or nothing. */
const nameRules: readonly ((name: string) => string | undefined)[] = [
  (name) =>
    name.length > longestName
      ? `Parameter name '${name.slice(0, 40)}…' is longer than ${longestName} characters`
      : undefined,
  (name) =>
    /^[a-zA-Z0-9_.\-/]+$/.test(name) ? undefined : `Parameter name '${name}': only a-zA-Z0-9_.-/ are allowed`,
  (name) =>
    name.includes('/') && !name.startsWith('/')
      ? `Parameter name '${name}' must be a fully qualified name: begin it with '/'`
      : undefined,
  (name) => (/\/\/|.\/$/.test(name) ? `Parameter name '${name}' must not have an empty level` : undefined),
  (name) =>
    /^\/?(aws|ssm)/i.test(name)
      ? `Parameter name '${name}': can't be prefixed with "aws" or "ssm" (case-insensitive)`
      : undefined,
];

function checkName(name: string): void {
  if (name.split('/').length - 1 > deepestLevel) {
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      `Parameter name '${name}' has more than ${deepestLevel} levels`,
    );
  }
  for (const rule of nameRules) {
    const reason = rule(name);
    if (reason) throw validation(reason);
  }
}

/** The version that a PutParameter asks for; `existing` is what has the name already. */
export function readNewVersion(
  input: JsonObject,
  existing: Parameter | undefined,
  nowMs: number,
): ParameterVersion {
  const { Name, Value, Overwrite, Description, AllowedPattern, KeyId } = input;
  if (typeof Name !== 'string' || !Name)
    throw validation("Value null at 'name' failed to satisfy constraint: Member must not be null");
  checkName(Name);
  if (existing && Overwrite !== true) {
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  const before = existing && newestVersion(existing);
  const type = (input.Type ?? before?.type) as ParameterType | undefined;
  if (type === undefined) throw validation('A parameter type is required when you create a parameter.');
  if (!types.includes(type))
    throw new AwsError('UnsupportedParameterType', `Parameter type '${type}' is not supported.`);
  if (typeof Value !== 'string' || !Value) {
    throw validation(
      "Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  }
  if (/\{\{.*?\}\}/s.test(Value)) {
    throw validation("Parameter value: can't reference other parameters: '{{}}' is not allowed in it");
  }
  checkPattern(Value, AllowedPattern);
  const tier = chooseTier(input.Tier, Value, before?.tier);
  return {
    version: (before?.version ?? 0) + 1,
    type,
    value: Value,
    tier,
    dataType: String(input.DataType ?? 'text'),
    lastModifiedMs: nowMs,
    description: (Description ?? before?.description) as string | undefined,
    allowedPattern: AllowedPattern as string | undefined,
    keyId: type === 'SecureString' ? String(KeyId ?? 'alias/aws/ssm') : undefined,
  };
}

function checkPattern(value: string, pattern: unknown): void {
  if (typeof pattern !== 'string') return;
  let expression: RegExp;
  try {
    expression = new RegExp(`^(?:${pattern})$`);
  } catch {
    throw new AwsError(
      'InvalidAllowedPatternException',
      `Allowed pattern '${pattern}' is not a regular expression.`,
    );
  }
  if (!expression.test(value)) {
    throw new AwsError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
    );
  }
}

/** An advanced parameter never becomes a standard one again. */
function chooseTier(asked: unknown, value: string, before: ParameterTier | undefined): ParameterTier {
  const tier = String(asked ?? before ?? 'Standard');
  if (!tiers.includes(tier))
    throw validation(
      `Value '${tier}' at 'tier' failed to satisfy constraint: Member must satisfy enum value set: [${tiers.join(', ')}]`,
    );
  if (before === 'Advanced' && tier === 'Standard') {
    throw validation(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier.",
    );
  }
  const bytes = Buffer.byteLength(value);
  const chosen =
    tier === 'Intelligent-Tiering'
      ? bytes > tierLimitBytes.Standard
        ? 'Advanced'
        : (before ?? 'Standard')
      : (tier as ParameterTier);
  if (bytes > tierLimitBytes[chosen]) {
    throw validation(
      chosen === 'Standard'
        ? 'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.'
        : 'Advanced tier parameters support a maximum parameter value of 8192 characters.',
    );
  }
  return chosen;
}
