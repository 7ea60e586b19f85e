import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { Laboratory, roleArn, task } from './laboratory.ts';

const create = (definition: string | object, more: object = {}) =>
  new Laboratory().states.createStateMachine({ name: 'm', definition, roleArn, ...more });
const machine = (States: Record<string, object>, more: object = {}) => ({
  QueryLanguage: 'JSONata',
  StartAt: Object.keys(States)[0],
  States,
  ...more,
});
const pass = (more: object = {}) => ({ Type: 'Pass', End: true, ...more });
const parallel = (state: object) => ({
  Type: 'Parallel',
  Branches: [{ StartAt: 'B', States: { B: state } }],
  End: true,
});

describe('a definition is refused, and the message names', () => {
  const refusals: [what: string, definition: string | object, named: string][] = [
    ['JSONPath by default', { StartAt: 'P', States: { P: pass() } }, 'JSONPath'],
    [
      'JSONPath in a state',
      machine({ P: pass({ QueryLanguage: 'JSONPath' }) }),
      "'JSONPath' is not served, only 'JSONata' at /States/P/QueryLanguage",
    ],
    ['a JSONPath field', machine({ P: pass({ ResultPath: '$.x' }) }), "'ResultPath'"],
    ['a JSONPath key', machine({ P: pass({ 'Output.$': '$.x' }) }), "'Output.$'"],
    [
      'an unknown field',
      machine({ P: pass({ Outptu: 1 }) }),
      "'Outptu' is not supported at /States/P/Outptu",
    ],
    ['an unknown type', machine({ P: { Type: 'Pas', End: true } }), "'Pas'"],
    [
      'an unknown resource',
      machine({ T: task('f', { Resource: 'arn:aws:states:::dynamodb:getItem' }) }),
      'arn:aws:states:::dynamodb:getItem',
    ],
    [
      'an unknown pattern',
      machine({ T: task('f', { Resource: 'arn:aws:states:::lambda:invoke.sync' }) }),
      'lambda:invoke.sync',
    ],
    [
      'an unknown argument',
      machine({ T: task('f', { Arguments: { FunctionName: 'f', Body: 1 } }) }),
      "'Body'",
    ],
    [
      'a missing argument',
      machine({ T: task('f', { Arguments: { Payload: 1 } }) }),
      "'FunctionName' is required",
    ],
    [
      'a field that is not served',
      machine({ T: task('f', { Credentials: {} }) }),
      "'Credentials' is not served",
    ],
    [
      'a distributed Map',
      machine({
        M: {
          Type: 'Map',
          ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, StartAt: 'P', States: { P: pass() } },
          End: true,
        },
      }),
      'DISTRIBUTED',
    ],
    [
      'a missing target',
      machine({ P: { Type: 'Pass', Next: 'Nowhere' } }),
      "Missing target 'Nowhere' at /States/P/Next",
    ],
    [
      'a missing catch target',
      machine({ T: task('f', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Nowhere' }] }) }),
      'Nowhere',
    ],
    [
      'a target outside the branch',
      machine({ P: parallel({ Type: 'Pass', Next: 'Q' }), Q: pass() }),
      "'Q' at /States/P/Branches[0]/States/B/Next",
    ],
    ['an unreachable state', machine({ P: pass(), Lost: pass() }), 'Lost'],
    ['a wrong StartAt', { ...machine({ P: pass() }), StartAt: 'Q' }, "'Q' at /StartAt"],
    ['a name used twice', machine({ B: parallel(pass()) }), 'Duplicate state name: B'],
    ['neither Next nor End', machine({ P: { Type: 'Pass' } }), 'Next, End'],
    [
      'a Wait for two things',
      machine({ W: { Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z', End: true } }),
      'Seconds, Timestamp',
    ],
    [
      'an expression that cannot be parsed',
      machine({ P: pass({ Output: { a: '{% 1 + %}' } }) }),
      '/States/P/Output/a',
    ],
    ['an expression that does not end', machine({ P: pass({ Output: '{% 1' }) }), '{% 1'],
    [
      'States.ALL in company',
      machine({ T: task('f', { Retry: [{ ErrorEquals: ['States.ALL', 'X'] }] }) }),
      '/States/T/Retry[0]/ErrorEquals',
    ],
    [
      'States.ALL not last',
      machine({
        T: task('f', {
          Catch: [
            { ErrorEquals: ['States.ALL'], Next: 'P' },
            { ErrorEquals: ['X'], Next: 'P' },
          ],
        }),
        P: pass(),
      }),
      'stand alone and last',
    ],
    [
      "a retrier's wrong number",
      machine({ T: task('f', { Retry: [{ ErrorEquals: ['X'], BackoffRate: 0.5 }] }) }),
      "BackoffRate '0.5'",
    ],
    [
      'a heartbeat that outlasts the timeout',
      machine({ T: task('f', { TimeoutSeconds: 5, HeartbeatSeconds: 5 }) }),
      'HeartbeatSeconds must be smaller',
    ],
    ['an assignment to $states', machine({ P: pass({ Assign: { states: 1 } }) }), 'reserved'],
    [
      'an assignment to an outer variable',
      machine({ A: { Type: 'Pass', Assign: { x: 1 }, Next: 'P' }, P: parallel(pass({ Assign: { x: 2 } })) }),
      "'x' is assigned in an outer scope",
    ],
    ['text that is no JSON', '{"StartAt": ', 'INVALID_JSON_DESCRIPTION'],
    ['text that is no YAML', 'States: [', 'INVALID_JSON_DESCRIPTION'],
    [
      'a Choice rule without a condition',
      machine({ C: { Type: 'Choice', Choices: [{ Next: 'P' }], Default: 'P' }, P: pass() }),
      'Choices[0]/Condition',
    ],
  ];
  it.each(refusals)('%s', (_, definition, named) => {
    expect(() => create(definition)).toThrow(
      expect.objectContaining({ name: 'InvalidDefinition', message: expect.stringContaining(named) }),
    );
  });

  it('every problem at once', () => {
    expect(() => create(machine({ P: pass({ One: 1 }), Q: pass({ Two: 2 }) }))).toThrow(/'One'.*'Two'/s);
  });
});

describe('a definition', () => {
  const yaml = `
QueryLanguage: JSONata
StartAt: Ask
States:
  Ask:
    Type: Task
    Resource: arn:aws:states:::lambda:invoke
    Arguments: { FunctionName: "\${AskFunctionArn}", Payload: "{% $states.input %}" }
    TimeoutSeconds: \${Timeout}
    End: true
`;

  it('is read from YAML, with substitutions', async () => {
    const laboratory = new Laboratory({ Ask: () => 'asked' });
    laboratory.states.createStateMachine({
      name: 'm',
      definition: yaml,
      roleArn,
      substitutions: { AskFunctionArn: 'Ask', Timeout: 9 },
    });
    expect((await laboratory.ended(laboratory.start())).result).toMatchObject({ Payload: 'asked' });
  });

  it('is refused when a substitution is missing', () => {
    expect(() => create(yaml, { substitutions: { Timeout: 9 } })).toThrow(
      /substitution for '\$\{AskFunctionArn\}'/,
    );
  });

  it('that runs here is one that asl-validator accepts', () => {
    const definition = machine({
      T: task('f', {
        Retry: [{ ErrorEquals: ['States.ALL'], JitterStrategy: 'FULL', MaxDelaySeconds: 9 }],
        Catch: [{ ErrorEquals: ['X'], Next: 'P', Assign: { e: 1 } }],
        TimeoutSeconds: '{% 5 %}',
      }),
      P: parallel(pass({ Assign: { y: '{% $e %}' } })),
    });
    create(definition);
    expect(validate(JSON.parse(JSON.stringify(definition)))).toMatchObject({ isValid: true });
  });
});
