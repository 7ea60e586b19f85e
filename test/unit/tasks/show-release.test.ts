import { beforeEach, describe, expect, it } from 'vitest';
import { decideApproval } from '#tasks/decide-approval.ts';
import { showRelease } from '#tasks/show-release.ts';
import { anaApproves, askForRelease6, post } from './approval-page-visits.ts';
import { createWorld, start, type World } from './promotion-world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.receiveReleases(7);
});
const bundle = (versionId: string) => ({ bucket: 'bundles', key: 'shop/app.zip', versionId });

describe('ShowRelease', () => {
  it('shows a release with its promotions, requests and counts', async () => {
    await askForRelease6(world);
    await decideApproval(world)(post('link-1', anaApproves));
    const shown = await showRelease(world)({ kind: 'release', application: 'shop', release: 6 });
    expect(shown).toMatchObject({
      kind: 'release',
      view: {
        release: { release: 6 },
        promotions: [
          {
            promotion: { environment: 'production', attempt: 1 },
            requests: [{ status: 'approved', decision: { approver: 'ana@example.com' } }],
            changes: { created: 1, configured: 2, pruned: 1, unchanged: 0 },
          },
        ],
      },
    });
  });

  it('finds a release by its upload, and says how an upload was refused', async () => {
    const failure = { name: 'PipelineInvalidError', message: 'unknown application' };
    await world.releases.refuse(bundle('bad'), failure, start);
    const show = showRelease(world);
    expect(await show({ kind: 'upload', bundle: bundle('v3') })).toMatchObject({
      view: { release: { release: 3 } },
    });
    expect(await show({ kind: 'upload', bundle: bundle('bad') })).toEqual({ kind: 'refused', failure });
    expect(await show({ kind: 'upload', bundle: bundle('v99') })).toEqual({ kind: 'unknown' });
  });

  it('shows what runs where, and the newest releases', async () => {
    await world.promoted(5, start);
    const shown = await showRelease(world)({ kind: 'application', application: 'shop' });
    expect(shown).toMatchObject({
      kind: 'application',
      environments: [
        { environment: 'staging' },
        { environment: 'production', release: 5, promotedAt: start },
      ],
    });
    const numbers = shown.kind === 'application' ? shown.releases.map(({ release }) => release.release) : [];
    expect(numbers).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });

  it('shows a stopped release as rolled back once the rollback that followed is through', async () => {
    const { attempt } = await world.promoted(5, start - 1000);
    const stopped = await world.openPromotion(6);
    const end = { outcome: 'failed-not-rolled-back', endedAt: start } as const;
    await world.promotions.end(stopped, end);
    await world.releases.end(stopped, end);
    const outcomes = async () => {
      const shown = await showRelease(world)({ kind: 'release', application: 'shop', release: 6 });
      if (shown.kind !== 'release') throw new Error(`was ${shown.kind}`);
      const { release, promotions } = shown.view;
      return [release.outcome, promotions[0]?.promotion.outcome];
    };
    expect(await outcomes()).toEqual(['failed-not-rolled-back', 'failed-not-rolled-back']);
    const rollback = await world.promotions.open({
      application: 'shop',
      release: 5,
      environment: 'production',
      kind: 'rollback',
      requestedBy: 'settle',
      openedAt: start,
      repair: { of: { release: 6, attempt: stopped.attempt }, backTo: { release: 5, attempt } },
    });
    await world.promotions.end(rollback, { outcome: 'promoted', endedAt: start });
    expect(await outcomes()).toEqual(['failed-rolled-back', 'failed-rolled-back']);
  });

  it('knows what it does not know', async () => {
    const show = showRelease(world);
    expect(await show({ kind: 'release', application: 'shop', release: 99 })).toEqual({ kind: 'unknown' });
    expect(await show({ kind: 'application', application: 'ghost' })).toEqual({ kind: 'unknown' });
  });

  it('reads a stored plan once, however often the release is followed', async () => {
    await askForRelease6(world);
    let reads = 0;
    const documents = {
      ...world.documents,
      get: async <Document>(reference: Parameters<World['documents']['get']>[0]) => {
        reads += 1;
        return world.documents.get<Document>(reference);
      },
    };
    const show = showRelease({ ...world, documents });
    for (let poll = 0; poll < 3; poll++) await show({ kind: 'release', application: 'shop', release: 6 });
    expect(reads).toBe(1);
  });
});

describe('secrets', () => {
  it('stand in nothing that is shown, returned or thrown', async () => {
    const id = await askForRelease6(world);
    const texts: string[] = [];
    const keep = (value: unknown) => texts.push(JSON.stringify(value) ?? '');
    const decide = decideApproval(world);
    for (const fields of [{ code: 'WRONG' }, { k: 'wrong' }, {}]) {
      const response = await decide(post('link-1', { ...anaApproves, ...fields })).catch((error: Error) => ({
        headers: {},
        body: error.message,
      }));
      // The page itself carries the link's secret back to who came with it; nothing else may.
      texts.push(response.body.replaceAll('very-secret-1', ''));
    }
    const show = showRelease(world);
    keep(await show({ kind: 'release', application: 'shop', release: 6 }));
    keep(await show({ kind: 'application', application: 'shop' }));
    keep(await world.approvals.request(id));
    keep(await world.approvals.link('link-1'));
    keep(await world.approvals.awaited('shop', 'production'));
    keep(await world.promotions.promotions(id));
    for (const text of texts) expect(text).not.toMatch(/very-secret|task-token|C0DE-?000/i);
  });
});
