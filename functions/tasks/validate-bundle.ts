import { readBundle, type ValidBundle } from '#domain/bundle.ts';
import { bundleGone } from '#domain/bundle-gone.ts';
import type { ReleaseContent } from '#domain/content.ts';
import { RequestInvalidError } from '#domain/errors.ts';
import type { BundleReference, DocumentReference } from '#domain/reference.ts';
import type { ReleaseId } from '#domain/release.ts';
import type { BundleStore } from '#ports/bundle-store.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { PipelineArchive } from '#ports/pipeline-archive.ts';
import type { ReleaseLedger } from '#ports/release-ledger.ts';

export interface ValidateBundleInput extends ReleaseId {
  readonly bundle: BundleReference;
}

export interface ValidateBundleResult {
  /** A `ReleaseContent` document per environment, images as the bundle names them. */
  readonly contents: Readonly<Record<string, DocumentReference>>;
  /** Distinct objects over all environments. */
  readonly objects: number;
}

function contentOf(input: ValidateBundleInput, bundle: ValidBundle, environment: string): ReleaseContent {
  const { version, description, confirm, rollback } = bundle.release;
  return {
    application: input.application,
    release: input.release,
    environment,
    bundle: { ...input.bundle, files: bundle.files },
    ...(version === undefined ? {} : { version }),
    ...(description === undefined ? {} : { description }),
    ...(confirm === undefined ? {} : { confirm }),
    ...(rollback === undefined ? {} : { rollback }),
    objects: bundle.objectsOf(environment),
    notes: bundle.notes,
  };
}

/**
 * Reads a release's bundle by its version, checks all of it, and stores the canonical objects of each environment.
 * Throws BundleInvalidError naming everything that is wrong; nothing is stored then.
 */
export function validateBundle({
  releases,
  archive,
  bundles,
  documents,
}: {
  releases: ReleaseLedger;
  archive: PipelineArchive;
  bundles: BundleStore;
  documents: DocumentStore;
}): (input: ValidateBundleInput) => Promise<ValidateBundleResult> {
  return async (input) => {
    const { application, release, bundle } = input;
    const recorded = await releases.release({ application, release });
    if (recorded === undefined) {
      throw new RequestInvalidError(`release ${application}-${release} is not in the ledger`, {
        application,
        release,
      });
    }
    const pipeline = await archive.kept(application, recorded.pipelineDigest);
    const head = await bundles.head(bundle);
    if (head === undefined) throw bundleGone(bundle);
    const source = {
      name: bundle.key,
      sizeBytes: head.sizeBytes,
      read: (start: number, end: number) => bundles.read(bundle, start, end),
    };
    const valid = await readBundle(source, pipeline);
    const contents: Record<string, DocumentReference> = {};
    for (const { name } of pipeline.environments) {
      const key = `contents/${application}/${release}/${name}.json`;
      contents[name] = await documents.put(key, contentOf(input, valid, name));
    }
    return { contents, objects: valid.objectCount };
  };
}
