import { accountId } from '../identity.ts';
import type { QueueModel, RuleModel, RuleTarget, RuleTrigger, TargetInput } from './application.ts';
import type { ResourceContext } from './context.ts';
import { isObject, type Json } from './document.ts';
import { generatedName } from './names.ts';
import { type Properties, properties } from './properties.ts';
import { queue } from './simple-resources.ts';
import { TemplateError } from './template-error.ts';

/** EventBridge keeps trying for 24 hours or this often, whichever comes first. */
const defaultRetryAttempts = 185;

/** Reads an `AWS::Events::Rule`. */
export function readRule({ identity, arn, properties: p }: ResourceContext): RuleModel {
  const description = p.text('Description');
  return {
    logicalId: identity.logicalId,
    name: identity.name,
    arn,
    enabled: !p.text('State')?.startsWith('DISABLED'),
    ...(description === undefined ? {} : { description }),
    trigger: readTrigger(p, 'EventPattern', 'ScheduleExpression'),
    targets: p.list('Targets').map((item, index) => {
      const target = properties(isObject(item) ? item : {}, `${p.where}.Targets[${index}]`);
      return readTarget(target, target.requiredText('Id'), target.requiredText('Arn'));
    }),
  };
}

function readTrigger(p: Properties, patternKey: string, scheduleKey: string): RuleTrigger {
  const bus = p.text('EventBusName');
  if (bus !== undefined && bus !== 'default' && !bus.endsWith('event-bus/default')) {
    throw new TemplateError(`${p.where}.EventBusName`, `"${bus}": the laptop cloud has the default bus only`);
  }
  const expression = p.text(scheduleKey);
  if (expression !== undefined) return { kind: 'schedule', expression };
  const pattern = p.object(patternKey).all;
  if (Object.keys(pattern).length === 0) {
    throw new TemplateError(p.where, `has neither "${patternKey}" nor "${scheduleKey}"`);
  }
  return { kind: 'pattern', pattern };
}

function readTarget(p: Properties, id: string, arn: string, deadLetterArn?: string): RuleTarget {
  const deadLetter = deadLetterArn ?? p.object('DeadLetterConfig').text('Arn');
  return {
    id,
    arn,
    input: readInput(p),
    ...(deadLetter === undefined ? {} : { deadLetterArn: deadLetter }),
    maximumRetryAttempts: p.object('RetryPolicy').number('MaximumRetryAttempts') ?? defaultRetryAttempts,
  };
}

function readInput(p: Properties): TargetInput {
  const constant = p.text('Input');
  if (constant !== undefined) return { kind: 'constant', text: constant };
  const path = p.text('InputPath');
  if (path !== undefined) return { kind: 'path', path };
  if (p.all.InputTransformer === undefined) return { kind: 'event' };
  const transformer = p.object('InputTransformer');
  const paths = transformer.object('InputPathsMap');
  return {
    kind: 'transformer',
    paths: Object.fromEntries(Object.keys(paths.all).map((key) => [key, paths.requiredText(key)])),
    template: transformer.requiredText('InputTemplate'),
  };
}

/** The rule, and perhaps the queue, that SAM makes of one event of a function or state machine. */
export interface EventSource {
  readonly rule: RuleModel;
  readonly queue?: QueueModel;
}

/** Reads a SAM event of type EventBridgeRule or Schedule; `targetArn` is what it starts. */
export function readEventRule(
  context: ResourceContext,
  eventName: string,
  event: Json,
  targetArn: string,
): EventSource {
  const { identity, properties: owner } = context;
  const where = `${owner.where}.Events.${eventName}`;
  const p = properties(isObject(event) ? event : {}, where).object('Properties');
  const logicalId = `${identity.logicalId}${eventName}`;
  const name = p.text('RuleName') ?? p.text('Name') ?? generatedName(identity.stackName, logicalId, 64);
  const ownQueue = readOwnQueue(context, logicalId, p);
  const target = p.object('Target').text('Id') ?? `${logicalId}Target`;
  const description = p.text('Description');
  return {
    rule: {
      logicalId,
      name,
      arn: `arn:aws:events:${identity.region}:${accountId}:rule/${name}`,
      enabled: (p.flag('Enabled') ?? true) && p.text('State') !== 'DISABLED',
      ...(description === undefined ? {} : { description }),
      trigger: readTrigger(p, 'Pattern', 'Schedule'),
      targets: [readTarget(p, target, targetArn, ownQueue?.arn)],
    },
    ...(ownQueue === undefined ? {} : { queue: ownQueue }),
  };
}

/** `DeadLetterConfig: {Type: SQS}` makes SAM add a queue. */
function readOwnQueue({ identity }: ResourceContext, ruleId: string, p: Properties): QueueModel | undefined {
  const config = p.object('DeadLetterConfig');
  if (config.text('Type') !== 'SQS' || config.text('Arn') !== undefined) return undefined;
  const logicalId = config.text('QueueLogicalId') ?? `${ruleId}Queue`;
  const name = generatedName(identity.stackName, logicalId, 80);
  return queue(logicalId, name, `arn:aws:sqs:${identity.region}:${accountId}:${name}`);
}
