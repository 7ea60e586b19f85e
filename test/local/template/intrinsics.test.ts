import { describe, expect, it } from 'vitest';
import { read } from './template-under-test.ts';

const surroundings = `
Parameters:
  Color: { Type: String, Default: green, AllowedValues: [green, blue] }
  Names: { Type: CommaDelimitedList, Default: 'a, b' }
Mappings:
  Sizes: { us-east-1: { small: '1', large: '2' } }
Conditions:
  IsBlue: !Equals [!Ref Color, blue]
  IsGreen: !Not [!Condition IsBlue]
  Both: !And [!Condition IsBlue, !Condition IsGreen]
  Either: !Or [Condition: IsBlue, Condition: IsGreen]
Resources:
  Bucket: { Type: AWS::S3::Bucket, Properties: { BucketName: !Sub '\${AWS::StackName}-\${Color}' } }
  Queue: { Type: AWS::SQS::Queue }
  Topic: { Type: AWS::SNS::Topic, Properties: { TopicName: news } }
  Role: { Type: AWS::IAM::Role, Properties: { RoleName: runner } }
  Left: { Type: AWS::S3::Bucket, Condition: IsBlue }
  Function:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs24.x, Handler: index.handler, AutoPublishAlias: live, FunctionName: worker, InlineCode: '' }
Outputs:
  Answer: { Value: `;
const value = (expression: string): string | undefined =>
  read(`${surroundings}${expression} }`).outputs[0]?.value;

const cases: readonly [expression: string, value: string][] = [
  ['!Ref Color', 'green'],
  ['!Ref AWS::Region', 'us-east-1'],
  ['!Ref AWS::AccountId', '000000000000'],
  ['!Ref Bucket', 'app-green'],
  ['!Ref Topic', 'arn:aws:sns:us-east-1:000000000000:news'],
  ['!Ref Function.Alias', 'arn:aws:lambda:us-east-1:000000000000:function:worker:live'],
  ['!GetAtt Bucket.Arn', 'arn:aws:s3:::app-green'],
  ['!GetAtt [Bucket, RegionalDomainName]', 'app-green.s3.us-east-1.amazonaws.com'],
  ['!GetAtt Role.Arn', 'arn:aws:iam::000000000000:role/runner'],
  ['{ Fn::GetAtt: Topic.TopicName }', 'news'],
  [`!Sub '\${Bucket}/\${Topic.TopicName}/\${!Literal}'`, `app-green/news/\${Literal}`],
  [`!Sub ['\${x}-\${Color}', { x: !Ref Bucket }]`, 'app-green-green'],
  ["!Join ['-', [a, !Ref Color]]", 'a-green'],
  ["!Join ['+', !Ref Names]", 'a+b'],
  ["!Select [1, !Split ['/', 'x/y/z']]", 'y'],
  ['!FindInMap [Sizes, !Ref AWS::Region, large]', '2'],
  ['!If [IsBlue, !Ref Left, none]', 'none'],
  ['!If [Both, yes1, no1]', 'no1'],
  ['!If [Either, yes1, no1]', 'yes1'],
  ["!Base64 'ab'", 'YWI='],
  ['!ToJsonString { a: !Ref Color }', '{"a":"green"}'],
];

describe('an intrinsic function', () => {
  it.each(cases)('%s is %s', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });
  it.each([
    ['!Ref Nobody', 'Outputs.Answer: refers to "Nobody", which does not exist'],
    ['!GetAtt Bucket.Colour', '"Bucket" (AWS::S3::Bucket) has no attribute "Colour" here'],
    ['!Ref Left', '"Left" is left out by its condition'],
    ['!ImportValue network', 'the laptop cloud has one stack only'],
    ['!FindInMap [Sizes, eu-west-1, large]', 'Mappings has no "Sizes.eu-west-1.large"'],
    ['!If [Unknown, a, b]', 'refers to the condition "Unknown", which does not exist'],
    ['!Cidr [10.0.0.0/16, 1, 8]', '"Fn::Cidr" is not played by the laptop cloud'],
    ["'{{resolve:ssm:/x}}'", 'the dynamic reference "{{resolve:ssm:/x}}"'],
  ])('%s is refused', (expression, message) => {
    expect(() => value(expression)).toThrow(message);
  });
  it('refuses a parameter value that is not allowed, and a parameter that does not exist', () => {
    const template = `${surroundings}!Ref Color }`;
    expect(() => read(template, { parameters: { Color: 'red' } })).toThrow(
      'Parameters.Color: "red" is not one of "green", "blue"',
    );
    expect(() => read(template, { parameters: { Colour: 'red' } })).toThrow('"Colour"');
    expect(read(template, { parameters: { Color: 'blue' } }).buckets.map(({ name }) => name)).toContain(
      'app-blue',
    );
  });
});
