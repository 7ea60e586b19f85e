import { beforeEach, describe, expect, it } from 'vitest';
import type { RequestId } from '#domain/approval.ts';
import { decideApproval } from '#tasks/decide-approval.ts';
import { anaApproves, askForRelease6, post, visit } from './approval-page-visits.ts';
import { createWorld, start, type World } from './promotion-world.ts';

let world: World;
let id: RequestId;
beforeEach(async () => {
  world = await createWorld();
  await world.receiveReleases(7);
  id = await askForRelease6(world);
  world.clock.set(start + 60_000);
});

const decide = (...request: Parameters<typeof post>) => decideApproval(world)(post(...request));
const status = async () => (await world.approvals.request(id))?.status;

describe('DecideApproval', () => {
  it('records an approval, wakes the state, and sends the browser back to the page', async () => {
    const response = await decide('link-1', anaApproves);
    expect(response).toMatchObject({
      statusCode: 303,
      headers: { Location: 'link-1?k=very-secret-1' },
      body: '',
    });
    expect(await world.approvals.request(id)).toMatchObject({
      status: 'approved',
      decision: { approver: 'ana@example.com', comment: '', decidedAt: start + 60_000 },
    });
    expect(world.tokens.answers.get('task-token-6')).toEqual({ decision: 'approved' });
  });

  it('records a rejection with its comment', async () => {
    const comment = 'Not on a Friday.\r\nAsk on Monday.';
    const response = await decide('link-2', {
      k: 'very-secret-2',
      decision: 'reject',
      code: 'C0DE0002',
      comment,
    });
    expect(response.statusCode).toBe(303);
    expect((await world.approvals.request(id))?.decision).toMatchObject({
      verdict: 'rejected',
      approver: 'bo@example.com',
      comment: 'Not on a Friday.\nAsk on Monday.',
    });
    expect(world.tokens.answers.get('task-token-6')).toEqual({ decision: 'rejected' });
  });

  it.each(['c0de-0001', ' C0DE 0001 ', 'CODE-OOOI', 'codeoool'])(
    'reads the code "%s" as it was meant',
    async (code) => {
      expect((await decide('link-1', { ...anaApproves, code })).statusCode).toBe(303);
    },
  );

  it('takes a form that API Gateway encoded', async () => {
    const request = post('link-1', anaApproves);
    const body = Buffer.from(request.body ?? '').toString('base64');
    const response = await decideApproval(world)({ ...request, body, isBase64Encoded: true });
    expect(response.statusCode).toBe(303);
  });

  it.each([
    ['no decision', { decision: '' }, 'Choose Approve or Reject.'],
    ['an unknown decision', { decision: 'constructor' }, 'Choose Approve or Reject.'],
    ['no code', { code: '' }, 'not the decision code'],
    ['a wrong code', { code: 'C0DE-0002' }, 'not the decision code'],
    ['a rejection without a comment', { decision: 'reject', comment: ' \n ' }, 'Say why'],
    ['a comment that is too long', { comment: 'x'.repeat(2001) }, 'has 2001 characters: at most 2000'],
  ])('shows what is wrong with %s and decides nothing', async (_case, fields, message) => {
    const response = await decide('link-1', { ...anaApproves, ...fields });
    expect(response.statusCode).toBe(400);
    expect(response.body).toContain(message);
    expect(response.body).toContain('<form method="post"');
    expect(await status()).toBe('pending');
    expect(world.tokens.answers.size).toBe(0);
  });

  it('keeps what was typed when the form is shown again', async () => {
    const response = await decide('link-1', {
      ...anaApproves,
      decision: 'reject',
      code: 'wrong',
      comment: '<i>no</i>',
    });
    expect(response.body).toMatch(/value="reject" required\s+checked/);
    expect(response.body).toContain('&lt;i&gt;no&lt;/i&gt;</textarea>');
  });

  it('answers an unknown link and a wrong secret alike', async () => {
    const unknown = await decide('link-9', anaApproves);
    const wrong = await decide('link-1', { ...anaApproves, k: 'very-secret-2' });
    const missing = await decide('link-1', { ...anaApproves, k: '' });
    expect(unknown.statusCode).toBe(404);
    expect(wrong).toEqual(unknown);
    expect(missing).toEqual(unknown);
    expect(await status()).toBe('pending');
  });

  it.each([
    ['another origin', { Origin: 'https://evil.example' }],
    ['an opaque origin', { Origin: 'null' }],
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a sibling site', { 'Sec-Fetch-Site': 'same-site' }],
  ])('refuses a form from %s', async (_case, headers) => {
    const response = await decide('link-1', anaApproves, headers);
    expect(response.statusCode).toBe(403);
    expect(await status()).toBe('pending');
  });

  it('refuses a POST that says nothing of where it comes from', async () => {
    const request = post('link-1', anaApproves);
    const headers = { Host: 'tidegate.example.com', 'Content-Type': 'application/x-www-form-urlencoded' };
    expect((await decideApproval(world)({ ...request, headers })).statusCode).toBe(403);
  });

  it('takes no form of another content type', async () => {
    expect((await decide('link-1', anaApproves, { 'Content-Type': 'text/plain' })).statusCode).toBe(404);
  });

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT'])('changes nothing for %s', async (method) => {
    const request = { ...post('link-1', anaApproves), httpMethod: method };
    expect((await decideApproval(world)(request)).statusCode).toBe(405);
    expect((await decideApproval(world)(visit('link-1', anaApproves, method))).statusCode).toBe(405);
    expect(await status()).toBe('pending');
  });

  it('delivers again what the same person sends again', async () => {
    let asked = 0;
    const tokens = {
      succeed: async () => {
        asked += 1;
        if (asked === 1) throw new Error('the network is gone');
        return 'delivered' as const;
      },
    };
    const run = decideApproval({ ...world, tokens });
    await expect(run(post('link-1', anaApproves))).rejects.toThrow('the network is gone');
    expect(await status()).toBe('approved');
    expect((await run(post('link-1', anaApproves))).statusCode).toBe(303);
    expect(asked).toBe(2);
  });

  it('says that another decision came first', async () => {
    await decide('link-1', anaApproves);
    const late = { k: 'very-secret-2', decision: 'reject', code: 'C0DE0002', comment: 'no' };
    const response = await decide('link-2', late);
    expect(response.statusCode).toBe(409);
    expect(response.body).toContain('Your decision was not recorded');
    expect(response.body).toContain('ana@example.com');
    expect(await status()).toBe('approved');
  });

  it.each([
    ['superseded', { supersededBy: 7 }, 'Superseded: release 7'],
    ['withdrawn', {}, 'Withdrawn'],
    ['outdated', { outdatedBy: ['Deployment.apps production/web: /spec/replicas'] }, '/spec/replicas'],
  ] as const)('says how a request ended that was %s', async (ending, facts, words) => {
    await world.approvals.close(id, { status: ending, closedAt: start, ...facts });
    const response = await decide('link-1', anaApproves);
    expect(response.statusCode).toBe(409);
    expect(response.body).toContain(words);
    expect(response.body).not.toContain('<form');
  });

  it('says that a request has expired, also before the ledger does', async () => {
    world.clock.set(start + 3_600_000);
    const response = await decide('link-1', anaApproves);
    expect(response.statusCode).toBe(409);
    expect(response.body).toContain('Expired: nobody decided by 2026-11-20 10:00 UTC');
    expect(await status()).toBe('pending');
  });
});
