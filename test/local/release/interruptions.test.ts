import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BundleReference } from '#domain/reference.ts';
import type { StartReleaseInput, StartReleaseResult } from '#tasks/start-release.ts';
import { decide, fillForm, openPage, type PersonDecision } from '../../../cli/approve/decide.ts';
import { readForms } from '../../../cli/approve/form.ts';
import { bundleOf, configMap, deployment, image, namespaceOf, pipelineOf } from './applications.ts';
import { configMapPath, deploymentPath } from './cluster-client.ts';
import { eventually, patienceMilliseconds } from './eventually.ts';
import { hasEnded, type ReleaseCloud, startReleaseCloud } from './release-cloud.ts';
import { canSeeSandboxes, type Exchange, onExchanges } from './sandboxes.ts';

const approver = 'ana@example.com';
let cloud: ReleaseCloud;

beforeAll(async () => {
  cloud = await startReleaseCloud(['StartRelease', 'ShowRelease']);
}, patienceMilliseconds);
afterAll(async () => {
  await cloud?.stop();
});

const eventOf = ({ bucket, key, versionId }: BundleReference): StartReleaseInput => ({
  time: `${new Date().toISOString().slice(0, 19)}Z`,
  detail: { bucket: { name: bucket }, object: { key, size: 1000, 'version-id': versionId } },
});
const deliver = (bundle: BundleReference) =>
  cloud.invoke<StartReleaseResult>('StartRelease', eventOf(bundle));
const ten = Array.from({ length: 10 });

async function releasesOf(application: string): Promise<readonly string[]> {
  const { executions = [] } = await cloud.clients.sfn.send(
    new ListExecutionsCommand({ stateMachineArn: cloud.target.stack.ReleaseStateMachineArn }),
  );
  return executions.flatMap(({ name }) => (name?.startsWith(`${application}-`) ? [name] : []));
}

async function deleteVersion({ bucket, key, versionId }: BundleReference): Promise<void> {
  await cloud.clients.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
}

const goneMessage = ({ bucket, key, versionId }: BundleReference): string =>
  `bundle "${key}" is gone: version "${versionId}" was deleted from bucket "${bucket}"; upload it again`;

/** Waits for the first exchange that is meant and stops its sandbox there; answers how to let it go on. */
function freezeAt(isMeant: (exchange: Exchange) => boolean): Promise<() => void> {
  return new Promise((resolve) => {
    const stop = onExchanges(cloud, (exchange) => {
      if (!isMeant(exchange)) return;
      const { pid } = exchange.sandbox;
      process.kill(pid, 'SIGSTOP');
      stop();
      resolve(() => process.kill(pid, 'SIGCONT'));
    });
  });
}

describe('one event', () => {
  it(
    'delivered ten times at once, and ten times again, is one release and no further write',
    async () => {
      const pipeline = pipelineOf('again', [{ name: 'production' }]);
      await cloud.putPipeline(pipeline);
      const bundle = await cloud.upload(
        'again',
        await bundleOf(pipeline, { settings: configMap('settings') }),
      );
      const answers = await Promise.all(ten.map(() => deliver(bundle)));
      const { release } = await cloud.follow(bundle, hasEnded);
      expect(release).toMatchObject({ release: 1, outcome: 'succeeded' });
      const started = {
        kind: 'started',
        application: 'again',
        release: 1,
        executionArn: release.executionArn,
      };
      expect(answers).toEqual(ten.map(() => started));

      const before = await cloud.ledger();
      const writes: string[] = [];
      const stop = onExchanges(cloud, ({ sandbox, service, operation }) => {
        if (service === 'dynamodb' && !/^(GetItem|Query)$/.test(operation))
          writes.push(`${sandbox.task} ${operation}`);
      });
      expect(await Promise.all(ten.map(() => deliver(bundle)))).toEqual(ten.map(() => started));
      stop();
      expect(await cloud.ledger()).toEqual(before);
      expect(writes).toEqual([]);
      expect(await releasesOf('again')).toEqual(['again-1']);
    },
    patienceMilliseconds,
  );
});

describe.runIf(canSeeSandboxes)('a sandbox that is held up', () => {
  it(
    'finds an object version gone that was deleted before its event was taken, and applies nothing',
    async () => {
      const pipeline = pipelineOf('gone', [{ name: 'production' }]);
      await cloud.putPipeline(pipeline);
      const held = freezeAt(
        ({ sandbox, service }) => sandbox.task === 'StartRelease' && service === 'dynamodb',
      );
      const bundle = await cloud.upload(
        'gone',
        await bundleOf(pipeline, { settings: configMap('settings') }),
      );
      const goOn = await held;
      await deleteVersion(bundle);
      goOn();
      const { release, promotions } = await cloud.follow(bundle, hasEnded);
      expect(release).toMatchObject({
        release: 1,
        outcome: 'failed-nothing-applied',
        failure: { name: 'BundleInvalidError', message: goneMessage(bundle) },
      });
      expect(release.contents).toBeUndefined();
      expect(promotions).toEqual([]);
      // Its event once more is the same release, and starts no other.
      expect(await deliver(bundle)).toMatchObject({ kind: 'started', executionArn: release.executionArn });
      expect(await releasesOf('gone')).toEqual(['gone-1']);
    },
    patienceMilliseconds,
  );

  it(
    'finds an object version gone that was deleted before it was read',
    async () => {
      const pipeline = pipelineOf('vanished', [{ name: 'production' }]);
      await cloud.putPipeline(pipeline);
      const held = freezeAt(
        ({ sandbox, operation, path }) =>
          sandbox.task === 'ValidateBundle' && operation === 'HEAD' && path.includes('/vanished/x.zip'),
      );
      const bundle = await cloud.upload(
        'vanished',
        await bundleOf(pipeline, { settings: configMap('settings') }),
      );
      const goOn = await held;
      await deleteVersion(bundle);
      goOn();
      const { release, promotions } = await cloud.follow(bundle, hasEnded);
      expect(release).toMatchObject({
        outcome: 'failed-nothing-applied',
        failure: { name: 'BundleInvalidError' },
      });
      expect(release.failure?.message).toBe(goneMessage(bundle));
      expect(promotions).toEqual([]);
    },
    patienceMilliseconds,
  );

  it(
    'gives an upload whose event comes late its number, and ends it superseded at once',
    async () => {
      const pipeline = pipelineOf('late', [{ name: 'production' }]);
      await cloud.putPipeline(pipeline);
      const zip = (value: string) => bundleOf(pipeline, { settings: configMap('settings', { value }) });
      const held = freezeAt(({ sandbox, service }) => sandbox.task === 'StartRelease' && service === 'ssm');
      const older = await cloud.upload('late', await zip('older'));
      const goOn = await held;
      // S3 tells the time of an upload to the second.
      const second = Math.floor(Date.now() / 1000);
      await eventually(
        'the next second',
        async () => Math.floor(Date.now() / 1000),
        (now) => now > second,
      );
      const newer = await cloud.upload('late', await zip('newer'));
      const first = await cloud.follow(newer, hasEnded);
      goOn();
      const { release, promotions } = await cloud.follow(older, hasEnded);
      expect(first.release).toMatchObject({ release: 1, outcome: 'succeeded' });
      expect(release).toMatchObject({ release: 2, outcome: 'superseded', supersededBy: 1 });
      expect(release.executionArn).toBeUndefined();
      expect(promotions).toEqual([]);
      expect(await releasesOf('late')).toEqual(['late-1']);
      const live = await cloud.cluster.read(configMapPath(namespaceOf('late', 'production'), 'settings'));
      expect(live.data.value).toBe('newer');
    },
    patienceMilliseconds,
  );
});

/**
 * Where each function is killed: just after something that it asked for has happened, and before it knows. CloseApproval
 * is missing: it runs an hour after these tests.
 */
const deaths: Readonly<Record<string, RegExp>> = {
  StartRelease: /^dynamodb TransactWriteItems/,
  ValidateBundle: /^s3 PUT/,
  VerifyImages: /^s3 PUT/,
  OpenPromotion: /^dynamodb TransactWriteItems/,
  PlanPromotion: /^s3 PUT/,
  AwaitApproval: /^dynamodb TransactWriteItems/,
  DecideApproval: /^dynamodb UpdateItem/,
  AcquireTarget: /^dynamodb TransactWriteItems/,
  ConfirmPlan: /^kubernetes PATCH/,
  Advance: /^kubernetes PATCH .*\/configmaps\/settings/,
  Observe: /^dynamodb UpdateItem/,
  VerifyRollout: /^s3 PUT/,
  PlanRollback: /^s3 PUT/,
  RecordPromotion: /^dynamodb TransactWriteItems/,
  ReleaseTarget: /^dynamodb DeleteItem/,
  RecordOutcome: /^dynamodb UpdateItem/,
};

/** Kills each function once; answers which have died, and how to stop. */
function killEachOnce(): { readonly dead: ReadonlySet<string>; readonly stop: () => void } {
  const dead = new Set<string>();
  const stop = onExchanges(cloud, ({ sandbox: { task, pid }, service, operation, path }) => {
    if (dead.has(task) || !deaths[task]?.test(`${service} ${operation} ${path}`)) return;
    dead.add(task);
    process.kill(pid, 'SIGKILL');
  });
  return { dead, stop };
}

/** Opens the page and fills its form; answers what sends it, as often as it is called. */
async function filledForm(decision: PersonDecision): Promise<() => Promise<Response>> {
  const [form] = readForms((await openPage(decision.link)).html);
  const body = form && fillForm(form, decision);
  const url = new URL(form?.action ?? '', decision.link);
  const headers = { origin: url.origin, 'sec-fetch-site': 'same-origin' };
  return () => fetch(url, { method: 'POST', redirect: 'manual', headers, body: body ?? null });
}

describe.runIf(canSeeSandboxes)('functions that are killed in mid-task', () => {
  it(
    'are taken up again: the releases end right, and nothing is applied twice',
    async () => {
      const pipeline = pipelineOf('killed', [
        { name: 'production', approvers: [approver], stabilityWindowSeconds: 1 },
      ]);
      await cloud.putPipeline(pipeline);
      const zip = (value: string, word: string) =>
        bundleOf(pipeline, {
          settings: configMap('settings', { value }),
          web: deployment('web', image(word)),
        });
      const settings = configMapPath(namespaceOf('killed', 'production'), 'settings');
      const web = deploymentPath(namespaceOf('killed', 'production'), 'web');
      const asked = { application: 'killed', release: 1, environment: 'production' };
      const { dead, stop } = killEachOnce();

      const first = await cloud.upload('killed', await zip('1', 'web'));
      const { link, code } = await cloud.invitation(asked);
      const send = await filledForm({ verdict: 'approved', comment: '', link, code });
      expect((await send()).status).toBe(502);
      // The decision is recorded, but nobody was woken: the person's reload of the page sends the form again.
      expect((await send()).status).toBe(303);
      const created = await eventually(
        'settings',
        () => cloud.cluster.read(settings),
        (live) => live !== undefined,
      );
      const good = await cloud.follow(first, hasEnded);
      expect(good.release).toMatchObject({ release: 1, outcome: 'succeeded' });
      expect(good.promotions.map(({ promotion }) => promotion.attempt)).toEqual([1]);
      expect(good.promotions[0]?.requests.map(({ status, round }) => ({ status, round }))).toEqual([
        { status: 'approved', round: 1 },
      ]);
      expect(await cloud.cluster.read(settings)).toMatchObject({
        metadata: { resourceVersion: created.metadata.resourceVersion },
      });
      expect((await cloud.cluster.read(web)).metadata.generation).toBe(1);

      const second = await cloud.upload('killed', await zip('2', 'crash'));
      const again = await cloud.invitation({ ...asked, release: 2 });
      await decide({ verdict: 'approved', comment: '', link: again.link, code: again.code });
      const failed = await cloud.follow(second, hasEnded);
      stop();
      expect(failed.release).toMatchObject({ release: 2, outcome: 'failed-rolled-back' });
      expect(failed.promotions.map(({ promotion }) => promotion.attempt)).toEqual([1]);
      expect((await cloud.cluster.read(settings)).data).toEqual({ value: '1' });
      // The new image, and the old one again.
      expect((await cloud.cluster.read(web)).metadata.generation).toBe(3);
      expect((await openPage(again.link)).text).toContain('failed, rolled back');
      expect([...dead].sort()).toEqual(Object.keys(deaths).sort());
    },
    patienceMilliseconds,
  );
});
