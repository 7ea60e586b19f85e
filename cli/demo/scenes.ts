import { outcomeText, type ReleaseOutcome } from '#domain/outcome.ts';
import type { ReleaseView } from '#domain/view.ts';
import { openPage } from '../approve/decide.ts';
import { excerpt } from '../approve/form.ts';
import { showRelease } from '../aws/releases.ts';
import { RefusedError } from '../cli-error.ts';
import { putPipeline } from '../commands/pipeline-put.ts';
import { statusLines } from '../commands/status.ts';
import { example, exampleApplication } from '../events/seed.ts';
import { type ExitCode, exitCodeOfOutcome, exitCodes } from '../exit-codes.ts';
import type { Scenario } from './options.ts';
import { playRelease, type ReleasePlayed } from './release-scene.ts';
import { heading, type Stage } from './stage.ts';
import { verifyProduction } from './verify.ts';

/** Throws RefusedError unless a release ended as the demo says it does. */
function expectOutcome({ release }: ReleaseView, expected: ReleaseOutcome): void {
  if (release.outcome === expected) return;
  const cause = release.failure === undefined ? '' : `: ${release.failure.message}`;
  throw new RefusedError(`release ${release.release} ended ${release.outcome}, not ${expected}${cause}`);
}

async function setUp({ target, output }: Stage): Promise<void> {
  heading(output, 'The pipeline: staging, then production, where ana@example.com approves');
  const { pipeline, approvers } = await putPipeline(target, example('pipeline.yaml'));
  for (const { name, stabilityWindowSeconds, approval } of pipeline.environments) {
    const who = approval === undefined ? 'nobody is asked' : `${approval.approvers.join(', ')} is asked`;
    output.line(`${name}: ${who}; a rollout must stay healthy for ${stabilityWindowSeconds} seconds`);
  }
  output.line(
    'The stability window is set short for this demo; in earnest leave its 10 seconds or take more.',
    'waiting',
  );
  for (const { approver, state } of approvers) output.line(`${approver}: ${state}`);
}

async function first(stage: Stage): Promise<void> {
  heading(stage.output, 'Release 1: examples/hello/v1, the first one');
  const { view } = await playRelease(stage, {
    bundle: 'hello/v1',
    verdict: 'approved',
    comment: 'first release',
    showsMail: false,
  });
  expectOutcome(view, 'succeeded');
  await verifyProduction(stage, 'v1');
}

async function second(stage: Stage): Promise<ReleasePlayed> {
  const { scenario, decider } = stage.options;
  heading(stage.output, 'Release 2: examples/hello/v2, an update');
  const verdict = scenario === 'reject' ? 'rejected' : 'approved';
  return playRelease(stage, {
    bundle: 'hello/v2',
    verdict: decider === 'person' ? 'person' : verdict,
    comment: verdict === 'rejected' ? 'not this week' : 'seen in staging',
    showsMail: true,
  });
}

async function showStatus({ target, output }: Stage): Promise<readonly string[]> {
  heading(output, 'tidegate status hello');
  const answer = await showRelease(target, { kind: 'application', application: exampleApplication });
  if (answer.kind !== 'application') throw new RefusedError(`application "${exampleApplication}" is unknown`);
  const lines = statusLines(answer);
  for (const line of lines) output.line(line);
  return lines;
}

async function promoted(stage: Stage): Promise<ExitCode> {
  const { view } = await second(stage);
  await showStatus(stage);
  const outcome = view.release.outcome ?? 'withdrawn';
  if (stage.options.decider === 'person' && outcome !== 'succeeded') {
    await verifyProduction(stage, 'v1');
    stage.output.line(`You did not approve (${outcomeText[outcome]}): production stays as it was.`);
    return exitCodeOfOutcome(outcome);
  }
  expectOutcome(view, 'succeeded');
  await verifyProduction(stage, 'v2');
  return exitCodes.ok;
}

async function rejected(stage: Stage): Promise<ExitCode> {
  expectOutcome((await second(stage)).view, 'rejected');
  await showStatus(stage);
  await verifyProduction(stage, 'v1');
  return exitCodes.ok;
}

/** Page and status must tell what happened, in the same words. */
function expectTold(where: string, text: string): void {
  const words = outcomeText['failed-rolled-back'];
  if (!text.includes(words)) throw new RefusedError(`${where} does not say "${words}":\n${text}`);
}

async function broken(stage: Stage): Promise<ExitCode> {
  expectOutcome((await second(stage)).view, 'succeeded');
  await verifyProduction(stage, 'v2');
  heading(stage.output, 'Release 3: examples/hello/v3-broken, which crashes in production');
  const { view, invitation } = await playRelease(stage, {
    bundle: 'hello/v3-broken',
    verdict: 'approved',
    comment: 'staging looks fine',
    showsMail: false,
  });
  expectOutcome(view, 'failed-rolled-back');
  expectTold('status', (await showStatus(stage)).join('\n'));
  if (invitation !== undefined) {
    const page = await openPage(invitation.link);
    expectTold('the approval page', page.text);
    heading(stage.output, 'The approval page now');
    stage.output.line(excerpt(page.text, 20));
  }
  await verifyProduction(stage, 'v2');
  return exitCodes.ok;
}

const endings: Readonly<Record<Scenario, (stage: Stage) => Promise<ExitCode>>> = {
  promote: promoted,
  reject: rejected,
  broken,
};

/** Plays the whole demo on a running laptop cloud. Throws when anything ends otherwise than it should. */
export async function playDemo(stage: Stage): Promise<ExitCode> {
  await setUp(stage);
  await first(stage);
  return endings[stage.options.scenario](stage);
}
