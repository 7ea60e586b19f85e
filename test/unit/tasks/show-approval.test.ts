import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RequestId } from '#domain/approval.ts';
import { instant } from '#domain/instant.ts';
import { decideApproval } from '#tasks/decide-approval.ts';
import { showApproval } from '#tasks/show-approval.ts';
import { anaApproves, askForRelease6, post, visit } from './approval-page-visits.ts';
import { createWorld, start, type World } from './promotion-world.ts';

let world: World;
let id: RequestId;
beforeEach(async () => {
  world = await createWorld();
  await world.receiveReleases(7);
  id = await askForRelease6(world);
});

const show = (
  linkId = 'link-1',
  query: Record<string, string> | null = { k: 'very-secret-1' },
  method = 'GET',
) => showApproval(world)(visit(linkId, query, method));

describe('ShowApproval', () => {
  it('shows what would change, until when, and the form', async () => {
    const { statusCode, body } = await show();
    expect(statusCode).toBe(200);
    expect(body).toContain('shop: release 6, replacing release 5, in production');
    expect(body).toContain('2026-11-20 10:00 UTC');
    expect(body).toContain('1 deleted, 1 created, 2 changed');
    expect(body).toContain('shop@sha256:aaa');
    expect(body).toContain('&lt;b&gt;debug&lt;/b&gt;');
    expect(body).not.toContain('<b>debug');
    expect(body).toContain('action="link-1"');
    expect(body).toMatch(/<label for="code">[\s\S]*id="code"/);
  });

  it('shows deletions first and never the value of a Secret', async () => {
    const { body } = await show();
    const positions = ['ConfigMap production/old', 'ConfigMap production/settings', 'Secret production/keys'];
    const places = positions.map((text) => body.indexOf(text, body.indexOf('<h3>Objects')));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(body).toContain('/data/password');
    expect(body).not.toMatch(/aHVudGVy/);
  });

  it('answers an unknown link, a wrong secret and none alike', async () => {
    const unknown = await show('link-9');
    expect(unknown.statusCode).toBe(404);
    expect(await show('link-1', { k: 'wrong' })).toEqual(unknown);
    expect(await show('link-1', null)).toEqual(unknown);
    expect(await show('link-1', { k: '' })).toEqual(unknown);
  });

  it('sends the security headers with every answer, the style by its hash', async () => {
    const page = await show();
    const style = /<style>([\s\S]*)<\/style>/.exec(page.body)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const answers = [
      page,
      await show('link-9'),
      await show('link-1', null, 'PUT'),
      await decideApproval(world)(post('link-1', anaApproves)),
    ];
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'Cache-Control': 'no-store',
        'Referrer-Policy': 'same-origin',
        'X-Content-Type-Options': 'nosniff',
        'X-Frame-Options': 'DENY',
        'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
      });
    }
    expect(page.body).not.toMatch(/<script|style="|onclick|javascript:/);
  });

  it('answers HEAD as GET without a body, and nothing else', async () => {
    const get = await show();
    expect(await show('link-1', { k: 'very-secret-1' }, 'HEAD')).toEqual({ ...get, body: '' });
    expect(await show('link-1', { k: 'very-secret-1' }, 'OPTIONS')).toMatchObject({
      statusCode: 405,
      headers: { Allow: 'GET, HEAD, POST' },
    });
  });

  it('leaves everything as it is, however often it is opened', async () => {
    const before = [await world.approvals.request(id), await world.promotions.promotion(id)];
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      await show('link-1', { k: 'very-secret-1', decision: 'approve', code: 'C0DE0001' }, method);
    }
    expect([await world.approvals.request(id), await world.promotions.promotion(id)]).toEqual(before);
    expect(world.tokens.answers.size).toBe(0);
  });

  it('follows the promotion after the decision', async () => {
    await decideApproval(world)(post('link-1', { ...anaApproves, comment: 'Go & <see>' }));
    const progress = {
      readyObjects: 3,
      totalObjects: 5,
      waitingFor: ['Deployment web: 1 of 2 available'],
      observedAt: start,
    };
    await world.promotions.note(id, { stage: 'deploying', progress });
    const { body } = await show('link-2', { k: 'very-secret-2' });
    expect(body).toContain('ana@example.com');
    expect(body).toContain('Go &amp; &lt;see&gt;');
    expect(body).toContain('being deployed');
    expect(body).toContain('3 of 5 objects ready');
    expect(body).toContain('Deployment web: 1 of 2 available');
    expect(body).toContain('<meta http-equiv="refresh" content="5">');
    expect(body).not.toContain('<form');
  });

  it('says how it ended, why, and what was rolled back', async () => {
    await decideApproval(world)(post('link-1', anaApproves));
    const failure = { name: 'RolloutFailedError', message: 'Deployment web, container web: exit code 1' };
    await world.promotions.note(id, { rollbackToRelease: 5 });
    await world.promotions.end(id, { outcome: 'failed-rolled-back', endedAt: instant(start + 9), failure });
    const { body } = await show();
    expect(body).toContain('failed, rolled back');
    expect(body).toContain('Deployment web, container web: exit code 1');
    expect(body).toContain('to release 5');
    expect(body).not.toContain('http-equiv="refresh"');
  });
});
