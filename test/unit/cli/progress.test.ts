import { describe, expect, it } from 'vitest';
import { instant } from '#domain/instant.ts';
import type { PromotionView, ReleaseView } from '#domain/view.ts';
import { milestones } from '../../../cli/follow/milestones.ts';
import { createProgress } from '../../../cli/follow/progress.ts';
import { currentText } from '../../../cli/follow/words.ts';
import { createOutput } from '../../../cli/output/output.ts';
import { Collector } from './collected-world.ts';
import { approvalRequest, promotionView, releaseView, ten } from './release-views.ts';

const texts = (view: ReleaseView) =>
  milestones(view).map(({ environment, text }) =>
    environment === undefined ? text : `${environment}: ${text}`,
  );

const plan = { document: { bucket: 'b', key: 'k', versionId: 'v' }, digest: 'sha256:00', changes: 3 };
const changes = { created: 1, configured: 2, pruned: 1, unchanged: 3 };
const rollout = {
  readyObjects: 3,
  totalObjects: 5,
  waitingFor: ['Deployment.apps staging/hello: 1 of 2 replicas available', 'Service staging/hello'],
  observedAt: ten,
};

describe('milestones', () => {
  it.each<{ fact: string; promotion: PromotionView; told: string }>([
    {
      fact: 'a plan',
      promotion: promotionView({ environment: 'staging', stage: 'deploying', plan }, { changes }),
      told: 'staging: the plan: 1 created, 2 configured, 1 pruned, 3 unchanged',
    },
    {
      fact: 'whom it waits for',
      promotion: promotionView(
        { environment: 'production', stage: 'awaiting-approval' },
        { requests: [approvalRequest()] },
      ),
      told: 'production: waits for the decision of ana@example.com, until 2026-11-21 11:00:00 UTC',
    },
    {
      fact: 'a rejection with its comment',
      promotion: promotionView(
        { environment: 'production', stage: 'ended', outcome: 'rejected' },
        {
          requests: [
            approvalRequest({
              status: 'rejected',
              decision: {
                verdict: 'rejected',
                approver: 'ana@example.com',
                comment: 'not on a Friday',
                decidedAt: ten,
              },
            }),
          ],
        },
      ),
      told: 'production: rejected by ana@example.com: “not on a Friday”',
    },
    {
      fact: 'what will not start of the plan',
      promotion: promotionView(
        { environment: 'production', stage: 'awaiting-approval', plan },
        {
          changes: { created: 1, configured: 0, pruned: 0, unchanged: 0 },
          willNotStart: ['Deployment.apps shop/web: names Secret shop/db'],
        },
      ),
      told: 'production: the plan: 1 created\n  will not start: Deployment.apps shop/web: names Secret shop/db',
    },
    {
      fact: 'why a request is outdated',
      promotion: promotionView(
        { environment: 'production', stage: 'planning' },
        {
          requests: [
            approvalRequest({ status: 'outdated', outdatedBy: ['ConfigMap production/hello changed'] }),
          ],
        },
      ),
      told: 'production: the approval request is outdated\n  ConfigMap production/hello changed',
    },
    {
      fact: 'what the rollout waits for',
      promotion: promotionView({ environment: 'staging', stage: 'deploying', progress: rollout }),
      told: 'staging: 3 of 5 objects ready; waits for Deployment.apps staging/hello: 1 of 2 replicas available and 1 more',
    },
    {
      fact: 'the stability window',
      promotion: promotionView({
        environment: 'staging',
        stage: 'deploying',
        progress: { ...rollout, readyObjects: 5, waitingFor: [], stableAt: instant(ten + 2000) },
      }),
      told: 'staging: 5 of 5 objects ready, must stay so for the stability window',
    },
    {
      fact: 'what it rolls back to',
      promotion: promotionView({ environment: 'production', stage: 'rolling-back', rollbackToRelease: 1 }),
      told: 'production: rolls back to release 1',
    },
    {
      fact: 'a failed rollback',
      promotion: promotionView({
        environment: 'production',
        stage: 'ended',
        outcome: 'failed-not-rolled-back',
        rollbackFailure: { name: 'RolloutFailedError', message: 'no space' },
      }),
      told: 'production: failed, not fully rolled back\n  rolling back failed: no space',
    },
  ])('tell $fact', ({ promotion, told }) => {
    expect(texts(releaseView({}, [promotion]))).toContain(told);
  });

  it('tell a failure once, where it happened', () => {
    const failure = { name: 'RolloutFailedError', message: 'container hello exited with code 1' };
    const view = releaseView({ outcome: 'failed-rolled-back', failure }, [
      promotionView({ environment: 'production', stage: 'ended', outcome: 'failed-rolled-back', failure }),
    ]);
    expect(texts(view).filter((text) => text.includes('exited with code 1'))).toEqual([
      'production: failed: container hello exited with code 1',
    ]);
    expect(texts(view).at(-1)).toBe('release 2 of hello: failed, rolled back');
  });

  it('tell of a release that failed before any promotion why', () => {
    const failure = { name: 'BundleInvalidError', message: 'tidegate.yaml: is missing' };
    expect(texts(releaseView({ outcome: 'failed-nothing-applied', failure }))).toContain(
      'failed: tidegate.yaml: is missing',
    );
  });

  it('have ids of their own', () => {
    const view = releaseView({ outcome: 'succeeded' }, [
      promotionView({ environment: 'staging', stage: 'ended', outcome: 'promoted', plan }, { changes }),
      promotionView({ environment: 'production', stage: 'ended', outcome: 'promoted', plan }, { changes }),
    ]);
    const ids = milestones(view).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('createProgress', () => {
  const deploying = releaseView({}, [
    promotionView({ environment: 'staging', stage: 'deploying', plan }, { changes }),
  ]);
  const ended = releaseView({ outcome: 'succeeded' }, [
    promotionView({ environment: 'staging', stage: 'ended', outcome: 'promoted', plan }, { changes }),
  ]);

  function progressOn(settings: { isTTY: boolean; json: boolean }) {
    const stdout = new Collector(settings.isTTY);
    const output = createOutput({ stdout, stderr: new Collector(), json: settings.json, coloured: false });
    return { stdout, progress: createProgress(output) };
  }

  it('prints each thing once, with the time since the beginning', () => {
    const { stdout, progress } = progressOn({ isTTY: false, json: false });
    progress.show(deploying, 400);
    progress.show(deploying, 900);
    progress.show(ended, 65_000);
    expect(stdout.text).toBe(
      [
        '   0.4 s  release 2 of hello is received',
        '   0.4 s  staging: the plan: 1 created, 2 configured, 1 pruned, 3 unchanged',
        '   0.4 s  staging: applies',
        '1 min 05 s  staging: promoted',
        '1 min 05 s  release 2 of hello: succeeded',
        '',
      ].join('\n'),
    );
  });

  it('says which attempt, from the second on', () => {
    const { stdout, progress } = progressOn({ isTTY: false, json: false });
    progress.show(
      releaseView({}, [promotionView({ environment: 'staging', stage: 'planning', attempt: 2 })]),
      0,
    );
    expect(stdout.text).toContain('staging (attempt 2): plans what would change');
  });

  it('writes no control characters where there is no terminal', () => {
    const { stdout, progress } = progressOn({ isTTY: false, json: false });
    progress.wait('uploaded', 100);
    progress.show(deploying, 400);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(stdout.text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it('keeps a live line on a terminal and takes it away before a new line', () => {
    const { stdout, progress } = progressOn({ isTTY: true, json: false });
    progress.show(deploying, 400);
    expect(stdout.text.endsWith('\r\u001b[K   0.4 s  staging: deploying')).toBe(true);
    const before = stdout.text.length;
    progress.show(ended, 900);
    expect(stdout.text.slice(before).startsWith('\r\u001b[K   0.9 s  staging: promoted\n')).toBe(true);
  });

  it('prints one JSON document per new thing', () => {
    const { stdout, progress } = progressOn({ isTTY: true, json: true });
    progress.show(ended, 900);
    const records = stdout.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.map(({ event, id }) => [event, id])).toEqual([
      ['progress', 'received'],
      ['progress', 'staging/1/plan/sha256:00'],
      ['progress', 'staging/1/outcome'],
      ['progress', 'outcome'],
    ]);
    expect(records[0]).toMatchObject({ application: 'hello', release: 2, elapsedMilliseconds: 900 });
  });

  it('lets no text from elsewhere steer the terminal', () => {
    const { stdout, progress } = progressOn({ isTTY: false, json: false });
    const failure = { name: 'RolloutFailedError', message: 'log says \u001b[2Jgone' };
    progress.show(releaseView({ outcome: 'failed-nothing-applied', failure }), 1);
    expect(stdout.text).toContain('log says \ufffd[2Jgone');
  });
});

describe('currentText', () => {
  it.each([
    { view: releaseView(), text: 'validates the bundle' },
    {
      view: releaseView({}, [promotionView({ environment: 'staging', stage: 'awaiting-target' })]),
      text: 'staging: awaiting target',
    },
    {
      view: releaseView({}, [
        promotionView({ environment: 'staging', stage: 'deploying', progress: rollout }),
      ]),
      text: 'staging: deploying: 3 of 5 objects ready; waits for Deployment.apps staging/hello: 1 of 2 replicas available and 1 more',
    },
  ])('says $text', ({ view, text }) => {
    expect(currentText(view)).toBe(text);
  });
});
