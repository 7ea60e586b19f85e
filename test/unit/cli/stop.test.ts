import { describe, expect, it } from 'vitest';
import { runningExecutions } from '../../../cli/commands/stop.ts';
import { promotionView, releaseView } from './release-views.ts';

describe('runningExecutions', () => {
  const byHand = promotionView({
    environment: 'production',
    stage: 'deploying',
    attempt: 2,
    executionArn: 'arn:promotion',
  });

  it.each([
    {
      of: 'a release under way',
      view: releaseView({ executionArn: 'arn:release' }, [byHand]),
      arns: ['arn:release'],
    },
    { of: 'one that has not started', view: releaseView(), arns: [] },
    {
      of: 'an ended one with a promotion by hand',
      view: releaseView({ executionArn: 'arn:release', outcome: 'succeeded' }, [byHand]),
      arns: ['arn:promotion'],
    },
    {
      of: 'an ended one',
      view: releaseView({ executionArn: 'arn:release', outcome: 'succeeded' }),
      arns: [],
    },
  ])('of $of', ({ view, arns }) => {
    expect(runningExecutions(view)).toEqual(arns);
  });
});
