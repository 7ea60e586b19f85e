import { describe, expect, it } from 'vitest';
import { read } from './template-under-test.ts';

const functionLines =
  'Type: AWS::Serverless::Function, Properties: { Runtime: nodejs24.x, Handler: a.b, InlineCode: x';

describe('a template', () => {
  it('names a resource type that is not known', () => {
    expect(() => read('Resources: { Stream: { Type: AWS::Kinesis::Stream } }')).toThrow(
      'Template: Resources.Stream: the resource type "AWS::Kinesis::Stream" is not known to the laptop cloud',
    );
  });
  it('ignores alarms, roles and log groups knowingly', () => {
    const { resources } = read(
      'Resources: { A: { Type: AWS::CloudWatch::Alarm }, R: { Type: AWS::IAM::Role } }',
    );
    expect(resources.map(({ logicalId }) => logicalId)).toEqual(['A', 'R']);
  });
  it('gives generated names that last', () => {
    const names = () =>
      read('Resources: { Files: { Type: AWS::S3::Bucket }, Q: { Type: AWS::SQS::Queue } }').resources;
    expect(names().map(({ physicalId }) => physicalId)).toEqual([
      expect.stringMatching(/^app-files-[a-z0-9]{12}$/),
      expect.stringMatching(/^https:\/\/sqs\.us-east-1\.amazonaws\.com\/000000000000\/app-Q-[A-Z0-9]{12}$/),
    ]);
    expect(names()).toEqual(names());
  });
  it('refuses what it would have to play and cannot', () => {
    const refused: readonly [properties: string, message: string][] = [
      ['Layers: [x]', 'Resources.F.Properties.Layers: the laptop cloud does not play this property'],
      ['Events: { E: { Type: SQS } }', 'Resources.F.Properties.Events.E: the event type "SQS" is not played'],
      ['Timeout: soon', 'Resources.F.Properties.Timeout: expected a number, not "soon"'],
      ['Runtime: python3.14', '"python3.14" is not played'],
    ];
    for (const [properties, message] of refused) {
      const others = properties.startsWith('Runtime') ? 'Handler: a.b' : 'Runtime: nodejs24.x, Handler: a.b';
      const template = `Resources: { F: { Type: AWS::Serverless::Function, Properties: { ${others}, ${properties} } } }`;
      expect(() => read(template)).toThrow(message);
    }
  });
  it('says where YAML is broken', () => {
    expect(() => read('Resources: { A: { Type: !Nonsense x } }')).toThrow(/Nonsense[\s\S]*line 1/);
  });
});

describe('a function', () => {
  it('has Globals merged in: maps by key, lists one after the other, its own value last', () => {
    const { functions } = read(`
Globals: { Function: { Timeout: 10, MemorySize: 512, Environment: { Variables: { A: '1', B: '1' } } } }
Resources: { F: { ${functionLines}, MemorySize: 256, Environment: { Variables: { B: '2', C: !Ref AWS::Region } } } } }`);
    expect(functions[0]).toMatchObject({
      timeoutSeconds: 10,
      memoryMegabytes: 256,
      environment: { A: '1', B: '2', C: 'us-east-1' },
    });
  });
  it('becomes rules, queues and routes by its events', () => {
    const { rules, queues, apis } = read(`
Resources:
  F: { ${functionLines}, Events: {
    Hourly: { Type: Schedule, Properties: { Schedule: rate(1 hour), Enabled: false, Input: '{"a":1}' } },
    Stored: { Type: EventBridgeRule, Properties: { Pattern: { source: [aws.s3] }, DeadLetterConfig: { Type: SQS } } },
    Get: { Type: Api, Properties: { Path: '/x/{id}', Method: get } } } } }`);
    const [hourly, stored] = rules;
    expect(hourly).toMatchObject({
      enabled: false,
      trigger: { kind: 'schedule', expression: 'rate(1 hour)' },
    });
    expect(hourly?.targets[0]?.input).toEqual({ kind: 'constant', text: '{"a":1}' });
    expect(stored?.targets[0]?.deadLetterArn).toBe(queues[0]?.arn);
    expect(apis[0]).toMatchObject({ stageName: 'Prod', routes: [{ path: '/x/{id}', method: 'GET' }] });
  });
});

describe('a state machine', () => {
  const machine = (properties: string): string =>
    `Resources: { M: { Type: AWS::Serverless::StateMachine, Properties: { DefinitionUri: m.asl.yaml, ${properties} } } }`;
  const files = {
    'm.asl.yaml': `StartAt: A\nStates: { A: { Type: Task, Resource: "\${WorkArn}", End: true } }`,
  };

  it('has its substitutions made and its alias named', () => {
    const { stateMachines } = read(
      machine(
        `Name: flow, AutoPublishAlias: live, DefinitionSubstitutions: { WorkArn: !Sub 'arn:\${AWS::Region}' }`,
      ),
      { files },
    );
    expect(stateMachines[0]).toMatchObject({
      aliasArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:flow:live',
      definition: { States: { A: { Resource: 'arn:us-east-1' } } },
    });
  });
  it('names a substitution that is missing', () => {
    expect(() => read(machine('Name: flow'), { files })).toThrow(
      `"\${WorkArn}" has no entry in DefinitionSubstitutions`,
    );
  });
  it('names a definition file that is missing', () => {
    expect(() => read(machine('Name: flow'))).toThrow(
      /Resources\.M\.Properties\.DefinitionUri "m\.asl\.yaml": ENOENT/,
    );
  });
});
