import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKubeConfigCluster } from '#adapters/kubernetes/eks-clusters.ts';
import { applySetId } from '#domain/applyset.ts';
import { version } from '#domain/version.ts';
import {
  application,
  configMap,
  createDeploymentHarness,
  type DeploymentHarness,
  namespace,
} from '../../unit/tasks/deployment-harness.ts';
import { systemClock } from './system-clock.ts';

const program = process.env.KUBECTL ?? 'kubectl';
const isThere = (() => {
  try {
    execFileSync(program, ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log(`skipped: no program "${program}" on the path (KUBECTL names another)`);
    return false;
  }
})();

/** A cluster with the namespace of the harness in it. */
export interface ApplySetCluster {
  /** A kubeconfig's text, as administrator. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

/** What kubectl makes of what Tidegate keeps. */
export function describeApplySet(name: string, start: () => Promise<ApplySetCluster>): void {
  describe.skipIf(!isThere)(
    `an ApplySet of Tidegate on ${name}, as kubectl reads it (KUBERNETES.md P1)`,
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'applyset-'));
      const kubeconfig = join(folder, 'kubeconfig');
      const run = promisify(execFile);
      const kubectl = async (args: readonly string[], settings: NodeJS.ProcessEnv = {}): Promise<string> => {
        const env = { ...process.env, ...settings, KUBECONFIG: kubeconfig, HOME: folder };
        const answer = await run(program, ['-n', namespace, ...args], { env }).catch(
          (error: { readonly stdout: string; readonly stderr: string }) => error,
        );
        return answer.stdout + answer.stderr;
      };
      const labelled = `applyset.kubernetes.io/part-of=${applySetId({ application, namespace })}`;
      const members = async () =>
        (await kubectl(['get', 'configmaps', '-l', labelled, '-o', 'name'])).trim().split('\n').toSorted();
      const parent = async (kind = 'configmap') =>
        JSON.parse(
          await kubectl(['get', kind, `tidegate-${application}`, '-o', 'json', '--show-managed-fields']),
        );

      let started: ApplySetCluster;
      let harness: DeploymentHarness;
      beforeAll(async () => {
        started = await start();
        writeFileSync(kubeconfig, started.kubeconfig);
        const config = new KubeConfig();
        config.loadFromString(started.kubeconfig);
        const cluster = createKubeConfigCluster(config, systemClock);
        await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, 'write');
        harness = await createDeploymentHarness({ cluster, clock: systemClock, stabilityWindowSeconds: 0 });
        const secret = {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'token', namespace },
          stringData: { a: 'b' },
        };
        await harness.promote(
          await harness.receive([configMap('one', { a: '1' }), configMap('two', {}), secret]),
        );
      });
      afterAll(async () => {
        await started?.stop();
        rmSync(folder, { recursive: true });
      });

      it('lists the members, and nothing else', async () => {
        expect(await members()).toEqual(['configmap/one', 'configmap/two']);
      });

      it('is a parent by its label and annotations, under a manager of its own', async () => {
        expect((await parent()).metadata).toMatchObject({
          labels: { 'applyset.kubernetes.io/id': applySetId({ application, namespace }) },
          annotations: {
            'applyset.kubernetes.io/tooling': `tidegate/${version}`,
            'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap,Secret',
            'applyset.kubernetes.io/additional-namespaces': '',
            'tidegate.dev/fence': '1',
          },
          managedFields: expect.arrayContaining([expect.objectContaining({ manager: 'tidegate-applyset' })]),
        });
      });

      it('is another tool’s to kubectl, which reads id and tooling and keeps its hands off', async () => {
        const file = join(folder, 'three.yaml');
        writeFileSync(file, 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: three }\n');
        const apply = ['apply', '-f', file, '--prune', `--applyset=configmaps/tidegate-${application}`];
        expect(await kubectl(apply, { KUBECTL_APPLYSET: 'true' })).toContain(
          'is managed by tooling "tidegate" instead of "kubectl"',
        );
      });

      it('has exactly the kinds that are left once what went is pruned', async () => {
        await harness.promote(await harness.receive([configMap('one', { a: '1' })]));
        expect(await members()).toEqual(['configmap/one']);
        expect((await parent()).metadata.annotations).toMatchObject({
          'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap',
          'tidegate.dev/fence': '2',
        });
      });

      it('leaves the Lease free behind it', async () => {
        expect((await parent('lease')).spec).toMatchObject({ leaseDurationSeconds: 1, leaseTransitions: 1 });
      });
    },
  );
}
