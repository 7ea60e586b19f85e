import { join, resolve } from 'node:path';
import { accountId, partition } from '../identity.ts';
import type { AsynchronousSettings, FunctionCode, FunctionModel } from './application.ts';
import type { ResourceContext } from './context.ts';
import { isObject } from './document.ts';
import type { Properties } from './properties.ts';
import { impliedRoleName } from './scope.ts';
import { TemplateError } from './template-error.ts';

/** Reads an `AWS::Serverless::Function`; its events are read apart. */
export function readFunction(context: ResourceContext): FunctionModel {
  const { identity, properties: p, arn } = context;
  p.refuse('ImageUri', 'Layers', 'FileSystemConfigs', 'SnapStart', 'DurableConfig');
  const runtime = p.requiredText('Runtime');
  if (!runtime.startsWith('nodejs')) {
    throw new TemplateError(
      `${p.where}.Runtime`,
      `"${runtime}" is not played: the laptop cloud runs Node.js functions`,
    );
  }
  const code = readCode(context);
  const reservedConcurrency = p.number('ReservedConcurrentExecutions');
  const alias = p.text('AutoPublishAlias');
  return {
    logicalId: identity.logicalId,
    name: identity.name,
    arn,
    handler: p.requiredText('Handler'),
    runtime,
    code,
    timeoutSeconds: p.number('Timeout') ?? 3,
    memoryMegabytes: p.number('MemorySize') ?? 128,
    environment: readEnvironment(p, code),
    roleArn: readRoleArn(context),
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
    ...(alias === undefined ? {} : { alias }),
    logFormat: p.object('LoggingConfig').text('LogFormat') === 'JSON' ? 'JSON' : 'Text',
    asynchronous: readAsynchronous(p),
  };
}

/** The role a function or state machine runs as: the one it names, or the one SAM adds. */
export function readRoleArn({ identity, properties: p }: ResourceContext): string {
  return p.text('Role') ?? `arn:${partition}:iam::${accountId}:role/${impliedRoleName(identity)}`;
}

function readCode({ properties: p, metadata, folder, isBuilt }: ResourceContext): FunctionCode {
  const inline = p.text('InlineCode');
  if (inline !== undefined) return { kind: 'inline', text: inline };
  const source = p.text('CodeUri') ?? '.';
  if (source.startsWith('s3://') || source.endsWith('.zip')) {
    throw new TemplateError(`${p.where}.CodeUri`, `"${source}" is not a folder`);
  }
  const code = resolve(join(folder, source));
  if (isBuilt || metadata.BuildMethod === undefined) return { kind: 'folder', folder: code };
  if (metadata.BuildMethod !== 'esbuild') {
    throw new TemplateError(p.where, `the build method "${String(metadata.BuildMethod)}" is not played`);
  }
  const written = metadata.BuildProperties;
  return { kind: 'esbuild', folder: code, properties: isObject(written) ? written : {} };
}

/** SAM turns source maps on at run time for a function that it builds with them. */
function readEnvironment(p: Properties, code: FunctionCode): Readonly<Record<string, string>> {
  const variables = p.object('Environment').object('Variables');
  const own = Object.keys(variables.all).map((key) => [key, variables.requiredText(key)] as const);
  const hasSourceMap = code.kind === 'esbuild' && String(code.properties.Sourcemap) === 'true';
  return { ...(hasSourceMap ? { NODE_OPTIONS: '--enable-source-maps' } : {}), ...Object.fromEntries(own) };
}

function readAsynchronous(p: Properties): AsynchronousSettings {
  const config = p.object('EventInvokeConfig');
  const destinations = config.object('DestinationConfig');
  const deadLetterArn = p.object('DeadLetterQueue').text('TargetArn');
  const onFailureArn = destinations.object('OnFailure').text('Destination');
  const onSuccessArn = destinations.object('OnSuccess').text('Destination');
  return {
    maximumRetryAttempts: config.number('MaximumRetryAttempts') ?? 2,
    maximumEventAgeSeconds: config.number('MaximumEventAgeInSeconds') ?? 21_600,
    ...(deadLetterArn === undefined ? {} : { deadLetterArn }),
    ...(onFailureArn === undefined ? {} : { onFailureArn }),
    ...(onSuccessArn === undefined ? {} : { onSuccessArn }),
  };
}
