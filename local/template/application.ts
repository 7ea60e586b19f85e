import type { RoleModel } from '../iam/statement.ts';
import type { Json, JsonObject } from './document.ts';

/** How a function's code comes about. */
export type FunctionCode =
  /** SAM's esbuild builder; `properties` are its BuildProperties as written. */
  | { readonly kind: 'esbuild'; readonly folder: string; readonly properties: JsonObject }
  /** A folder used as it is. */
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'inline'; readonly text: string };

export interface FunctionModel {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly handler: string;
  readonly runtime: string;
  readonly code: FunctionCode;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly roleArn: string;
  /** Most invocations at a time; absent: only the account's limit. */
  readonly reservedConcurrency?: number;
  readonly alias?: string;
  readonly logFormat: 'Text' | 'JSON';
  readonly asynchronous: AsynchronousSettings;
}

/** What happens to Event invocations that fail. */
export interface AsynchronousSettings {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  readonly deadLetterArn?: string;
  readonly onFailureArn?: string;
  readonly onSuccessArn?: string;
}

export interface StateMachineModel {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  /** The ASL document, substitutions made. */
  readonly definition: JsonObject;
  readonly roleArn: string;
  readonly alias?: string;
  readonly aliasArn?: string;
}

export interface BucketModel {
  readonly logicalId: string;
  readonly name: string;
  readonly versioning: boolean;
  readonly eventBridge: boolean;
  readonly encryption?: string;
}

export interface TableModel {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** `AWS::DynamoDB::Table` properties, resolved, with `TableName`. */
  readonly properties: JsonObject;
}

export interface TopicModel {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly displayName?: string;
  readonly subscriptions: readonly SubscriptionModel[];
}

export interface SubscriptionModel {
  readonly protocol: string;
  readonly endpoint: string;
  readonly filterPolicy?: JsonObject;
}

export interface SsmParameterModel {
  readonly logicalId: string;
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

export interface QueueModel {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly url: string;
}

export interface RuleModel {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly description?: string;
  readonly trigger: RuleTrigger;
  readonly targets: readonly RuleTarget[];
}

export type RuleTrigger =
  | { readonly kind: 'pattern'; readonly pattern: JsonObject }
  | { readonly kind: 'schedule'; readonly expression: string };

export interface RuleTarget {
  readonly id: string;
  readonly arn: string;
  readonly input: TargetInput;
  readonly deadLetterArn?: string;
  readonly maximumRetryAttempts: number;
}

export type TargetInput =
  | { readonly kind: 'event' }
  | { readonly kind: 'constant'; readonly text: string }
  | { readonly kind: 'path'; readonly path: string }
  | {
      readonly kind: 'transformer';
      readonly paths: Readonly<Record<string, string>>;
      readonly template: string;
    };

export interface RestApiModel {
  readonly logicalId: string;
  readonly id: string;
  readonly name: string;
  readonly stageName: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly binaryMediaTypes: readonly string[];
  readonly routes: readonly RouteModel[];
  readonly throttling: readonly ThrottlingModel[];
}

export interface RouteModel {
  /** As in `/items/{id}` or `/{proxy+}`. */
  readonly path: string;
  /** Upper case; `ANY` for all. */
  readonly method: string;
  readonly functionArn: string;
}

export interface ThrottlingModel {
  /** `*` for all. */
  readonly path: string;
  readonly method: string;
  readonly ratePerSecond?: number;
  readonly burst?: number;
}

export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

/** A SAM application, resolved: everything the laptop cloud plays. */
export interface Application {
  readonly stackName: string;
  readonly stackId: string;
  readonly region: string;
  readonly description?: string;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly functions: readonly FunctionModel[];
  readonly stateMachines: readonly StateMachineModel[];
  readonly buckets: readonly BucketModel[];
  readonly tables: readonly TableModel[];
  readonly topics: readonly TopicModel[];
  readonly ssmParameters: readonly SsmParameterModel[];
  readonly queues: readonly QueueModel[];
  readonly rules: readonly RuleModel[];
  readonly apis: readonly RestApiModel[];
  /** What functions and state machines run as. */
  readonly roles: readonly RoleModel[];
  readonly resources: readonly StackResource[];
  readonly outputs: readonly StackOutput[];
}
