import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BundleInvalidError, ConfigurationError } from '#domain/errors.ts';
import { taskHandler } from '#runtime/handler.ts';

const context = {
  functionName: 'plan-promotion',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:plan-promotion',
  memoryLimitInMB: '512',
  awsRequestId: 'c0ffee00-0000-4000-8000-000000000000',
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => 30_000,
} as unknown as Context;

/** What a handler writes to its standard streams, where Lambda collects logs and metrics. */
const lines: Record<string, unknown>[] = [];
const writes = { log: console.log, info: console.info, warn: console.warn, error: console.error };

describe('the handler stack', () => {
  const record = (text: string) => void lines.push(JSON.parse(text));
  beforeEach(() => {
    // Through the global console, so that the test reads it; metrics would be off in this mode.
    process.env.POWERTOOLS_DEV = 'true';
    process.env.POWERTOOLS_METRICS_DISABLED = 'false';
    process.env.POWERTOOLS_SERVICE_NAME = 'tidegate';
    process.env.POWERTOOLS_METRICS_NAMESPACE = 'Tidegate';
    lines.splice(0);
    Object.assign(console, { log: record, info: record, warn: record, error: record });
  });
  afterEach(() => void Object.assign(console, writes));

  const input = {
    application: 'hello',
    release: 7,
    environment: 'production',
    attempt: 1,
    taskToken: 'TOKEN-SECRET',
  };
  const fails = (error: unknown) =>
    taskHandler('PlanPromotion', async (_: typeof input) => {
      throw error;
    })(input, context);

  it('answers what the task answers', async () => {
    const handler = taskHandler('PlanPromotion', async ({ release }: typeof input) => ({ release }));
    expect(await handler(input, context)).toEqual({ release: 7 });
  });

  it('passes errors on by the name that the state machine matches', async () => {
    await expect(fails(new BundleInvalidError('bundle: no tidegate.yaml'))).rejects.toMatchObject({
      name: 'BundleInvalidError',
    });
  });

  it('logs an error with its task, its release, its class and its facts', async () => {
    await fails(new BundleInvalidError('bundle: no tidegate.yaml', { entry: 'tidegate.yaml' })).catch(
      () => undefined,
    );
    expect(lines.find(({ level }) => level === 'ERROR')).toMatchObject({
      task: 'PlanPromotion',
      application: 'hello',
      release: 7,
      environment: 'production',
      message: 'bundle: no tidegate.yaml',
      errorName: 'BundleInvalidError',
      errorClass: 'user',
      facts: { entry: 'tidegate.yaml' },
    });
  });

  it('logs a defect with its stack', async () => {
    await fails(new TypeError('x is not a function')).catch(() => undefined);
    expect(lines.find(({ level }) => level === 'ERROR')).toMatchObject({
      errorClass: 'defect',
      stack: expect.stringContaining('TypeError'),
    });
  });

  it('counts errors by class, as an embedded metric', async () => {
    await fails(new BundleInvalidError('bundle: no tidegate.yaml')).catch(() => undefined);
    expect(lines.find((line) => 'TaskErrors' in line)).toMatchObject({
      TaskErrors: 1,
      errorClass: 'user',
      task: 'PlanPromotion',
    });
  });

  it.each([
    ['a defect', new TypeError('x is not a function'), 1],
    ['a wrong set-up', new ConfigurationError('cluster: access denied'), 1],
    ['a mistake in a bundle', new BundleInvalidError('bundle: no tidegate.yaml'), undefined],
  ])('raises the operators alarm, or not, for %s', async (_, error, expected) => {
    await fails(error).catch(() => undefined);
    const flushed = lines.find((line) => 'TaskRuns' in line);
    expect(flushed).toMatchObject({ task: 'PlanPromotion', service: 'tidegate', TaskRuns: 1 });
    expect(flushed?.OperatorErrors).toBe(expected);
    expect(flushed).not.toHaveProperty('errorClass');
  });

  it('never writes the event: it may hold a task token', async () => {
    await fails(new TypeError('boom')).catch(() => undefined);
    expect(lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(lines)).not.toContain('TOKEN-SECRET');
  });
});
