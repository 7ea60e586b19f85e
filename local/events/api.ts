import { randomUUID } from 'node:crypto';
import { AwsError } from '../http/protocol/aws-error.ts';
import { type JsonObject, type JsonOperation, serveJson } from '../http/protocol/json-protocol.ts';
import type { AwsService } from '../http/service.ts';
import { accountId } from '../identity.ts';
import type { RuleModel, RuleTarget } from '../template/application.ts';
import type { EventBus } from './bus.ts';
import { UnreachableTargetError } from './delivery.ts';
import { InvalidPatternError } from './pattern.ts';
import type { Rules } from './rules.ts';

export interface EventsApiOptions {
  readonly region: string;
  readonly rules: Rules;
  readonly put: EventBus['put'];
}

/** EventBridge's API (AWS JSON 1.1): putting events, and rules on the default bus. */
export function createEventsApi(options: EventsApiOptions): AwsService {
  const { rules } = options;
  const operations: Readonly<Record<string, JsonOperation>> = {
    PutEvents: ({ Entries }) => {
      const entries = requireEntries(Entries);
      const answers = entries.map((entry) => putEntry(entry, options.put));
      return { FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length, Entries: answers };
    },
    PutRule: (input) => {
      const name = requireText(input, 'Name');
      const arn = `arn:aws:events:${options.region}:${accountId}:rule/${name}`;
      putChecked(rules, newRule(name, arn, input, rules.get(name)));
      return { RuleArn: arn };
    },
    PutTargets: (input) => {
      const rule = requireRule(rules, requireText(input, 'Rule'));
      const added = requireList(input, 'Targets').map(newTarget);
      const kept = rule.targets.filter(({ id }) => !added.some((target) => target.id === id));
      putChecked(rules, { ...rule, targets: [...kept, ...added] });
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    DescribeRule: (input) => describe(requireRule(rules, requireText(input, 'Name'))),
    ListRules: ({ NamePrefix }) => ({
      Rules: rules
        .all()
        .filter(({ name }) => name.startsWith(typeof NamePrefix === 'string' ? NamePrefix : ''))
        .map(describe),
    }),
    ListTargetsByRule: (input) => ({
      Targets: requireRule(rules, requireText(input, 'Rule')).targets.map(({ id, arn }) => ({
        Id: id,
        Arn: arn,
      })),
    }),
  };
  return {
    signingName: 'events',
    handle: (request) => serveJson({ service: 'events', version: '1.1', operations }, request),
  };
}

type EntryAnswer =
  | { readonly EventId: string }
  | { readonly ErrorCode: string; readonly ErrorMessage: string };

function putEntry(entry: JsonObject, put: EventBus['put']): EntryAnswer {
  const { Source, DetailType, Detail, Resources } = entry;
  if (typeof Source !== 'string' || typeof DetailType !== 'string' || typeof Detail !== 'string') {
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: 'Parameters Source, DetailType and Detail are required.',
    };
  }
  if (Source.startsWith('aws.')) {
    return {
      ErrorCode: 'NotAuthorizedForSourceException',
      ErrorMessage: `Not authorized for the source "${Source}".`,
    };
  }
  const detail = parseDetail(Detail);
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  put({
    source: Source,
    'detail-type': DetailType,
    detail,
    ...(Array.isArray(Resources) ? { resources: Resources.map(String) } : {}),
  });
  return { EventId: randomUUID() };
}

function parseDetail(text: string): JsonObject | undefined {
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail)
      ? (detail as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

function requireEntries(value: unknown): readonly JsonObject[] {
  if (Array.isArray(value) && value.length >= 1 && value.length <= 10) return value as readonly JsonObject[];
  throw new AwsError('ValidationException', 'Entries must have between 1 and 10 members');
}

function newRule(name: string, arn: string, input: JsonObject, before: RuleModel | undefined): RuleModel {
  const { EventPattern, ScheduleExpression, State } = input;
  if (typeof EventPattern !== 'string' || ScheduleExpression !== undefined) {
    throw new AwsError(
      'NotImplemented',
      `PutRule "${name}": rules put at run time need an EventPattern only`,
      {
        status: 501,
      },
    );
  }
  const pattern = parseDetail(EventPattern);
  if (!pattern)
    throw new AwsError(
      'InvalidEventPatternException',
      'Event pattern is not valid. Reason: not a JSON object',
    );
  return {
    logicalId: name,
    name,
    arn,
    enabled: State !== 'DISABLED',
    trigger: {
      kind: 'pattern',
      pattern: pattern as Extract<RuleModel['trigger'], { kind: 'pattern' }>['pattern'],
    },
    targets: before?.targets ?? [],
  };
}

/** The members of a target that are played; another one is refused, not ignored. */
const targetMembers = new Set([
  'Id',
  'Arn',
  'Input',
  'InputPath',
  'DeadLetterConfig',
  'RoleArn',
  'RetryPolicy',
]);

function newTarget(input: JsonObject): RuleTarget {
  const other = Object.keys(input).find((member) => !targetMembers.has(member));
  if (other)
    throw new AwsError('NotImplemented', `PutTargets: "${other}" is not played by the laptop cloud`, {
      status: 501,
    });
  const { Input, InputPath, DeadLetterConfig, RetryPolicy } = input;
  const deadLetterArn = (DeadLetterConfig as { Arn?: string } | undefined)?.Arn;
  return {
    id: requireText(input, 'Id'),
    arn: requireText(input, 'Arn'),
    input:
      typeof Input === 'string'
        ? { kind: 'constant', text: Input }
        : typeof InputPath === 'string'
          ? { kind: 'path', path: InputPath }
          : { kind: 'event' },
    ...(deadLetterArn === undefined ? {} : { deadLetterArn }),
    maximumRetryAttempts:
      (RetryPolicy as { MaximumRetryAttempts?: number } | undefined)?.MaximumRetryAttempts ?? 185,
  };
}

function putChecked(rules: Rules, rule: RuleModel): void {
  try {
    rules.put(rule);
  } catch (error) {
    if (error instanceof InvalidPatternError) {
      throw new AwsError(
        'InvalidEventPatternException',
        `Event pattern is not valid. Reason: ${error.message}`,
      );
    }
    if (error instanceof UnreachableTargetError)
      throw new AwsError('NotImplemented', error.message, { status: 501 });
    throw error;
  }
}

function requireRule(rules: Rules, name: string): RuleModel {
  const rule = rules.get(name);
  if (rule) return rule;
  throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`);
}

function requireText(input: JsonObject, key: string): string {
  const value = input[key];
  if (typeof value === 'string') return value;
  throw new AwsError('ValidationException', `"${key}" must be a string`);
}

function requireList(input: JsonObject, key: string): readonly JsonObject[] {
  const value = input[key];
  if (Array.isArray(value)) return value as readonly JsonObject[];
  throw new AwsError('ValidationException', `"${key}" must be a list`);
}

const describe = (rule: RuleModel) => ({
  Name: rule.name,
  Arn: rule.arn,
  State: rule.enabled ? 'ENABLED' : 'DISABLED',
  EventBusName: 'default',
  ...(rule.description === undefined ? {} : { Description: rule.description }),
  ...(rule.trigger.kind === 'pattern'
    ? { EventPattern: JSON.stringify(rule.trigger.pattern) }
    : { ScheduleExpression: rule.trigger.expression }),
});
