import { createHash } from 'node:crypto';
import { accountId } from '../identity.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** The suffix CloudFormation would draw at random; here it follows from its arguments, so that a restart finds the same names. */
export function suffix(length: number, ...seeds: readonly string[]): string {
  const bytes = createHash('sha256').update(seeds.join('\n')).digest();
  return Array.from(bytes.subarray(0, length), (byte) => alphabet[byte % alphabet.length]).join('');
}

/** `<stack>-<LogicalId>-<suffix>`, cut as CloudFormation cuts it so that the suffix stays whole. */
export function generatedName(stackName: string, logicalId: string, maximumLength: number): string {
  const ending = suffix(12, stackName, logicalId);
  const stem = `${stackName}-${logicalId}`.slice(0, maximumLength - ending.length - 1);
  return `${stem}-${ending}`;
}

/** A bucket's generated name: lower case, at most 63 characters. */
export const generatedBucketName = (stackName: string, logicalId: string): string =>
  generatedName(stackName, logicalId, 63).toLowerCase();

/** The stack's id: the ARN with a UUID that follows from the name. */
export function stackId(stackName: string, region: string): string {
  const hex = createHash('sha256').update(`stack\n${stackName}`).digest('hex');
  const uuid = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
  return `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/${uuid}`;
}
