import { describe, expect, it } from 'vitest';
import { compilePolicies } from '../../../local/iam/evaluate.ts';
import { read } from '../template/template-under-test.ts';

const withFunction = (properties: string, others = ''): string => `
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs24.x, Handler: a.b, InlineCode: x, ${properties} }
${others}`;

function verdicts(template: string, ...needs: readonly (readonly [action: string, resource: string])[]) {
  const { roles, functions } = read(template);
  const role = roles.find(({ arn }) => arn === functions[0]?.roleArn);
  const ask = compilePolicies(role?.statements ?? []);
  return needs.map(([action, resource]) => ask({ action, resource }));
}

describe("a function's policies", () => {
  it('may be a SAM policy template', () => {
    const template = withFunction('Policies: { SQSSendMessagePolicy: { QueueName: q } }');
    const queue = 'arn:aws:sqs:us-east-1:000000000000:q';
    expect(verdicts(template, ['sqs:SendMessage', queue], ['sqs:DeleteMessage', queue])).toEqual([
      'allowed',
      'not allowed',
    ]);
  });

  it('may be a managed policy of AWS or of the template', () => {
    const template = withFunction(
      'Policies: [arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole, !Ref M]',
      `  M:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: { Statement: { Effect: Allow, Action: 'sns:*', Resource: '*' } }`,
    );
    expect(verdicts(template, ['sns:Publish', 'arn:t'], ['s3:GetObject', 'arn:o'])).toEqual([
      'allowed',
      'not allowed',
    ]);
  });

  it('name resources by what they will be called', () => {
    const template = withFunction(
      `Policies: [{ Statement: [{ Effect: Allow, Action: 's3:*', Resource: !Sub '\${B.Arn}/*' }] }]`,
      '  B: { Type: AWS::S3::Bucket }',
    );
    const [bucket] = read(template).buckets;
    expect(verdicts(template, ['s3:GetObject', `arn:aws:s3:::${bucket?.name}/k`])).toEqual(['allowed']);
  });

  it('are empty when there are none', () => {
    expect(verdicts(withFunction('Timeout: 3'), ['s3:GetObject', '*'])).toEqual(['not allowed']);
  });

  it.each([
    ['Policies: AmazonS3FullAccess', '"AmazonS3FullAccess" is not known'],
    [
      'Policies: [{ KinesisStreamReadPolicy: { StreamName: s } }]',
      'policy template "KinesisStreamReadPolicy"',
    ],
    ['Policies: [{ DynamoDBReadPolicy: { Table: s } }]', 'has no "TableName"'],
    ['Role: arn:aws:iam::000000000000:role/elsewhere', 'role/elsewhere" is not declared by the template'],
    ['PermissionsBoundary: arn:aws:iam::000000000000:policy/b', 'PermissionsBoundary'],
    ['Policies: [{ Statement: [{ Effect: Maybe, Action: a, Resource: b }] }]', '"Maybe" is neither'],
  ])('that cannot be known are an error at start: %s', (properties, message) => {
    expect(() => read(withFunction(properties))).toThrow(message);
  });
});
