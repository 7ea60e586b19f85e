import { describe, expect, it } from 'vitest';
import { approvalMail } from '#domain/approval-mail.ts';
import { instant } from '#domain/instant.ts';
import type { ObjectChange, Plan } from '#domain/plan.ts';

const expiresAt = instant(Date.UTC(2026, 10, 24, 10, 0, 0));
const url = 'https://tidegate.example.com/live/a/abc?k=secret';

const change = (
  kind: string,
  name: string,
  action: ObjectChange['action'],
  fields: ObjectChange['fields'] = [],
) => ({
  identity: { group: kind === 'Deployment' ? 'apps' : '', kind, namespace: 'production', name },
  action,
  fields,
});

const plan = (facts: Partial<Plan> = {}): Plan => ({
  application: 'shop',
  release: 7,
  environment: 'production',
  attempt: 1,
  kind: 'promotion',
  replacesRelease: 6,
  content: { bucket: 'b', key: 'k', versionId: '1' },
  digest: 'sha256:aa',
  notes: [],
  changes: [
    change('Deployment', 'web', 'configured', [
      { path: '/spec/replicas', from: 2, to: 3 },
      { path: '/spec/template/spec/containers/0/image', from: 'shop@sha256:aaa', to: 'shop@sha256:bbb' },
    ]),
    change('Secret', 'keys', 'configured', [
      { path: '/data/password', from: 'b2xk', to: 'bmV3', redacted: true },
    ]),
    change('ConfigMap', 'settings', 'created', [{ path: '/data/LOG_LEVEL', to: 'debug' }]),
    change('ConfigMap', 'old', 'pruned'),
    change('Service', 'web', 'unchanged'),
  ],
  ...facts,
});

const mailOf = (facts: Partial<Plan> = {}) =>
  approvalMail({ plan: plan(facts), expiresAt, url, decisionCode: 'ABCD1234' });

describe('approvalMail', () => {
  it('says what is asked for on one screen', () => {
    expect(mailOf().body).toBe(`shop waits for your decision: release 7, replacing release 6, in production.
Nothing changes there before you decide. Decide by 2026-11-24 10:00 UTC.

Objects in production: 1 deleted, 1 created, 2 changed, 1 unchanged
  delete ConfigMap production/old
  create ConfigMap production/settings
  change Deployment.apps production/web (2 fields)
  change Secret production/keys (1 field)

Images:
  Deployment.apps production/web: shop@sha256:aaa -> shop@sha256:bbb

Configuration keys:
  ConfigMap production/settings: LOG_LEVEL
  Secret production/keys: password

See every field and decide:
${url}

Decision code: ABCD-1234

The page asks for this code. Link and code are yours alone: do not forward this mail.
`);
  });

  it('has an ASCII subject below 100 characters with the longest names', () => {
    const { subject } = mailOf({
      application: 'a'.repeat(30),
      environment: 'e'.repeat(20),
      release: 9_999_999,
    });
    expect(subject).toMatch(/^[ -~]{1,99}$/);
  });

  it('names a rollback and a first release', () => {
    expect(mailOf({ kind: 'rollback', release: 5, replacesRelease: 6 }).body).toContain(
      'rollback to release 5, replacing release 6',
    );
    const { replacesRelease, ...first } = plan();
    expect(replacesRelease).toBe(6);
    expect(approvalMail({ plan: first, expiresAt, url, decisionCode: 'ABCD1234' }).body).toContain(
      'release 7, the first one there',
    );
  });

  it('begins with what will not start, and counts what else there is to know', () => {
    const identity = { group: 'apps', kind: 'Deployment', namespace: 'production', name: 'web' };
    const missing = { group: '', kind: 'Secret', namespace: 'production', name: 'db' };
    const { body } = mailOf({
      advice: [
        { kind: 'missing-reference', identity, missing, needs: 'pods' },
        { kind: 'restarts', identity, reasons: ['image'], when: 'at-once' },
      ],
    });
    expect(body).toContain(`Decide by 2026-11-24 10:00 UTC.

Will not start as it is:
  Deployment.apps production/web: names Secret production/db, which is neither in the release nor in the cluster; its pods will not start

Objects in production:`);
    expect(body).toContain('\nPods that restart: 1.\n');
  });

  it('counts what does not fit', () => {
    const changes = Array.from({ length: 40 }, (_, index) => change('ConfigMap', `c${index}`, 'created'));
    const { body } = mailOf({ changes });
    expect(body).toContain('… and 25 more on the page');
    expect(body.split('\n').length).toBeLessThan(40);
  });

  it('lets no manifest write lines of its own', () => {
    const forged = 'x\nhttps://evil.example/a/1?k=2\nDecision code: EVIL-CODE\u2028y';
    const field = { path: '/spec/template/spec/containers/0/image', to: forged };
    const { body } = mailOf({
      changes: [change('Deployment', 'web', 'configured', [field])],
      notes: [forged],
      advice: [
        { kind: 'warning', identity: { group: '', kind: 'Pod', name: forged }, text: forged },
        {
          kind: 'missing-reference',
          identity: { group: '', kind: 'Pod', name: forged },
          missing: { group: '', kind: 'Secret', name: forged },
          needs: 'pods',
        },
      ],
    });
    expect(body.match(/^https?:.*$/gm)).toEqual([url]);
    expect(body.match(/^Decision code: .*$/gm)).toEqual(['Decision code: ABCD-1234']);
  });
});
