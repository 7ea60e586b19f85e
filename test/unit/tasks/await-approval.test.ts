import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryApprovalMailer } from '#adapters/memory/approval-mailer.ts';
import { codeHash, secretHash } from '#domain/link.ts';
import { awaitApproval } from '#tasks/await-approval.ts';
import { approvers, createWorld, start, type World } from './promotion-world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.receiveReleases(7);
});

async function ask(release: number, { kind = 'promotion', taskToken = `token-${release}` } = {}) {
  const promotion = await world.openPromotion(release, { kind: kind as 'promotion' });
  const plan = await world.storePlan(promotion);
  await awaitApproval(world)({ ...promotion, round: 1, plan, taskToken });
  return { ...promotion, round: 1 };
}

describe('AwaitApproval', () => {
  it('opens the request, bound to the plan, until the policy says it expires', async () => {
    const id = await ask(6);
    expect(await world.approvals.request(id)).toMatchObject({
      status: 'pending',
      planDigest: 'sha256:plan-6-1',
      approvers,
      openedAt: start,
      expiresAt: start + 3_600_000,
    });
    expect(await world.promotions.promotion(id)).toMatchObject({
      stage: 'awaiting-approval',
      plan: { digest: 'sha256:plan-6-1' },
    });
    expect(world.tokens.answers.size).toBe(0);
  });

  it('mails each approver a link of their own; the ledger keeps hashes', async () => {
    const id = await ask(6);
    expect(world.mailer.sent.map(({ approver }) => approver)).toEqual(approvers);
    for (const [index, mail] of world.mailer.sent.entries()) {
      const linkId = `link-${index + 1}`;
      const url = `https://tidegate.example.com/live/a/${linkId}?k=very-secret-${index + 1}`;
      expect(mail.body.split('\n').filter((line) => line.startsWith('http'))).toEqual([url]);
      expect(mail.body).toContain(`\nDecision code: C0DE-000${index + 1}\n`);
      expect(await world.approvals.link(linkId)).toEqual({
        linkId,
        request: { ...id, kind: undefined },
        approver: approvers[index],
        secretHash: secretHash(`very-secret-${index + 1}`),
        codeHash: codeHash(linkId, `C0DE000${index + 1}`),
      });
    }
  });

  describe('after a run that ended a request and died before it woke who waits for it', () => {
    const dying = () => ({
      ...world,
      tokens: {
        async succeed(): Promise<never> {
          throw new Error('killed');
        },
      },
    });

    it('wakes the older request that it has superseded, when it runs again', async () => {
      await ask(5);
      const newer = { ...(await world.openPromotion(6)), round: 1, taskToken: 'token-6' };
      const input = { ...newer, plan: await world.storePlan(newer) };
      await expect(awaitApproval(dying())(input)).rejects.toThrow('killed');
      expect(world.tokens.answers.size).toBe(0);
      await awaitApproval(world)(input);
      expect(world.tokens.answers.get('token-5')).toEqual({ decision: 'superseded', supersededBy: 6 });
      const awaited = await world.approvals.awaited('shop', 'production');
      expect(awaited.map(({ release }) => release)).toEqual([6]);
    });

    it.each(['promotion', 'rollback'])(
      'delivers a decision that was recorded alone, when a %s is asked for next',
      async (kind) => {
        const decided = await ask(5);
        const decision = { approver: 'ana@example.com', comment: '', decidedAt: start };
        await world.approvals.decide(decided, { ...decision, verdict: 'approved' });
        await ask(6, { kind });
        expect(world.tokens.answers.get('token-5')).toEqual({ decision: 'approved' });
      },
    );
  });

  it('closes older pending requests as superseded and wakes them', async () => {
    const older = await ask(5);
    const newer = await ask(6);
    expect(await world.approvals.request(older)).toMatchObject({ status: 'superseded', supersededBy: 6 });
    expect(world.tokens.answers.get('token-5')).toEqual({ decision: 'superseded', supersededBy: 6 });
    expect((await world.approvals.request(newer))?.status).toBe('pending');
  });

  it('closes itself when a newer release waits for a decision', async () => {
    await ask(6);
    const sent = world.mailer.sent.length;
    const older = await ask(5);
    expect(await world.approvals.request(older)).toMatchObject({ status: 'superseded', supersededBy: 6 });
    expect(world.tokens.answers.get('token-5')).toEqual({ decision: 'superseded', supersededBy: 6 });
    expect(world.mailer.sent).toHaveLength(sent);
  });

  it('closes itself when a newer release is on the target', async () => {
    await world.promoted(7, start);
    await ask(6);
    expect(world.tokens.answers.get('token-6')).toEqual({ decision: 'superseded', supersededBy: 7 });
  });

  it('lets a rollback ask beside a newer promotion, whichever comes first', async () => {
    const newer = await ask(7);
    const rollback = await ask(4, { kind: 'rollback' });
    const older = await ask(3, { kind: 'rollback' });
    await ask(7, { taskToken: 'token-retried' });
    for (const id of [newer, rollback, older])
      expect((await world.approvals.request(id))?.status).toBe('pending');
  });

  it('mails again and takes the new token when the state is retried', async () => {
    const id = await ask(6);
    await ask(6, { taskToken: 'token-retried' });
    expect(await world.approvals.taskToken(id)).toBe('token-retried');
    expect(world.mailer.sent).toHaveLength(4);
    expect((await world.approvals.request(id))?.openedAt).toBe(start);
  });

  it('answers a retried state at once when the request has been decided meanwhile', async () => {
    const id = await ask(6);
    await world.approvals.decide(id, { verdict: 'approved', approver: 'a', comment: '', decidedAt: start });
    world.tokens.expire('token-6');
    await ask(6, { taskToken: 'token-retried' });
    expect(world.mailer.sent).toHaveLength(2);
    expect(world.tokens.answers.get('token-retried')).toEqual({ decision: 'approved' });
  });

  it('says who cannot be reached and how to mend it', async () => {
    const mailer = createMemoryApprovalMailer([]);
    const promotion = await world.openPromotion(6);
    const plan = await world.storePlan(promotion);
    const run = awaitApproval({ ...world, mailer })({ ...promotion, round: 1, plan, taskToken: 'token' });
    await expect(run).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringMatching(
        /^Approver "ana@example.com" has no confirmed subscription.*`tidegate pipeline put`/,
      ),
    });
  });

  it('refuses an environment whose pinned pipeline asks nobody', async () => {
    const promotion = await world.openPromotion(6, { environment: 'staging' });
    const plan = await world.storePlan(promotion);
    const run = awaitApproval(world)({ ...promotion, round: 1, plan, taskToken: 'token' });
    await expect(run).rejects.toMatchObject({ name: 'PipelineInvalidError' });
  });
});
