import { describe, expect, it } from 'vitest';
import { compilePolicies, type Verdict } from '../../../local/iam/evaluate.ts';
import { readPolicyDocument } from '../../../local/iam/read-policy.ts';
import type { JsonObject } from '../../../local/template/document.ts';

const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/T';
const object = 'arn:aws:s3:::files/in/a.txt';
const verdict = (
  statements: readonly JsonObject[],
  action: string,
  resource: string,
  context: Record<string, string | string[]> = {},
): Verdict =>
  compilePolicies(readPolicyDocument({ Statement: statements }, 'Policy'))({ action, resource, context });

const allow = (more: JsonObject): JsonObject => ({ Effect: 'Allow', Action: '*', Resource: '*', ...more });
const deny = (more: JsonObject): JsonObject => ({ ...allow(more), Effect: 'Deny' });

describe('a statement applies', () => {
  it.each<[string, JsonObject, string, string, boolean]>([
    ['by the very action', { Action: 's3:GetObject' }, 's3:GetObject', object, true],
    ['whatever the case of the action', { Action: 'S3:getobject' }, 's3:GetObject', object, true],
    ['by * in an action', { Action: 's3:Get*' }, 's3:GetObjectVersion', object, true],
    ['by ? in an action', { Action: 's3:?etObject' }, 's3:GetObject', object, true],
    ['not to a longer action', { Action: 's3:GetObject' }, 's3:GetObjectVersion', object, false],
    ['by one of several actions', { Action: ['s3:PutObject', 's3:GetObject'] }, 's3:GetObject', object, true],
    ['not by a dot taken for any character', { Action: 's3.GetObject' }, 's3:GetObject', object, false],
    [
      'to all but NotAction',
      { Action: undefined as never, NotAction: 's3:*' },
      'dynamodb:GetItem',
      table,
      true,
    ],
    ['not to NotAction', { Action: undefined as never, NotAction: 's3:*' }, 's3:GetObject', object, false],
    ['by the very resource', { Resource: table }, 'dynamodb:GetItem', table, true],
    ['not to a table with a longer name', { Resource: table }, 'dynamodb:GetItem', `${table}2`, false],
    ['not to an index of the table', { Resource: table }, 'dynamodb:Query', `${table}/index/I`, false],
    ['by * over slashes of a resource', { Resource: 'arn:aws:s3:::files/*' }, 's3:GetObject', object, true],
    [
      'not to the bucket of its objects',
      { Resource: 'arn:aws:s3:::files/*' },
      's3:ListBucket',
      'arn:aws:s3:::files',
      false,
    ],
    ['with the case of the resource', { Resource: 'arn:aws:s3:::Files/*' }, 's3:GetObject', object, false],
    [
      'to all but NotResource',
      { Resource: undefined as never, NotResource: table },
      's3:GetObject',
      object,
      true,
    ],
    [
      'not to NotResource',
      { Resource: undefined as never, NotResource: table },
      'dynamodb:GetItem',
      table,
      false,
    ],
    ['by "*" to what has no resource type', {}, 'sns:Unsubscribe', '*', true],
    [
      'by no ARN to what has no resource type',
      { Resource: 'arn:aws:sns:*:*:*' },
      'sns:Unsubscribe',
      '*',
      false,
    ],
  ])('%s', (_, more, action, resource, applies) => {
    const statement = Object.fromEntries(
      Object.entries(allow(more)).filter(([, value]) => value !== undefined),
    );
    expect(verdict([statement], action, resource)).toBe(applies ? 'allowed' : 'not allowed');
  });
});

describe('a condition', () => {
  const keys = 'dynamodb:LeadingKeys';
  it.each<[string, JsonObject, Record<string, string | string[]>, boolean]>([
    ['StringEquals', { StringEquals: { 's3:prefix': 'in/' } }, { 's3:prefix': 'in/' }, true],
    [
      'StringEquals with another value',
      { StringEquals: { 's3:prefix': 'in/' } },
      { 's3:prefix': 'out/' },
      false,
    ],
    [
      'StringEquals takes no wildcard',
      { StringEquals: { 's3:prefix': 'in*' } },
      { 's3:prefix': 'in/' },
      false,
    ],
    ['StringEquals without the key', { StringEquals: { 's3:prefix': 'in/' } }, {}, false],
    ['StringEqualsIfExists without the key', { StringEqualsIfExists: { 's3:prefix': 'in/' } }, {}, true],
    ['StringNotEquals without the key', { StringNotEquals: { 's3:prefix': 'in/' } }, {}, true],
    [
      'StringNotEquals with the value',
      { StringNotEquals: { 's3:prefix': 'in/' } },
      { 's3:prefix': 'in/' },
      false,
    ],
    ['StringLike', { StringLike: { 's3:prefix': ['out/*', 'in/*'] } }, { 's3:prefix': 'in/a' }, true],
    ['the case of a key', { StringLike: { 'S3:PREFIX': 'in/*' } }, { 's3:prefix': 'in/a' }, true],
    [
      'ForAllValues, all',
      { 'ForAllValues:StringLike': { [keys]: ['A#*', 'B#*'] } },
      { 'dynamodb:leadingkeys': ['A#1', 'B#2'] },
      true,
    ],
    [
      'ForAllValues, not all',
      { 'ForAllValues:StringLike': { [keys]: ['A#*'] } },
      { 'dynamodb:leadingkeys': ['A#1', 'B#2'] },
      false,
    ],
    ['ForAllValues, none there', { 'ForAllValues:StringLike': { [keys]: ['A#*'] } }, {}, true],
    [
      'ForAllValues, an empty list',
      { 'ForAllValues:StringLike': { [keys]: ['A#*'] } },
      { 'dynamodb:leadingkeys': [] },
      true,
    ],
    [
      'ForAnyValue, one',
      { 'ForAnyValue:StringLike': { [keys]: ['A#*'] } },
      { 'dynamodb:leadingkeys': ['A#1', 'B#2'] },
      true,
    ],
    ['ForAnyValue, none there', { 'ForAnyValue:StringLike': { [keys]: ['A#*'] } }, {}, false],
    ['Bool', { Bool: { 'aws:SecureTransport': 'true' } }, { 'aws:securetransport': 'true' }, true],
    [
      'Bool with the other value',
      { Bool: { 'aws:SecureTransport': false } },
      { 'aws:securetransport': 'true' },
      false,
    ],
    [
      'ArnLike',
      { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/app-*' } },
      { 'aws:principalarn': 'arn:aws:iam::1:role/app-x' },
      true,
    ],
    [
      'ArnLike keeps to the parts',
      { ArnLike: { 'aws:PrincipalArn': 'arn:aws:*:role/app' } },
      { 'aws:principalarn': 'arn:aws:iam::1:role/app' },
      false,
    ],
    ['Null for a key that is absent', { Null: { 's3:versionid': 'true' } }, {}, true],
    ['Null for a key that is there', { Null: { 's3:versionid': 'true' } }, { 's3:versionid': 'v' }, false],
    [
      'all of several',
      { StringEquals: { 's3:prefix': 'in/' }, Bool: { 'aws:SecureTransport': 'true' } },
      { 's3:prefix': 'in/', 'aws:securetransport': 'false' },
      false,
    ],
  ])('%s', (_, Condition, context, holds) => {
    expect(verdict([allow({ Condition })], 'x:Y', 'r', context)).toBe(holds ? 'allowed' : 'not allowed');
  });

  it.each([
    [{ NumericLessThan: { 's3:prefix': 1 } }, 'the operator "NumericLessThan" is not evaluated'],
    [{ StringEquals: { 'aws:SourceVpce': 'v' } }, 'the condition key "aws:SourceVpce" is not evaluated'],
    [{ 'ForAllValues:IpAddress': { 'aws:SourceIp': 'v' } }, 'the operator "ForAllValues:IpAddress"'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable is written so
    [{ StringLike: { 's3:prefix': '${aws:PrincipalTag/team}/*' } }, 'the policy variable in'],
  ])('that cannot be evaluated is refused: %j', (Condition, message) => {
    const document = { Statement: [allow({ Condition: Condition as unknown as JsonObject })] };
    expect(() => readPolicyDocument(document, 'P')).toThrow(message);
  });
});

describe('policies together', () => {
  it.each<[string, JsonObject[], Verdict]>([
    ['allow nothing by themselves', [], 'not allowed'],
    ['allow what one of them allows', [allow({ Action: 's3:*' }), allow({ Action: 'sns:*' })], 'allowed'],
    ['deny what one denies, whatever the order', [deny({}), allow({})], 'denied explicitly'],
    ['deny what one denies, though another allows it', [allow({}), deny({})], 'denied explicitly'],
    [
      'leave alone what a Deny does not apply to',
      [allow({}), deny({ Action: 's3:DeleteObject' })],
      'allowed',
    ],
  ])('%s', (_, statements, expected) => {
    expect(verdict(statements, 's3:GetObject', object)).toBe(expected);
  });

  it('refuse members that belong elsewhere', () => {
    const document = { Statement: { ...allow({}), Principal: '*' } };
    expect(() => readPolicyDocument(document, 'P')).toThrow(
      '"Principal" does not belong in an identity policy',
    );
  });
});
