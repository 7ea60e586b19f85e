import { applicationName } from '#domain/application-name.ts';
import { bundleLimits, bytesText } from '#domain/bundle-limits.ts';
import { BundleInvalidError, PipelineInvalidError, TidegateError } from '#domain/errors.ts';
import type { BundleReference } from '#domain/reference.ts';
import type { Failure, Release } from '#domain/release.ts';
import { readUpload, type UploadEvent, type UploadedBundle } from '#domain/upload-event.ts';
import type { Clock } from '#ports/clock.ts';
import type { Executions } from '#ports/executions.ts';
import type { PipelineArchive } from '#ports/pipeline-archive.ts';
import type { PipelineStore } from '#ports/pipeline-store.ts';
import type { ReleaseLedger } from '#ports/release-ledger.ts';

export type StartReleaseInput = UploadEvent;

export type StartReleaseResult =
  | {
      readonly kind: 'started';
      readonly application: string;
      readonly release: number;
      readonly executionArn: string;
    }
  | {
      readonly kind: 'superseded';
      readonly application: string;
      readonly release: number;
      readonly supersededBy?: number;
    }
  | { readonly kind: 'refused'; readonly failure: Failure };

interface Ports {
  readonly releases: ReleaseLedger;
  readonly pipelines: PipelineStore;
  readonly archive: PipelineArchive;
  readonly executions: Executions;
  readonly clock: Clock;
}

/** The application that an upload is for: the first segment of its key. */
function applicationOf({ key }: BundleReference): string {
  const slash = key.indexOf('/');
  if (slash <= 0 || !key.endsWith('.zip') || key.endsWith('/.zip')) {
    throw new BundleInvalidError(`bundle "${key}" must be uploaded as <application>/<name>.zip`, { key });
  }
  return key.slice(0, slash);
}

async function pipelineOf(application: string, pipelines: PipelineStore) {
  const isName = applicationName.safeParse(application).success;
  const pipeline = isName ? await pipelines.newest(application) : undefined;
  if (pipeline !== undefined) return pipeline;
  const advice = isName
    ? `add its pipeline with \`tidegate pipeline put <file>\`, or upload under the application's own name`
    : 'an application is 1–30 characters of a–z, 0–9 and -, beginning with a letter';
  throw new PipelineInvalidError(`application "${application}" is unknown: ${advice}`, { application });
}

function checkSize({ bundle: { key }, sizeBytes }: UploadedBundle): void {
  if (sizeBytes <= bundleLimits.bundleBytes) return;
  const limit = bytesText(bundleLimits.bundleBytes);
  throw new BundleInvalidError(
    `bundle "${key}" has ${bytesText(sizeBytes)}, at most ${limit} are read; leave large files out`,
    { key, sizeBytes },
  );
}

async function receive(upload: UploadedBundle, ports: Ports): Promise<Release> {
  const { bundle, uploadedAt } = upload;
  const application = applicationOf(bundle);
  checkSize(upload);
  const { pipeline, pins } = await pipelineOf(application, ports.pipelines);
  return await ports.releases.receive({
    application,
    bundle,
    uploadedAt,
    receivedAt: ports.clock.now(),
    pipelineDigest: await ports.archive.keep(pipeline),
    pipelinePins: pins,
    environments: pipeline.environments.map(({ name }) => name),
  });
}

async function start(release: Release, ports: Ports): Promise<StartReleaseResult> {
  const { application, bundle, environments } = release;
  const id = { application, release: release.release };
  if (release.outcome === 'superseded') {
    const { supersededBy } = release;
    return { kind: 'superseded', ...id, ...(supersededBy === undefined ? {} : { supersededBy }) };
  }
  // Delivered again: what is noted needs no second start and no second write.
  if (release.executionArn !== undefined) {
    return { kind: 'started', ...id, executionArn: release.executionArn };
  }
  const executionArn = await ports.executions.startRelease({ ...id, bundle, environments });
  await ports.releases.noteExecution(id, executionArn);
  return { kind: 'started', ...id, executionArn };
}

/** What became of this upload at an earlier delivery of its event, if there was one. */
async function earlier(bundle: BundleReference, ports: Ports): Promise<StartReleaseResult | undefined> {
  const upload = await ports.releases.upload(bundle);
  if (upload?.kind === 'refused') return { kind: 'refused', failure: upload.failure };
  const release = upload && (await ports.releases.release(upload));
  return release && (await start(release, ports));
}

/**
 * Makes a release of an upload: numbers it, pins its object version, keeps the pipeline as it is now, starts its state
 * machine. The same event any number of times is one release. What the uploader must mend is recorded and answered as
 * refused; what is worth another delivery (a throttled service) is thrown. The bundle itself is not asked for: whether
 * its version is still there is for ValidateBundle to find.
 */
export function startRelease(ports: Ports): (event: StartReleaseInput) => Promise<StartReleaseResult> {
  return async (event) => {
    const upload = readUpload(event);
    const { bundle } = upload;
    const known = await earlier(bundle, ports);
    if (known !== undefined) return known;
    try {
      return await start(await receive(upload, ports), ports);
    } catch (error) {
      if (!(error instanceof TidegateError) || error.errorClass !== 'user') throw error;
      const failure = { name: error.name, message: error.message };
      await ports.releases.refuse(bundle, failure, ports.clock.now());
      return { kind: 'refused', failure };
    }
  };
}
