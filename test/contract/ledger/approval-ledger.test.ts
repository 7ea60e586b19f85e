import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Decision, RequestId } from '#domain/approval.ts';
import { instant } from '#domain/instant.ts';
import { backends, type Ledgers } from './backends.ts';

let applications = 0;
const decision = (approver: string, verdict: Decision['verdict'], at = 50): Decision => ({
  approver,
  verdict,
  comment: 'seen',
  decidedAt: instant(at),
});

describe.each(backends)('approval ledger in $name', ({ start }) => {
  let ledgers: Ledgers;
  beforeAll(async () => {
    ledgers = await start();
  });
  afterAll(() => ledgers.stop());

  const id = (release = 1, round = 1, application = `shop${++applications}`): RequestId => ({
    application,
    release,
    environment: 'production',
    attempt: 1,
    round,
  });
  const opening = (request: RequestId, taskToken = 'token-one') => ({
    ...request,
    planDigest: 'sha256:aa',
    approvers: ['ana@example.com', 'bo@example.com'],
    openedAt: instant(10),
    expiresAt: instant(100),
    taskToken,
  });

  it('opens a request and keeps its token apart', async () => {
    const request = id();
    const opened = await ledgers.approvals.open(opening(request));
    const { taskToken, ...rest } = opening(request);
    expect(opened).toEqual({ ...rest, status: 'pending' });
    expect(await ledgers.approvals.request(request)).toEqual(opened);
    expect(await ledgers.approvals.taskToken(request)).toBe(taskToken);
    expect(JSON.stringify(await ledgers.approvals.awaited(request.application, 'production'))).not.toContain(
      taskToken,
    );
  });

  it('replaces the token of an open request, and of an ended one nothing', async () => {
    const request = id();
    await ledgers.approvals.open(opening(request));
    const again = await ledgers.approvals.open({ ...opening(request, 'token-two'), openedAt: instant(20) });
    expect(again.openedAt).toBe(10);
    expect(await ledgers.approvals.taskToken(request)).toBe('token-two');
    await ledgers.approvals.close(request, { status: 'expired', closedAt: instant(100) });
    expect(await ledgers.approvals.open(opening(request, 'token-three'))).toMatchObject({
      status: 'expired',
    });
    expect(await ledgers.approvals.taskToken(request)).toBe('token-two');
  });

  it('lists what is awaited in one environment: pending, or ended and its waiter not woken', async () => {
    const first = id(1);
    const second = { ...first, release: 2 };
    await ledgers.approvals.open(opening(first));
    await ledgers.approvals.open(opening(second));
    await ledgers.approvals.open(opening({ ...first, environment: 'staging' }));
    const listed = async () =>
      (await ledgers.approvals.awaited(first.application, 'production')).map(
        ({ release, status }) => `${release} ${status}`,
      );
    expect(await listed()).toEqual(['1 pending', '2 pending']);
    await ledgers.approvals.decide(first, decision('ana@example.com', 'approved'));
    expect(await listed()).toEqual(['1 approved', '2 pending']);
    await ledgers.approvals.close(second, { status: 'superseded', closedAt: instant(60), supersededBy: 3 });
    expect(await listed()).toEqual(['1 approved', '2 superseded']);
    await ledgers.approvals.markWoken(first);
    await ledgers.approvals.markWoken(first);
    expect(await listed()).toEqual(['2 superseded']);
    await ledgers.approvals.open(opening(first));
    expect(await listed()).toEqual(['2 superseded']);
  });

  it('records one decision; the same again is harmless, another one too late', async () => {
    const request = id();
    await ledgers.approvals.open(opening(request));
    const approved = decision('ana@example.com', 'approved');
    const recorded = await ledgers.approvals.decide(request, approved);
    expect(recorded).toMatchObject({ kind: 'recorded', request: { status: 'approved', decision: approved } });
    const again = await ledgers.approvals.decide(request, { ...approved, decidedAt: instant(60) });
    expect(again).toEqual({ kind: 'repeated', request: recorded.request });
    const contrary = await ledgers.approvals.decide(request, decision('ana@example.com', 'rejected'));
    expect(contrary).toEqual({ kind: 'closed', request: recorded.request });
    const other = await ledgers.approvals.decide(request, decision('bo@example.com', 'approved'));
    expect(other).toEqual({ kind: 'closed', request: recorded.request });
  });

  it('lets one of two decisions at once stand', async () => {
    const request = id();
    await ledgers.approvals.open(opening(request));
    const receipts = await Promise.all([
      ledgers.approvals.decide(request, decision('ana@example.com', 'approved')),
      ledgers.approvals.decide(request, decision('bo@example.com', 'rejected')),
    ]);
    expect(receipts.map(({ kind }) => kind).sort()).toEqual(['closed', 'recorded']);
    const standing = await ledgers.approvals.request(request);
    expect(receipts.map((receipt) => receipt.request)).toEqual([standing, standing]);
  });

  it('takes no decision at or after the expiry', async () => {
    const request = id();
    await ledgers.approvals.open(opening(request));
    const late = await ledgers.approvals.decide(request, decision('ana@example.com', 'approved', 100));
    expect(late).toMatchObject({ kind: 'closed', request: { status: 'pending' } });
    const inTime = await ledgers.approvals.decide(request, decision('ana@example.com', 'approved', 99));
    expect(inTime.kind).toBe('recorded');
  });

  it.each(['expired', 'superseded', 'withdrawn'] as const)(
    'does not close a decided request as %s',
    async (status) => {
      const request = id();
      await ledgers.approvals.open(opening(request));
      await ledgers.approvals.decide(request, decision('ana@example.com', 'approved'));
      const closed = await ledgers.approvals.close(request, { status, closedAt: instant(70) });
      expect(closed.status).toBe('approved');
    },
  );

  it('closes an approved request as outdated, with what changed, and a rejected one not', async () => {
    const request = id();
    await ledgers.approvals.open(opening(request));
    await ledgers.approvals.decide(request, decision('ana@example.com', 'approved'));
    const closing = {
      status: 'outdated',
      closedAt: instant(70),
      outdatedBy: ['Deployment.apps a/web: replicas'],
    } as const;
    expect(await ledgers.approvals.close(request, closing)).toMatchObject({
      ...closing,
      decision: { comment: 'seen' },
    });
    const rejected = id();
    await ledgers.approvals.open(opening(rejected));
    await ledgers.approvals.decide(rejected, decision('ana@example.com', 'rejected'));
    expect((await ledgers.approvals.close(rejected, closing)).status).toBe('rejected');
  });

  it('keeps links', async () => {
    const link = {
      linkId: `link-${++applications}`,
      request: id(),
      approver: 'ana@example.com',
      secretHash: 'aa',
      codeHash: 'bb',
    };
    await ledgers.approvals.addLink(link, instant(100));
    await ledgers.approvals.addLink({ ...link, approver: 'eve@example.com' }, instant(100));
    expect(await ledgers.approvals.link(link.linkId)).toEqual(link);
    expect(await ledgers.approvals.link('unknown')).toBeUndefined();
  });

  it('says which request it does not know', async () => {
    const ghost = { ...id(7, 2), application: 'ghost' };
    expect(await ledgers.approvals.request(ghost)).toBeUndefined();
    expect(await ledgers.approvals.taskToken(ghost)).toBeUndefined();
    const message = 'Approval request 2 of "ghost" release 7 in "production" is not in the ledger';
    await expect(ledgers.approvals.decide(ghost, decision('a@example.com', 'approved'))).rejects.toThrow(
      message,
    );
    const closing = { status: 'expired', closedAt: instant(1) } as const;
    await expect(ledgers.approvals.close(ghost, closing)).rejects.toThrow(message);
  });
});
