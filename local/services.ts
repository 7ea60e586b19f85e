import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import { createCloudFormation } from './cloudformation/create-cloudformation.ts';
import { createDynamoDb } from './dynamodb/create-dynamodb.ts';
import { createEks, type EksCluster } from './eks/create-eks.ts';
import { senderFor, type TargetSender } from './events/delivery.ts';
import { createEventBridge } from './events/event-bridge.ts';
import type { AwsService } from './http/service.ts';
import { denialLog } from './iam/denial-log.ts';
import { createGuard } from './iam/guard.ts';
import { partitionKeysOf } from './iam/partition-keys.ts';
import { createLambda, type Lambda } from './lambda/lambda.ts';
import { createMailbox } from './mailbox/mailbox.ts';
import { provisionParameter, provisionTable, provisionTopic } from './provision.ts';
import { createS3 } from './s3/create-s3.ts';
import { createSns } from './sns/create-sns.ts';
import { createSqs } from './sqs/create-sqs.ts';
import { createSsm } from './ssm/create-ssm.ts';
import { createStates } from './states/states.ts';
import { statesService } from './states/wire/service.ts';
import type { Sts } from './sts/create-sts.ts';
import { sessionArn } from './sts/keys.ts';
import type { Application, FunctionModel } from './template/application.ts';

export interface ServicesOptions {
  readonly application: Application;
  readonly endpoint: string;
  readonly stateFolder: string;
  readonly cacheFolder: string;
  readonly clock: Clock;
  readonly sts: Sts;
  readonly eksClusters: ReadonlyMap<string, EksCluster>;
  /** The folder of a function's code, once it is built. */
  readonly artifact: (model: FunctionModel) => Promise<string>;
  readonly asyncRetryDelaysMs: readonly number[];
  readonly runsSchedules: boolean;
}

export interface Services {
  readonly all: readonly AwsService[];
  readonly lambda: Lambda;
  stop(): Promise<void>;
}

/** Long enough that no sandbox outlives its keys. */
const sandboxKeySeconds = 30 * 86_400;

/** Every AWS service of an application, wired to each other and filled with what the template declares. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { application, clock, sts } = options;
  const { region } = application;
  const sqs = createSqs({ queues: application.queues, clock });
  const senders: Readonly<Record<string, TargetSender>> = {
    lambda: (arn, payload) => lambda.invoker.invokeAsync(arn, payload),
    sqs: (arn, body, attributes) => sqs.send(arn, body, attributes),
    states: (arn, input) => states.startExecution({ stateMachineArn: arn, input, name: randomUUID() }),
  };
  for (const { asynchronous } of application.functions) {
    const { deadLetterArn, onFailureArn, onSuccessArn } = asynchronous;
    for (const arn of [deadLetterArn, onFailureArn, onSuccessArn]) if (arn) senderFor(senders, arn);
  }
  const lambda = createLambda({
    functions: application.functions,
    region,
    endpoint: options.endpoint,
    artifact: options.artifact,
    credentials: (model) => sts.issueKeys(model.roleArn, model.name, sandboxKeySeconds),
    folder: options.stateFolder,
    compileCacheFolder: join(options.cacheFolder, 'compiled'),
    clock,
    retryDelaysMs: options.asyncRetryDelaysMs,
    deliver: (arn, body, attributes) => void senderFor(senders, arn)(arn, body, attributes),
  });
  const { runsSchedules } = options;
  const eventBridge = createEventBridge({ region, clock, rules: application.rules, senders, runsSchedules });
  const guard = createGuard({
    roles: application.roles,
    onDenied: denialLog(join(options.stateFolder, 'logs'), clock),
    sessionOf: (accessKeyId) => sts.sessionOf(accessKeyId),
    world: {
      region,
      partitionKey: partitionKeysOf(application.tables),
      machineOfToken: (token) => states.machineOfToken(token),
    },
  });
  const states = createStates({
    invoker: lambda.invoker,
    clock,
    bus: eventBridge.bus,
    region,
    access: ({ roleArn, name }, need) => guard.whyDenied({ roleArn, arn: sessionArn(roleArn, name) }, need),
  });
  for (const { name, definition, roleArn, alias } of application.stateMachines) {
    states.createStateMachine({ name, definition, roleArn, ...(alias === undefined ? {} : { alias }) });
  }
  const dynamodb = createDynamoDb({ clock });
  const ssm = createSsm({ clock });
  const sns = createSns({
    mailbox: createMailbox({ folder: join(options.stateFolder, 'mailbox'), clock }),
    endpoint: () => options.endpoint,
    clock,
  });
  const s3 = createS3({
    bus: eventBridge.bus,
    clock,
    dataFolder: options.stateFolder,
    buckets: application.buckets.map(({ name, versioning, eventBridge, encryption }) => ({
      name,
      versioning: versioning ? 'Enabled' : 'Unversioned',
      eventBridge,
      ...(encryption === undefined ? {} : { encryption: { algorithm: encryption } }),
    })),
  });
  await Promise.all([
    ...application.tables.map((table) => provisionTable(dynamodb, table)),
    ...application.topics.map((topic) => provisionTopic(sns, topic)),
    ...application.ssmParameters.map((parameter) => provisionParameter(ssm, parameter)),
  ]);
  const served: readonly AwsService[] = [
    s3,
    dynamodb,
    ssm,
    sns,
    sts,
    statesService(states),
    createEks({ clusters: options.eksClusters }),
    createCloudFormation({ application, createdAt: new Date(clock.now()) }),
    eventBridge.service,
    lambda.service,
    sqs.service,
  ];
  const all = served.map((service) => guard.guarded(service));
  return {
    all,
    lambda,
    stop: async () => {
      eventBridge.stop();
      await lambda.stop();
      await Promise.all(all.map((service) => service.stop?.()));
    },
  };
}
