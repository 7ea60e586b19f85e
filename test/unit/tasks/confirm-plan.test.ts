import { beforeEach, describe, expect, it } from 'vitest';
import { applySetId, partOfLabel } from '#domain/applyset.ts';
import type { RequestId } from '#domain/approval.ts';
import { secondsAfter } from '#domain/instant.ts';
import { addressOf } from '#domain/kinds.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { PlanReference, PromotionInput } from '#domain/promotion.ts';
import type { RequestClosing } from '#ports/approval-ledger.ts';
import {
  configMap,
  createDeploymentHarness,
  type DeploymentHarness,
  environment,
  executionArn,
  namespace,
  service,
  shop,
} from './deployment-harness.ts';
import { failureOf, hold, plan, recordGood, target } from './deployment-steps.ts';

const approver = 'ann@example.com';
let harness: DeploymentHarness;
beforeEach(async () => {
  harness = await createDeploymentHarness({ approvers: [approver] });
});

const requestOf = ({ application, release, attempt }: PromotionInput, round = 1): RequestId => ({
  application,
  release,
  environment,
  attempt,
  round,
});

/** Plans and asks for the approval of it, or of the plan with another digest. */
async function asked(objects = shop(1), planDigest?: string) {
  const planned = await plan(harness, objects);
  const { promotion } = planned;
  const id = requestOf(promotion);
  const openedAt = harness.clock.now();
  await harness.approvals.open({
    ...id,
    planDigest: planDigest ?? planned.plan.digest,
    approvers: [approver],
    openedAt,
    expiresAt: secondsAfter(openedAt, 3600),
    taskToken: 'token',
  });
  return { promotion, plan: planned.plan, id, input: inputOf(promotion, planned.plan) };
}

const inputOf = (promotion: PromotionInput, reference: PlanReference, round = 1) => ({
  ...promotion,
  round,
  plan: reference,
  fence: 1,
});

async function decide(id: RequestId, verdict: 'approved' | 'rejected' = 'approved'): Promise<void> {
  const decision = { verdict, approver, comment: '', decidedAt: harness.clock.now() };
  await harness.approvals.decide(id, decision);
}

async function approved(objects = shop(1)) {
  const request = await asked(objects);
  await decide(request.id);
  return request;
}

describe('ConfirmPlan', () => {
  it('confirms what was approved, as often as it is asked', async () => {
    const { id, input } = await approved();
    const before = await harness.approvals.request(id);
    expect(await harness.tasks.confirmPlan(input)).toEqual({ confirmed: true });
    expect(await harness.tasks.confirmPlan(input)).toEqual({ confirmed: true });
    expect(await harness.approvals.request(id)).toEqual(before);
    expect(harness.memory.objects()).toEqual([]);
  });

  it('asks for no approval where the policy asks for none', async () => {
    harness = await createDeploymentHarness();
    const { promotion, plan: reference } = await plan(harness);
    expect(await harness.tasks.confirmPlan(inputOf(promotion, reference))).toEqual({ confirmed: true });
  });

  describe('of a plan without changes', () => {
    const planned = async (objects = shop(1)) => {
      const { promotion, planned: result } = await harness.promote(await harness.receive(objects));
      if (result.outcome === 'superseded') throw new Error('was superseded');
      return { promotion, ...result };
    };
    beforeEach(async () => {
      const open = await createDeploymentHarness();
      await open.promote(await open.receive(shop(1)));
      harness = await createDeploymentHarness({ approvers: [approver], cluster: open.cluster });
    });

    it('confirms what nobody was asked about', async () => {
      const { outcome, promotion, plan: reference, approval } = await planned();
      expect({ outcome, approval }).toMatchObject({ outcome: 'unchanged', approval: { required: true } });
      expect(await harness.tasks.confirmPlan(inputOf(promotion, reference))).toEqual({ confirmed: true });
    });

    it('is stale when whoever held the target before has changed something', async () => {
      const { promotion, plan: reference } = await planned();
      await harness.cluster.apply(configMap('web-settings', { greeting: 'hello 2' }), 'write');
      const failure = await failureOf(harness.tasks.confirmPlan(inputOf(promotion, reference)));
      expect(failure).toMatchObject({
        name: 'PlanStaleError',
        facts: {
          changed: [`ConfigMap ${namespace}/web-settings: was to be unchanged, would now be configured`],
        },
      });
    });
  });

  it('asks for no approval of a rollback to what was good there', async () => {
    const release = await harness.receive(shop(1));
    await recordGood(harness, release);
    const promotion = await harness.open(release, 'rollback');
    const planned = await harness.tasks.planPromotion({ ...promotion, round: 1, executionArn });
    if (planned.outcome !== 'planned') throw new Error(`was ${planned.outcome}`);
    expect(await harness.tasks.confirmPlan(inputOf(promotion, planned.plan))).toEqual({ confirmed: true });
  });
});

describe('ConfirmPlan without an approval of this very plan', () => {
  const closing = (status: RequestClosing['status']) => async (id: RequestId) => {
    await harness.approvals.close(id, { status, closedAt: harness.clock.now() });
  };

  it.each<[string, (id: RequestId) => Promise<unknown>, string]>([
    ['nobody has decided yet', async () => undefined, "the request is 'pending'"],
    ['it was rejected', (id) => decide(id, 'rejected'), "the request is 'rejected'"],
    ['it expired', closing('expired'), "the request is 'expired'"],
    ['it was superseded', closing('superseded'), "the request is 'superseded'"],
    ['it was withdrawn', closing('withdrawn'), "the request is 'withdrawn'"],
  ])('refuses: %s', async (_, happens, found) => {
    const { id, input } = await asked();
    await happens(id);
    const request = await harness.approvals.request(id);
    expect(await failureOf(harness.tasks.confirmPlan(input))).toMatchObject({
      name: 'PolicyViolationError',
      message: `promotion 'shop-1-production-1': plan '${input.plan.digest}' has no approval: ${found}`,
      facts: { digest: input.plan.digest, environment },
    });
    expect(await harness.approvals.request(id)).toEqual(request);
  });

  it('refuses: nobody was asked', async () => {
    const { promotion, plan: reference } = await plan(harness);
    await expect(harness.tasks.confirmPlan(inputOf(promotion, reference))).rejects.toMatchObject({
      name: 'PolicyViolationError',
      message: expect.stringMatching(/ has no approval: nobody was asked$/),
    });
  });

  it('refuses: another plan was approved', async () => {
    const { id, input } = await asked(shop(1), 'sha256:another');
    await decide(id);
    await expect(harness.tasks.confirmPlan(input)).rejects.toMatchObject({
      name: 'PolicyViolationError',
      message: expect.stringMatching(/ has no approval: what was approved is plan 'sha256:another'$/),
    });
  });

  it('refuses: an earlier round was approved', async () => {
    const { input } = await approved();
    await expect(harness.tasks.confirmPlan({ ...input, round: 2 })).rejects.toThrow('nobody was asked');
  });

  it('refuses: another attempt was approved', async () => {
    const { input } = await approved();
    await expect(harness.tasks.confirmPlan({ ...input, attempt: 2 })).rejects.toThrow('nobody was asked');
  });
});

describe('ConfirmPlan when the target moved on', () => {
  const extra = configMap('extra', { a: '1' });
  const annotated = {
    annotations: { 'tidegate.dev/application': 'shop', 'tidegate.dev/environment': environment },
    labels: {
      'app.kubernetes.io/managed-by': 'tidegate',
      [partOfLabel]: applySetId({ application: 'shop', namespace }),
    },
  };
  const bare = (metadata: KubernetesObject['metadata'] | undefined): KubernetesObject['metadata'] => ({
    name: metadata?.name ?? '',
    namespace,
    ...annotated,
  });

  const remove = async (object: KubernetesObject) => {
    const live = await harness.memory.read(addressOf(object));
    await harness.memory.remove(addressOf(object), live?.metadata.uid ?? '');
  };

  async function goodRelease(): Promise<void> {
    const { promotion, fence, plan: reference } = await hold(harness, [...shop(1), extra]);
    const { inventory } = await harness.deploy(promotion, 'forward', fence, reference);
    const endedAt = harness.clock.now();
    const state = { release: promotion.release, attempt: promotion.attempt, promotedAt: endedAt, inventory };
    await harness.promotions.end(promotion, { outcome: 'promoted', endedAt }, state);
    await harness.targets.release(target, promotion);
  }

  it.each<[string, () => Promise<unknown>, readonly string[]]>([
    [
      'what is to be pruned is gone already',
      () => remove(extra),
      [`ConfigMap ${namespace}/extra: was to be pruned, would now be left alone`],
    ],
    [
      'what is to be pruned was replaced',
      async () => {
        await remove(extra);
        await harness.memory.applyAs('kubectl', extra);
      },
      [`ConfigMap ${namespace}/extra: was to be pruned, would now be left alone`],
    ],
    [
      'what is to be changed was deleted',
      () => remove(configMap('web-settings', {})),
      [`ConfigMap ${namespace}/web-settings: was to be configured, would now be created`],
    ],
    [
      'what is to be changed was replaced by another of that name',
      async () => {
        const live = await harness.memory.read(addressOf(configMap('web-settings', {})));
        await remove(configMap('web-settings', {}));
        await harness.memory.apply(
          { ...configMap('web-settings', { greeting: 'hello 1' }), metadata: bare(live?.metadata) },
          'write',
        );
      },
      [`ConfigMap ${namespace}/web-settings: was replaced by another object of that name`],
    ],
    [
      'the value that is to be changed is another by now',
      () =>
        harness.memory.apply(
          {
            ...configMap('web-settings', { greeting: 'bye' }),
            metadata: { name: 'web-settings', namespace, ...annotated },
          },
          'write',
        ),
      [
        `ConfigMap ${namespace}/web-settings: /data/greeting was to go "hello 1" → "hello 2", would now go "bye" → "hello 2"`,
      ],
    ],
    [
      'what was to be left alone would be changed',
      () => harness.memory.apply(service('web', 'other'), 'write'),
      [`Service ${namespace}/web: was to be unchanged, would now be configured`],
    ],
  ])('finds the plan stale: %s', async (_, happens, changed) => {
    await goodRelease();
    const { id, input } = await approved(shop(2));
    await happens();
    const closedAt = harness.clock.now();
    expect(await failureOf(harness.tasks.confirmPlan(input))).toMatchObject({
      name: 'PlanStaleError',
      message: `plan of promotion 'shop-2-production-1': no longer what would happen: ${changed.join('; ')}`,
      facts: { changed, digest: input.plan.digest },
    });
    expect(await harness.approvals.request(id)).toMatchObject({
      status: 'outdated',
      closedAt,
      outdatedBy: changed,
    });
  });

  it('finds the plan stale when another release is on the target by now', async () => {
    const { input } = await approved(shop(1));
    await goodRelease();
    await expect(harness.tasks.confirmPlan(input)).rejects.toMatchObject({ name: 'PlanStaleError' });
  });

  it('lets the approval stand, whatever else moved', async () => {
    await goodRelease();
    const { input } = await approved(shop(2));
    const { metadata } = configMap('web-settings', {});
    const noted = { ...metadata, annotations: { 'example.com/seen': 'yes' } };
    await harness.memory.applyAs('kubectl', { apiVersion: 'v1', kind: 'ConfigMap', metadata: noted });
    await harness.memory.applyAs('kubectl', configMap('of-somebody-else', { a: '1' }));
    expect(await harness.tasks.confirmPlan(input)).toEqual({ confirmed: true });
  });

  it('finds it stale again when it is run again, though the request is closed and the target moved back', async () => {
    const { id, input } = await approved();
    await harness.memory.apply(service('web'), 'write');
    const first = await failureOf(harness.tasks.confirmPlan(input));
    const closed = await harness.approvals.request(id);
    await remove(service('web'));
    await harness.clock.sleep(1000);
    const second = await failureOf(harness.tasks.confirmPlan(input));
    expect(second).toMatchObject({ name: 'PlanStaleError', message: first.message, facts: first.facts });
    expect(await harness.approvals.request(id)).toEqual(closed);
  });

  it('closes no request where nobody was asked', async () => {
    harness = await createDeploymentHarness();
    const { promotion, plan: reference } = await plan(harness);
    await harness.memory.apply(service('web'), 'write');
    const confirming = harness.tasks.confirmPlan(inputOf(promotion, reference));
    await expect(confirming).rejects.toMatchObject({ name: 'PlanStaleError' });
    expect(await harness.approvals.request(requestOf(promotion))).toBeUndefined();
  });
});
