import { RequestInvalidError } from '#domain/errors.ts';
import type { BundleReference } from '#domain/reference.ts';
import type { Release, ReleaseId } from '#domain/release.ts';
import type { ReleaseEnd, ReleaseLedger, UploadRecord } from '#ports/release-ledger.ts';

const uploadName = ({ bucket, key, versionId }: BundleReference): string => `${bucket}/${key}#${versionId}`;

/** The record of releases in this process. */
export function createMemoryReleaseLedger(): ReleaseLedger {
  const uploads = new Map<string, UploadRecord>();
  /** Per application, in order of number: release n stands at n − 1. */
  const releases = new Map<string, Release[]>();
  const of = (application: string): Release[] => {
    const known = releases.get(application) ?? [];
    releases.set(application, known);
    return known;
  };
  const find = ({ application, release }: ReleaseId) => of(application)[release - 1];

  function replace(id: ReleaseId, fact: Partial<Release>): Release {
    const current = find(id);
    if (current === undefined) {
      throw new RequestInvalidError(`Release ${id.release} of "${id.application}" is not in the ledger`, {
        ...id,
      });
    }
    const next = { ...current, ...fact };
    of(id.application)[id.release - 1] = next;
    return next;
  }

  return {
    async receive(upload) {
      const known = uploads.get(uploadName(upload.bundle));
      if (known?.kind === 'release') return find(known) as Release;
      const earlier = of(upload.application);
      const newest = earlier.reduce<Release | undefined>(
        (best, next) => (best === undefined || next.uploadedAt >= best.uploadedAt ? next : best),
        undefined,
      );
      const late = newest !== undefined && upload.uploadedAt < newest.uploadedAt;
      const release: Release = {
        ...upload,
        release: earlier.length + 1,
        ...(late && { outcome: 'superseded', endedAt: upload.receivedAt, supersededBy: newest.release }),
      };
      earlier.push(release);
      const { application } = upload;
      uploads.set(uploadName(upload.bundle), { kind: 'release', application, release: release.release });
      return release;
    },
    async refuse(bundle, failure, refusedAt) {
      const name = uploadName(bundle);
      if (!uploads.has(name)) uploads.set(name, { kind: 'refused', failure, refusedAt });
    },
    upload: async (bundle) => uploads.get(uploadName(bundle)),
    release: async (id) => find(id),
    newest: async (application, limit) => of(application).toReversed().slice(0, limit),
    async noteExecution(id, executionArn) {
      replace(id, { executionArn });
    },
    async noteContents(id, contents) {
      replace(id, { contents });
    },
    async end(id, end) {
      const { outcome, endedAt, failure, supersededBy } = replace(
        id,
        find(id)?.outcome === undefined ? end : {},
      );
      return {
        outcome,
        endedAt,
        ...(failure && { failure }),
        ...(supersededBy !== undefined && { supersededBy }),
      } as ReleaseEnd;
    },
  };
}
