import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { adviceText } from '#domain/advice-text.ts';
import { ConfigurationError } from '#domain/errors.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Plan } from '#domain/plan.ts';
import type { Cluster } from '#ports/cluster.ts';
import {
  configMap,
  createDeploymentHarness,
  type DeploymentHarness,
  deployment,
  image,
  namespace,
  shop,
} from './deployment-harness.ts';
import { plan } from './deployment-steps.ts';

let harness: DeploymentHarness;
beforeEach(async () => {
  harness = await createDeploymentHarness();
});

const value = 'hunter2-hunter2';
const secret: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace },
  data: { password: Buffer.from(value).toString('base64') },
};

/** A Deployment that reads a key of Secret `db`, and that a quota counts. */
function reader(key: string): KubernetesObject {
  const web = deployment('web', image('web'));
  const spec = {
    containers: [
      {
        name: 'main',
        image: image('web'),
        resources: { requests: { cpu: '1' } },
        env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key } } }],
      },
    ],
  };
  return {
    ...web,
    spec: { ...(web.spec as object), template: { metadata: { labels: { app: 'web' } }, spec } },
  };
}

const quota: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'limits', namespace },
  spec: { hard: { 'requests.cpu': '1' } },
};

async function planned(
  objects: readonly KubernetesObject[],
  cluster: Cluster = harness.memory,
): Promise<Plan> {
  const own = await createDeploymentHarness({ clock: harness.clock, cluster });
  return own.documents.get<Plan>((await plan(own, objects)).plan.document);
}
const texts = ({ advice = [] }: Plan) => advice.map(adviceText);

describe('what a plan tells beside its changes (D6)', () => {
  it('is nothing where everything is there', async () => {
    expect(await planned(shop(1))).toMatchObject({ advice: [], notes: [] });
  });

  it('names what is missing, and what has no room, before anything else', async () => {
    await harness.memory.applyAs('admin', quota);
    expect(texts(await planned([reader('password'), { ...configMap('a', {}) }]))).toEqual([
      `Deployment.apps ${namespace}/web: names Secret ${namespace}/db, which is neither in the release nor in the cluster; its pods will not start`,
      `ResourceQuota ${namespace}/limits: requests.cpu: Deployment.apps ${namespace}/web needs 2; the quota is 1, 0 is used, and 0 of it is given back; not all of it will start`,
    ]);
  });

  it('does not stop a plan, and does not change its digest (D5)', async () => {
    const without = await planned([reader('password')]);
    await harness.memory.applyAs('admin', secret);
    await harness.memory.applyAs('admin', quota);
    const having = await planned([reader('password')]);
    expect(having.digest).toBe(without.digest);
    expect(texts(having)).not.toEqual(texts(without));
  });

  it('knows keys of Secrets, and shows no value of any (D4)', async () => {
    await harness.memory.applyAs('admin', secret);
    const told = await planned([reader('PASSWORD')]);
    expect(texts(told)).toEqual([
      `Deployment.apps ${namespace}/web: names key 'PASSWORD' of Secret ${namespace}/db, which it does not have; there is 'password'; its pods will not start`,
    ]);
    expect(JSON.stringify(told)).not.toContain(value);
    expect(JSON.stringify(told)).not.toContain(Buffer.from(value).toString('base64'));
  });

  it('hides values that the cluster quotes in its warnings (D4)', async () => {
    const warns: Cluster = {
      ...harness.memory,
      apply: async (object, mode, options) => {
        const result = await harness.memory.apply(object, mode, options);
        return result.kind === 'applied' ? { ...result, warnings: [`unknown value "${value}"`] } : result;
      },
    };
    expect(texts(await planned([secret], warns))).toEqual([
      `Secret ${namespace}/db: unknown value "[redacted]"`,
    ]);
  });

  it('says what it may not read, and goes on', async () => {
    const forbidden = (kind: string) => {
      throw new ConfigurationError(`${kind} is forbidden`, {});
    };
    const narrow: Cluster = {
      ...harness.memory,
      read: async (address) =>
        address.kind === 'PersistentVolumeClaim' ? forbidden(address.kind) : harness.memory.read(address),
      list: async (request) =>
        request.kind === 'ResourceQuota' ? forbidden(request.kind) : harness.memory.list(request),
    };
    const web = deployment('web', image('web'));
    const pod = (web.spec as { template: { spec: object } }).template.spec;
    const mounting = {
      ...web,
      spec: {
        ...(web.spec as object),
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { ...pod, volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'files' } }] },
        },
      },
    };
    expect(texts(await planned([mounting, configMap('web-settings', {})], narrow))).toEqual([
      `ResourceQuota in namespace '${namespace}': not checked, the role may not read it; the head-room of the quota is not known`,
      `PersistentVolumeClaim files in namespace '${namespace}': not checked, the role may not read it; whether it is there is not known`,
    ]);
  });

  it('never lists Secrets, and asks for what many name once', async () => {
    const asked: string[] = [];
    const recorded: Cluster = {
      ...harness.memory,
      read: async (address) => {
        asked.push(`read ${address.kind} ${address.name}`);
        return harness.memory.read(address);
      },
      list: async (request) => {
        asked.push(`list ${request.kind}`);
        return harness.memory.list(request);
      },
    };
    const readers = ['a', 'b', 'c', 'd'].map((name) => {
      const each = reader('password');
      return { ...each, metadata: { name, namespace } };
    });
    await planned(readers, recorded);
    expect(asked.filter((text) => /Secret|Quota|LimitRange/.test(text)).sort()).toEqual([
      'list LimitRange',
      'list ResourceQuota',
      'read Secret db',
    ]);
  });

  it('is byte for byte the same, in whatever order the release has its objects', async () => {
    await harness.memory.applyAs('admin', quota);
    const objects = [reader('password'), deployment('other', 'shop/other:1'), configMap('a', { b: '1' })];
    const expected = JSON.stringify((await planned(objects)).advice);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(objects, { minLength: objects.length }), async (shuffled) => {
        expect(JSON.stringify((await planned(shuffled)).advice)).toBe(expected);
      }),
      { numRuns: 6 },
    );
  });

  it('asks for the version of the cluster only where an API ends, and for an old one names its successor', async () => {
    const old = {
      apiVersion: 'networking.k8s.io/v1beta1',
      kind: 'ServiceCIDR',
      metadata: { name: 'more' },
      spec: { cidrs: ['10.0.0.0/24'] },
    };
    expect(texts(await planned([old]))).toEqual([
      "ServiceCIDR.networking.k8s.io more: 'networking.k8s.io/v1beta1' is not served from Kubernetes 1.37 on (this cluster is 1.36); use 'networking.k8s.io/v1'",
    ]);
    const gone = {
      apiVersion: 'policy/v1beta1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'a', namespace },
    };
    const without: Cluster = {
      ...harness.memory,
      apply: async ({ apiVersion }) => ({ kind: 'kind-missing', apiVersion }),
      resourceOf: async () => ({ resource: 'poddisruptionbudgets', namespaced: true }),
    };
    await expect(planned([gone], without)).rejects.toThrow(
      "'policy/v1beta1' is not served since Kubernetes 1.25; use `policy/v1`",
    );
  });
});
