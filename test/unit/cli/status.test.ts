import { describe, expect, it } from 'vitest';
import { statusLines } from '../../../cli/commands/status.ts';
import { promotionView, releaseView, ten } from './release-views.ts';

describe('statusLines', () => {
  it('show what is where, what is under way, and why something failed', () => {
    const failure = { name: 'RolloutFailedError', message: 'container hello exited with code 1\nlast line' };
    const lines = statusLines({
      kind: 'application',
      application: 'hello',
      environments: [{ environment: 'staging', release: 3, promotedAt: ten }, { environment: 'production' }],
      releases: [
        releaseView({ release: 4 }, [promotionView({ environment: 'staging', stage: 'planning' })]),
        releaseView({ release: 3, outcome: 'failed-rolled-back' }, [
          promotionView({
            environment: 'production',
            stage: 'ended',
            outcome: 'failed-rolled-back',
            failure,
          }),
        ]),
        releaseView({ release: 2, outcome: 'superseded', supersededBy: 3 }),
      ],
    });
    expect(lines).toEqual([
      'hello',
      '  staging     release 3    since 2026-11-21 10:00:00 UTC',
      '  production  nothing yet',
      '  releases:',
      '    4  2026-11-21 10:00:00 UTC  staging: planning',
      '    3  2026-11-21 10:00:00 UTC  failed, rolled back: container hello exited with code 1',
      '    2  2026-11-21 10:00:00 UTC  superseded by release 3',
    ]);
  });

  it('say of a release that waits for a decision what will not start', () => {
    const waiting = promotionView({ environment: 'staging', stage: 'awaiting-approval' });
    const willNotStart = ['Deployment.apps shop/web: names Secret shop/db'];
    const releases = [releaseView({ release: 4 }, [{ ...waiting, willNotStart }])];
    expect(
      statusLines({ kind: 'application', application: 'hello', environments: [], releases }).at(-1),
    ).toBe(
      '    4  2026-11-21 10:00:00 UTC  staging: awaiting approval; will not start: Deployment.apps shop/web: names Secret shop/db',
    );
  });

  it('say that there is no release yet', () => {
    const lines = statusLines({ kind: 'application', application: 'hello', environments: [], releases: [] });
    expect(lines).toEqual(['hello', '  no release yet']);
  });
});
