import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPipelineStore } from '#adapters/aws/pipeline-store.ts';
import { createMemoryPipelineStore } from '#adapters/memory/pipeline-store.ts';
import { type Pipeline, pipelineSchema } from '#domain/pipeline.ts';
import { pipelineParameters } from '#domain/pipeline-parameters.ts';
import type { PipelineStore } from '#ports/pipeline-store.ts';
import { loopbackSsm } from './loopback.ts';

const prefix = '/tidegate';

interface Backend {
  readonly store: PipelineStore;
  put(name: string, value: string): Promise<void>;
  close(): Promise<void>;
}

async function memory(): Promise<Backend> {
  const store = createMemoryPipelineStore({ prefix });
  return { store, put: async (name, value) => store.putParameter(name, value), close: async () => {} };
}

async function aws(): Promise<Backend> {
  const ssm = await loopbackSsm();
  return { store: createPipelineStore(ssm.client, { prefix }), put: ssm.put, close: ssm.close };
}

const pipelineOf = (application: string, names: readonly string[], deadlineSeconds = 600): Pipeline =>
  pipelineSchema.parse({
    apiVersion: 'tidegate.dev/v1',
    kind: 'Pipeline',
    application,
    environments: names.map((name) => ({
      name,
      cluster: { name: 'c' },
      namespace: `n-${name}`,
      deadlineSeconds,
    })),
  });

describe.each([
  ['memory', memory],
  ['Parameter Store', aws],
] as const)('a pipeline store in %s', (_, open) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(() => backend.close());

  const put = async (pipeline: Pipeline) => {
    for (const { name, value } of pipelineParameters(prefix, pipeline)) await backend.put(name, value);
  };

  it('knows no application that nobody put', async () => {
    expect(await backend.store.newest('nobody')).toBeUndefined();
  });

  it('answers the newest pipeline with the versions it was read from', async () => {
    const names = Array.from({ length: 10 }, (_each, index) => `e${index}`);
    const old = pipelineOf('web', names, 100);
    await put(old);
    const before = await backend.store.newest('web');
    expect(before?.pipeline).toEqual(old);
    expect(Object.keys(before?.pins ?? {})).toHaveLength(11);
    expect(new Set(Object.values(before?.pins ?? {}))).toEqual(new Set([1]));
    const changed = pipelineOf('web', ['e1', 'e0'], 200);
    await put(changed);
    expect(await backend.store.newest('web')).toEqual({
      pipeline: changed,
      pins: {
        '/tidegate/web/pipeline': 2,
        '/tidegate/web/environments/e0': 2,
        '/tidegate/web/environments/e1': 2,
      },
    });
  });

  it('refuses a pipeline whose environment has no parameter, naming both', async () => {
    const index = pipelineParameters(prefix, pipelineOf('shop', ['staging'])).at(-1);
    await backend.put(index?.name ?? '', index?.value ?? '');
    await expect(backend.store.newest('shop')).rejects.toMatchObject({
      name: 'PipelineInvalidError',
      message: expect.stringMatching(
        /"\/tidegate\/shop\/pipeline" names environment "staging", but parameter "\/tidegate\/shop\/environments\/staging" does not exist/,
      ),
    });
  });

  it('refuses what is malformed, naming the parameter and the place', async () => {
    await backend.put('/tidegate/bad/pipeline', '{"kind": "Pipeline", "aplication": "bad"}');
    await expect(backend.store.newest('bad')).rejects.toMatchObject({
      name: 'PipelineInvalidError',
      message: expect.stringContaining(
        '/tidegate/bad/pipeline#/aplication: unknown field `aplication` (did you mean `application`?)',
      ),
    });
  });
});
