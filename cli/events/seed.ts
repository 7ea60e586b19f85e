import { fileURLToPath } from 'node:url';
import type { ReleaseView } from '#domain/view.ts';
import { showRelease } from '../aws/releases.ts';
import { putPipeline } from '../commands/pipeline-put.ts';
import { pushBundle } from '../commands/push.ts';
import { follow } from '../follow/follow.ts';
import type { Target } from '../target/target.ts';

/** The application of the example pipeline. */
export const exampleApplication = 'hello';
const examples = fileURLToPath(new URL('../../examples/', import.meta.url));

/** A file or folder of the examples. */
export function example(path: string): string {
  return `${examples}${path}`;
}

/** True once a person is asked, or nothing more will happen. */
export function waitsForPerson({ release, promotions }: ReleaseView): boolean {
  const isAsked = promotions.some(({ promotion, requests }) => {
    return promotion.outcome === undefined && requests.at(-1)?.status === 'pending';
  });
  return isAsked || release.outcome !== undefined;
}

/**
 * Brings a cloud to where events make sense: the example application has a release that stands in staging and
 * waits for approval in production. A cloud that knows the application already is left as it is.
 */
export async function seed(target: Target, interruption: AbortSignal): Promise<ReleaseView> {
  const before = await showRelease(target, { kind: 'application', application: exampleApplication });
  const newest = before.kind === 'application' ? before.releases[0] : undefined;
  if (newest !== undefined) return newest;
  await putPipeline(target, example('pipeline.yaml'));
  const { bundle } = await pushBundle(target, example('hello/v1'));
  return follow({
    show: (input) => showRelease(target, input),
    question: { kind: 'upload', bundle },
    progress: { show: () => {}, wait: () => {} },
    intervalMilliseconds: 250,
    timeoutSeconds: 60,
    interruption,
    isOver: waitsForPerson,
  });
}
