import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environmentName, environmentSchema, type Pipeline, pipelineSchema } from '#domain/pipeline.ts';
import {
  parsePipelineIndex,
  pipelineFromParameters,
  pipelineParameters,
} from '#domain/pipeline-parameters.ts';

const pipelineOf = (environments: readonly object[]): Pipeline =>
  pipelineSchema.parse({ apiVersion: 'tidegate.dev/v1', kind: 'Pipeline', application: 'web', environments });
const environment = (name: string, more: object = {}) => ({
  name,
  cluster: { name: 'c' },
  namespace: `web-${name}`,
  ...more,
});
const pipeline = pipelineOf([
  environment('staging'),
  environment('production', { approval: { approvers: ['a@example.com'] } }),
]);

const reverse = (parameters: ReturnType<typeof pipelineParameters>): Pipeline => {
  const list = parameters.at(-1);
  if (list === undefined) throw new Error('no parameters');
  return pipelineFromParameters('/tidegate', parsePipelineIndex(list, 'web'), parameters);
};

describe('the parameters of a pipeline', () => {
  it('are one per environment, then the list of them', () => {
    const parameters = pipelineParameters('/tidegate/', pipeline);
    expect(parameters.map(({ name }) => name)).toEqual([
      '/tidegate/web/environments/staging',
      '/tidegate/web/environments/production',
      '/tidegate/web/pipeline',
    ]);
    expect(JSON.parse(parameters.at(-1)?.value ?? '')).toEqual({
      apiVersion: 'tidegate.dev/v1',
      kind: 'Pipeline',
      application: 'web',
      environments: ['staging', 'production'],
    });
    expect(environmentSchema.parse(JSON.parse(parameters[0]?.value ?? ''))).toEqual(pipeline.environments[0]);
  });

  it('make the same pipeline again', () => {
    const name = fc
      .stringMatching(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/)
      .filter((text) => environmentName.safeParse(text).success);
    const environments = fc.uniqueArray(name, { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(environments, fc.integer({ min: 10, max: 86_400 }), (names, deadlineSeconds) => {
        const one = pipelineOf(names.map((each) => environment(each, { deadlineSeconds })));
        expect(reverse(pipelineParameters('/tidegate', one))).toEqual(one);
      }),
      { numRuns: 50 },
    );
  });

  it('are refused above 8 KB', () => {
    const approvers = Array.from(
      { length: 50 },
      (_, index) => `${'x'.repeat(60)}@${'y'.repeat(60)}.${'z'.repeat(60)}${index}.example.com`,
    );
    const large = pipelineOf([environment('staging', { approval: { approvers } })]);
    expect(() => pipelineParameters('/tidegate', large)).toThrow(
      /parameter "\/tidegate\/web\/environments\/staging" would hold \d+ bytes, and a parameter at most 8192; list fewer approvers/,
    );
  });
});

describe('parameters are refused', () => {
  const parameters = pipelineParameters('/tidegate', pipeline);
  const changed = (index: number, change: (value: string) => string) =>
    parameters.map((parameter, at) =>
      at === index ? { ...parameter, value: change(parameter.value) } : parameter,
    );

  it('when one is missing, naming it and the environment', () => {
    expect(() => reverse(parameters.slice(1))).toThrow(
      'pipeline "/tidegate/web/pipeline" names environment "staging", but parameter "/tidegate/web/environments/staging" does not exist',
    );
  });

  it('when one was changed by hand into what is not applied', () => {
    expect(() => reverse(changed(1, (value) => value.replace('"quorum":1', '"quorum":2')))).toThrow(
      '/tidegate/web/environments/production#/approval/quorum: `approval.quorum`: 2 is not applied',
    );
  });

  it('when one is no JSON', () => {
    expect(() => reverse(changed(0, () => '{"name": '))).toThrow(
      'pipeline "/tidegate/web/environments/staging": /tidegate/web/environments/staging: is no JSON: ',
    );
  });

  it('when one is for another environment', () => {
    expect(() => reverse(changed(0, (value) => value.replace('"staging"', '"other"')))).toThrow(
      'is for environment "other", not "staging"',
    );
  });

  it('when the list is of another application', () => {
    expect(() => reverse(changed(2, (value) => value.replace('"web"', '"shop"')))).toThrow(
      'is "shop", not "web"',
    );
  });
});
