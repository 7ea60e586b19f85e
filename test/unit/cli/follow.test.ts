import { describe, expect, it } from 'vitest';
import type { ShowReleaseResult } from '#domain/view.ts';
import { follow, releaseEnded } from '../../../cli/follow/follow.ts';
import { releaseView } from './release-views.ts';

const bundle = { bucket: 'b', key: 'hello/x.zip', versionId: 'v' };

function following(answers: readonly ShowReleaseResult[], interruption = new AbortController()) {
  const shown: string[] = [];
  let asked = 0;
  return {
    shown,
    interruption,
    settings: {
      show: async () => answers[Math.min(asked++, answers.length - 1)] as ShowReleaseResult,
      question: { kind: 'upload', bundle } as const,
      progress: {
        show: ({ release }: { release: { outcome?: string } }) =>
          void shown.push(release.outcome ?? 'running'),
        wait: () => void shown.push('unknown'),
      },
      intervalMilliseconds: 1,
      interruption: interruption.signal,
      isOver: releaseEnded,
    },
  };
}

const running: ShowReleaseResult = { kind: 'release', view: releaseView() };
const succeeded: ShowReleaseResult = { kind: 'release', view: releaseView({ outcome: 'succeeded' }) };

describe('follow', () => {
  it('waits for the upload’s event and then for the end', async () => {
    const { settings, shown } = following([{ kind: 'unknown' }, running, succeeded]);
    expect((await follow(settings)).release.outcome).toBe('succeeded');
    expect(shown).toEqual(['unknown', 'running', 'succeeded']);
  });

  it('ends with the reason of a refused upload', async () => {
    const failure = { name: 'PipelineInvalidError', message: 'application "helo" has no pipeline' };
    const { settings } = following([{ kind: 'unknown' }, { kind: 'refused', failure }]);
    await expect(follow(settings)).rejects.toMatchObject({
      name: 'RefusedError',
      exitCode: 1,
      message: expect.stringContaining('application "helo" has no pipeline'),
    });
  });

  it('stops following after the time-out', async () => {
    const { settings } = following([running]);
    await expect(follow({ ...settings, timeoutSeconds: 0.02 })).rejects.toMatchObject({ exitCode: 6 });
  });

  it('stops at once when it is interrupted', async () => {
    const { settings, interruption } = following([running]);
    const end = follow({ ...settings, intervalMilliseconds: 60_000 });
    setTimeout(() => interruption.abort(), 10);
    await expect(end).rejects.toMatchObject({ exitCode: 130 });
  });
});
