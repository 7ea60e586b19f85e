import { dirname, resolve as resolvePath, sep } from 'node:path';
import type { RoleModel } from '../iam/statement.ts';
import { accountId, defaultRegion, partition } from '../identity.ts';
import type {
  Application,
  BucketModel,
  FunctionModel,
  QueueModel,
  RestApiModel,
  RouteModel,
  RuleModel,
  SsmParameterModel,
  StackOutput,
  StateMachineModel,
  TableModel,
  TopicModel,
} from './application.ts';
import type { ResourceContext } from './context.ts';
import { isObject, type Json, type JsonObject, readDocument, type TemplateDocument } from './document.ts';
import { readFunction } from './function-resource.ts';
import { withGlobals } from './globals.ts';
import { noValue, resolve } from './intrinsics.ts';
import { stackId } from './names.ts';
import { parameterValues } from './parameters.ts';
import { properties } from './properties.ts';
import { resourceTypes } from './resource-types.ts';
import { type ApiEvent, implicitApi, readApiEvent, readRestApi } from './rest-api-resource.ts';
import { readRoles } from './roles.ts';
import { readEventRule, readRule } from './rule-resource.ts';
import { createScope, resourceType, type TemplateScope } from './scope.ts';
import {
  readBucket,
  readQueue,
  readSimpleTable,
  readSsmParameter,
  readSubscription,
  readTable,
  readTopic,
} from './simple-resources.ts';
import { readStateMachine } from './state-machine-resource.ts';
import { TemplateError } from './template-error.ts';

export interface ReadOptions {
  readonly templateFile: string;
  readonly stackName: string;
  readonly region?: string;
  /** Values for template parameters, over their defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Reads a SAM template into the application it describes. Throws `TemplateError` for what it cannot play. */
export function readApplication(options: ReadOptions): Application {
  const { stackName, region = defaultRegion } = options;
  const document = withGlobals(readDocument(options.templateFile));
  const parameters = parameterValues(document, options.parameters ?? {});
  const scope = createScope(withImplicitApi(document), { stackName, region, parameters });
  const draft = new Draft({ document, scope, region, templateFile: resolvePath(options.templateFile) });
  for (const logicalId of Object.keys(document.resources)) draft.add(logicalId);
  return {
    stackName,
    stackId: stackId(stackName, region),
    region,
    ...(document.description === undefined ? {} : { description: document.description }),
    parameters,
    ...draft.finish(),
    outputs: readOutputs(document, scope),
  };
}

/** `!Ref ServerlessRestApi` must resolve, though no template writes that resource. */
function withImplicitApi(document: TemplateDocument): TemplateDocument {
  const implicit = {
    type: 'AWS::Serverless::Api',
    properties: { StageName: implicitApi.stageName },
    metadata: {},
  };
  return { ...document, resources: { [implicitApi.logicalId]: implicit, ...document.resources } };
}

interface DraftOptions {
  readonly document: TemplateDocument;
  readonly scope: TemplateScope;
  readonly region: string;
  readonly templateFile: string;
}

/** The application while it is being read. */
class Draft {
  readonly #document: TemplateDocument;
  readonly #scope: TemplateScope;
  readonly #region: string;
  readonly #folder: string;
  readonly #isBuilt: boolean;
  readonly #functions: FunctionModel[] = [];
  readonly #stateMachines: StateMachineModel[] = [];
  readonly #buckets: BucketModel[] = [];
  readonly #tables: TableModel[] = [];
  readonly #topics: TopicModel[] = [];
  readonly #subscriptions: { readonly topicArn: string; readonly context: ResourceContext }[] = [];
  readonly #ssmParameters: SsmParameterModel[] = [];
  readonly #queues: QueueModel[] = [];
  readonly #rules: RuleModel[] = [];
  readonly #runners: ResourceContext[] = [];
  readonly #iamRoles: ResourceContext[] = [];
  readonly #iamPolicies: ResourceContext[] = [];
  readonly #apiContexts: ResourceContext[] = [];
  readonly #apiEvents: ApiEvent[] = [];

  constructor({ document, scope, region, templateFile }: DraftOptions) {
    this.#document = document;
    this.#scope = scope;
    this.#region = region;
    this.#folder = dirname(templateFile);
    this.#isBuilt = templateFile.endsWith(`${sep}.aws-sam${sep}build${sep}template.yaml`);
  }

  /** Adds one resource, unless its condition leaves it out or its type is ignored knowingly. */
  add(logicalId: string): void {
    const resource = this.#document.resources[logicalId];
    if (!resource) return;
    const type = resourceType(logicalId, resource);
    if (type.ignoredBecause !== undefined || !this.#scope.exists(logicalId)) return;
    const read = this.#readers[resource.type];
    if (!read) throw new TemplateError(`Resources.${logicalId}`, `"${resource.type}" has no reader`);
    read(this.#context(logicalId));
  }

  #context(logicalId: string): ResourceContext {
    const resource = this.#document.resources[logicalId] ?? {
      type: 'AWS::Serverless::Api',
      properties: { StageName: implicitApi.stageName },
      metadata: {},
    };
    const identity = this.#scope.identity(logicalId);
    const where = `Resources.${logicalId}.Properties`;
    const resolved = resolve(resource.properties, this.#scope, where) as JsonObject;
    return {
      identity,
      properties: properties(resolved, where),
      metadata: resource.metadata,
      arn: resourceTypes[resource.type]?.attributes.Arn?.(identity) ?? this.#scope.physicalId(logicalId),
      folder: this.#folder,
      isBuilt: this.#isBuilt,
    };
  }

  readonly #readers: Readonly<Record<string, (context: ResourceContext) => void>> = {
    'AWS::Serverless::Function': (context) => {
      const model = readFunction(context);
      this.#functions.push(model);
      this.#runners.push(context);
      const target = model.alias === undefined ? model.arn : `${model.arn}:${model.alias}`;
      this.#readEvents(context, target);
    },
    'AWS::Serverless::StateMachine': (context) => {
      const model = readStateMachine(context);
      this.#stateMachines.push(model);
      this.#runners.push(context);
      const usesAlias = context.properties.flag('UseAliasAsEventTarget') ?? false;
      this.#readEvents(context, (usesAlias ? model.aliasArn : undefined) ?? model.arn);
    },
    'AWS::Serverless::Api': (context) => void this.#apiContexts.push(context),
    'AWS::Serverless::SimpleTable': (context) => void this.#tables.push(readSimpleTable(context)),
    'AWS::DynamoDB::Table': (context) => void this.#tables.push(readTable(context)),
    'AWS::S3::Bucket': (context) => void this.#buckets.push(readBucket(context)),
    'AWS::SNS::Topic': (context) => void this.#topics.push(readTopic(context)),
    'AWS::SNS::Subscription': (context) =>
      void this.#subscriptions.push({ topicArn: context.properties.requiredText('TopicArn'), context }),
    'AWS::SQS::Queue': (context) => void this.#queues.push(readQueue(context)),
    'AWS::SSM::Parameter': (context) => void this.#ssmParameters.push(readSsmParameter(context)),
    'AWS::Events::Rule': (context) => void this.#rules.push(readRule(context)),
    'AWS::IAM::Role': (context) => void this.#iamRoles.push(context),
    'AWS::IAM::Policy': (context) => void this.#iamPolicies.push(context),
    'AWS::IAM::ManagedPolicy': (context) => void this.#iamPolicies.push(context),
  };

  #readEvents(context: ResourceContext, targetArn: string): void {
    const { logicalId } = context.identity;
    const written = this.#document.resources[logicalId]?.properties.Events;
    for (const [name, event] of Object.entries(context.properties.object('Events').all)) {
      const where = `${context.properties.where}.Events.${name}`;
      const type = isObject(event) ? String(event.Type) : '';
      const read = this.#eventReaders[type];
      if (!read) throw new TemplateError(where, `the event type "${type}" is not played by the laptop cloud`);
      read({
        context,
        name,
        where,
        event,
        written: isObject(written) ? written[name] : undefined,
        targetArn,
      });
    }
  }

  readonly #eventReaders: Readonly<Record<string, (read: EventReading) => void>> = {
    Api: ({ where, event, written, targetArn }) =>
      void this.#apiEvents.push(readApiEvent(where, event, written, targetArn)),
    EventBridgeRule: (reading) => this.#readRuleEvent(reading),
    CloudWatchEvent: (reading) => this.#readRuleEvent(reading),
    Schedule: (reading) => this.#readRuleEvent(reading),
  };

  #readRuleEvent({ context, name, event, targetArn }: EventReading): void {
    const source = readEventRule(context, name, event, targetArn);
    this.#rules.push(source.rule);
    if (source.queue) this.#queues.push(source.queue);
  }

  finish(): Omit<Application, 'stackName' | 'stackId' | 'region' | 'parameters' | 'outputs' | 'description'> {
    const added = [...this.#rules, ...this.#queues].filter(
      (item) => !this.#document.resources[item.logicalId],
    );
    return {
      functions: this.#functions,
      stateMachines: this.#stateMachines,
      buckets: this.#buckets,
      tables: this.#tables,
      topics: this.#topics.map((topic) => this.#withSubscriptions(topic)),
      ssmParameters: this.#ssmParameters,
      queues: this.#queues,
      rules: this.#rules,
      apis: this.#apis(),
      roles: this.#roles(),
      resources: [
        ...Object.entries(this.#document.resources)
          .filter(([logicalId]) => this.#scope.exists(logicalId))
          .map(([logicalId, { type }]) => ({
            logicalId,
            physicalId: this.#scope.physicalId(logicalId),
            type: deployedTypes[type] ?? type,
          })),
        ...added.map((item) => ({
          logicalId: item.logicalId,
          physicalId: 'url' in item ? item.url : item.name,
          type: 'url' in item ? 'AWS::SQS::Queue' : 'AWS::Events::Rule',
        })),
      ],
    };
  }

  #roles(): readonly RoleModel[] {
    const iam = { roles: this.#iamRoles, policies: this.#iamPolicies };
    const arnOf = (service: string, resource: string) =>
      `arn:${partition}:${service}:${this.#region}:${accountId}:${resource}`;
    return readRoles(this.#runners, iam, arnOf);
  }

  #withSubscriptions(topic: TopicModel): TopicModel {
    const own = this.#subscriptions.filter(({ topicArn }) => topicArn === topic.arn);
    const read = own.map(({ context }) => readSubscription(context.properties));
    return { ...topic, subscriptions: [...topic.subscriptions, ...read] };
  }

  #apis(): readonly RestApiModel[] {
    const usesImplicit = this.#apiEvents.some((event) => event.apiLogicalId === implicitApi.logicalId);
    const contexts = usesImplicit
      ? [...this.#apiContexts, this.#context(implicitApi.logicalId)]
      : this.#apiContexts;
    return contexts.map((context) => {
      const { logicalId, name } = context.identity;
      const routes: RouteModel[] = this.#apiEvents
        .filter(({ apiLogicalId }) => apiLogicalId === logicalId || apiLogicalId === name)
        .map(({ route }) => route);
      return readRestApi(context, routes);
    });
  }
}

interface EventReading {
  readonly context: ResourceContext;
  readonly name: string;
  readonly where: string;
  readonly event: Json;
  readonly written: Json | undefined;
  readonly targetArn: string;
}

/** What CloudFormation lists for a resource that SAM transforms. */
const deployedTypes: Readonly<Record<string, string>> = {
  'AWS::Serverless::Function': 'AWS::Lambda::Function',
  'AWS::Serverless::StateMachine': 'AWS::StepFunctions::StateMachine',
  'AWS::Serverless::Api': 'AWS::ApiGateway::RestApi',
  'AWS::Serverless::SimpleTable': 'AWS::DynamoDB::Table',
};

function readOutputs(document: TemplateDocument, scope: TemplateScope): readonly StackOutput[] {
  return Object.entries(document.outputs).flatMap(([key, declaration]) => {
    const where = `Outputs.${key}`;
    if (!isObject(declaration)) throw new TemplateError(where, 'is not an object');
    const { Condition, Value, Description, Export } = declaration;
    if (typeof Condition === 'string' && !scope.condition(Condition, where)) return [];
    const value = resolve(Value ?? null, scope, where);
    if (value === noValue || value === null || typeof value === 'object') {
      throw new TemplateError(where, 'its "Value" is not a string');
    }
    const exported = isObject(Export) ? resolve(Export.Name ?? '', scope, where) : undefined;
    return [
      {
        key,
        value: String(value),
        ...(typeof Description === 'string' ? { description: Description } : {}),
        ...(typeof exported === 'string' ? { exportName: exported } : {}),
      },
    ];
  });
}
