import { describe, expect, it } from 'vitest';
import type { MissingReferenceAdvice, PlanAdvice } from '#domain/advice.ts';
import { instant } from '#domain/instant.ts';
import type { ObjectChange, Plan } from '#domain/plan.ts';
import { type ApprovalView, approvalPage } from '#pages/approval-page.ts';
import { html } from '#pages/html.ts';

const openedAt = instant(Date.UTC(2026, 10, 20, 9, 0, 0));

/** A Deployment as it comes out of a diff: `fields` leaves that differ. */
function deployment(
  index: number,
  fields: number,
  action: ObjectChange['action'] = 'configured',
): ObjectChange {
  return {
    identity: { group: 'apps', kind: 'Deployment', namespace: 'production', name: `service-number-${index}` },
    action,
    fields: Array.from({ length: fields }, (_, field) => ({
      path: `/spec/template/spec/containers/0/env/${field}/value`,
      from: `https://old-${index}-${field}.example.com/some/long/path`,
      to: `https://new-${index}-${field}.example.com/some/long/path`,
    })),
  };
}

function view(changes: readonly ObjectChange[], facts: Partial<ApprovalView> = {}): ApprovalView {
  const id = { application: 'shop', release: 7, environment: 'production', attempt: 1 };
  const plan: Plan = {
    ...id,
    kind: 'promotion',
    replacesRelease: 6,
    content: { bucket: 'b', key: 'k', versionId: '1' },
    changes,
    digest: 'sha256:aa',
    notes: [],
  };
  return {
    linkId: 'link-1',
    secret: 'secret',
    approver: 'ana@example.com',
    request: {
      ...id,
      round: 1,
      status: 'pending',
      planDigest: 'sha256:aa',
      approvers: [],
      openedAt,
      expiresAt: instant(openedAt + 1000),
    },
    plan,
    promotion: { ...id, kind: 'promotion', stage: 'awaiting-approval', openedAt },
    now: openedAt,
    full: false,
    ...facts,
  };
}

const bytes = (page: string) => Buffer.byteLength(page);

describe('approvalPage', () => {
  it.each([
    ['changed', deployment],
    ['created', (index: number, fields: number) => deployment(index, fields, 'created')],
  ] as const)('stays below 50 KB for 200 objects that are %s, and says what it leaves out', (_case, make) => {
    const page = approvalPage(view(Array.from({ length: 200 }, (_, index) => make(index, 40))));
    expect(bytes(page)).toBeLessThan(50_000);
    expect(page).toContain('service-number-199');
    expect(page).toContain('(40 fields)');
    expect(page).toContain('<a href="link-1?k=secret&amp;all=1">Show every object and field</a>');
  });

  it('shows all of it when asked to', () => {
    const changes = Array.from({ length: 200 }, (_, index) => deployment(index, 10));
    const page = approvalPage(view(changes, { full: true }));
    expect(page.match(/<ins>/g)).toHaveLength(2000);
    expect(page).not.toContain('Show every object');
  });

  it('counts objects beyond the list', () => {
    const page = approvalPage(
      view(Array.from({ length: 2000 }, (_, index) => deployment(index, 3, 'pruned'))),
    );
    expect(page).toContain('… and 1800 more objects.');
    expect(bytes(page)).toBeLessThan(50_000);
  });

  it('shows a small plan whole', () => {
    const page = approvalPage(view([deployment(1, 5)]));
    expect(page.match(/<ins>/g)).toHaveLength(5);
    expect(page).not.toContain('not shown here');
    expect(page).not.toContain('Show every object');
  });

  const secretOf = (index: number): MissingReferenceAdvice => ({
    kind: 'missing-reference',
    identity: deployment(index, 0).identity,
    missing: { group: '', kind: 'Secret', namespace: 'production', name: 'db' },
    needs: 'pods',
  });
  const advised = (advice: readonly PlanAdvice[], facts: Partial<ApprovalView> = {}) => {
    const asked = view([deployment(1, 5)], facts);
    return approvalPage({ ...asked, plan: { ...asked.plan, advice } });
  };

  it('begins with what will not start, and tells the rest under its headings', () => {
    const restarts: PlanAdvice = {
      kind: 'restarts',
      identity: secretOf(1).identity,
      reasons: ['image'],
      when: 'by-hand',
    };
    const page = advised([secretOf(1), restarts]);
    const order = ['Will not start as it is', 'names Secret production/db', 'Objects', 'Pods that restart'];
    const places = order.map((text) => page.indexOf(text));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(page).not.toContain('Show every object');
  });

  it('stays below 50 KB with advice on everything, and shows all of it when asked to', () => {
    const warnings = Array.from(
      { length: 200 },
      (_, index): PlanAdvice => ({
        kind: 'warning',
        identity: secretOf(index).identity,
        text: '<&"'.repeat(100),
      }),
    );
    const advice = [...Array.from({ length: 200 }, (_, index) => secretOf(index)), ...warnings];
    const brief = advised(advice);
    expect(bytes(brief)).toBeLessThan(50_000);
    expect(brief).toContain('… and 195 more.');
    expect(brief).toContain('Show every object');
    expect(advised(advice, { full: true })).not.toContain('… and');
  });

  it('says what is deleted and created anew, and whose pods are replaced', () => {
    const [replaced, restarted] = [deployment(1, 1), deployment(2, 1)];
    const because = ['spec: Forbidden: <updates> are forbidden'];
    const page = approvalPage(
      view([
        { ...replaced, apply: { replacement: { how: 'orphan-recreate', because } } },
        { ...restarted, restarts: ['configuration (ConfigMap settings)', 'image'] },
      ]),
    );
    expect(page).toContain(
      'deleted and created anew</strong>, its pods stay: spec: Forbidden: &lt;updates&gt; are',
    );
    expect(page).toContain('its pods are replaced: configuration (ConfigMap settings), image');
  });

  it('offers no decision on a plan other than the one that was asked for', () => {
    const asked = view([deployment(1, 5)]);
    const page = approvalPage({ ...asked, request: { ...asked.request, planDigest: 'sha256:bb' } });
    expect(page).not.toContain('<form');
    expect(page).not.toContain('service-number-1');
  });

  it('is accessible: language, one first heading, a label for each field, no colour alone', () => {
    const page = approvalPage(view([deployment(1, 1), deployment(2, 0, 'pruned')]));
    expect(page).toMatch(/^<!doctype html>\s*<html lang="en">/);
    expect(page.match(/<h1>/g)).toHaveLength(1);
    for (const [, id] of page.matchAll(/<(?:input|textarea)[^>]* id="(\w+)"/g))
      expect(page).toContain(`<label for="${id}">`);
    expect(page).toContain('<legend>Decision</legend>');
    expect(page).toContain('>delete</strong>');
    expect(page).toContain('del::before{content:"− "}');
  });

  it('approves by no stray key: one button, nothing chosen beforehand', () => {
    const page = approvalPage(view([]));
    expect(page.match(/<button/g)).toHaveLength(1);
    expect(page).not.toContain('checked');
  });
});

describe('a decision that was recorded', () => {
  const ana = 'ana@example.com';
  const decidedAt = instant(openedAt + 60_000);
  const page = (
    facts: Partial<ApprovalView> = {},
    status: 'approved' | 'rejected' | 'outdated' = 'approved',
  ) => {
    const asked = view([deployment(1, 1)]);
    const verdict = status === 'rejected' ? 'rejected' : 'approved';
    const decision = { verdict, approver: ana, comment: 'as discussed', decidedAt } as const;
    const now = instant(decidedAt + 20_000);
    return approvalPage({ ...asked, now, request: { ...asked.request, status, decision }, ...facts });
  };
  const sendAgain = 'Send it again.';

  it.each([
    ['approved', 'approve'],
    ['rejected', 'reject'],
  ] as const)('%s, and woke nobody, can be sent again', (status, value) => {
    expect(page({}, status)).toContain(sendAgain);
    expect(page({}, status)).toContain(`value="${value}" required checked`);
    expect(page({}, status)).toContain('as discussed</textarea>');
    // Loading again would empty the form under the person's hands.
    expect(page({}, status)).not.toContain('http-equiv="refresh"');
  });

  it.each([
    ['just now', { now: instant(decidedAt + 1000) }],
    ['by somebody else', { approver: 'bo@example.com' }],
    ['and was heard', { promotion: { ...view([]).promotion, stage: 'deploying' } }],
    ['and led to an end', { promotion: { ...view([]).promotion, stage: 'ended', outcome: 'promoted' } }],
  ] as const)('%s, is only shown', (_, facts) => {
    expect(page(facts)).not.toContain('<form');
  });

  it('and outdated since, is only shown', () => {
    expect(page({}, 'outdated')).not.toContain('<form');
  });

  it('is followed while its promotion goes on', () => {
    expect(page({ now: instant(decidedAt + 1000) })).toContain('http-equiv="refresh"');
  });
});

describe('html', () => {
  it('escapes what is not HTML itself', () => {
    const hostile = `"><script>alert('1')</script>&`;
    expect(html`<a title="${hostile}">${hostile}</a>`.text).not.toMatch(/<script|title=""/);
    expect(html`${html`<b>${'<'}</b>`}${[html`<i>1</i>`, '&']}${undefined}${false}${0}`.text).toBe(
      '<b>&lt;</b><i>1</i>&amp;0',
    );
  });
});
