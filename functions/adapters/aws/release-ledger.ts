import { RequestInvalidError } from '#domain/errors.ts';
import type { Instant } from '#domain/instant.ts';
import type { BundleReference } from '#domain/reference.ts';
import type { Release, ReleaseId } from '#domain/release.ts';
import type { ReleaseEnd, ReleaseLedger, Upload, UploadRecord } from '#ports/release-ledger.ts';
import { bare, type Key, type LedgerTable, padded, untilSettled } from './ledger-table.ts';
import { absent, present, running } from './ledger-table-condition.ts';

/** The application's last number and its newest upload: what decides number and order of the next one. */
interface Counter {
  readonly last: number;
  readonly newest: number;
  readonly newestUploadedAt: Instant;
}

const partition = (application: string): string => `APP#${application}`;
const counterKey = (application: string): Key => ({ pk: partition(application), sk: 'COUNTER' });
const releaseKey = ({ application, release }: ReleaseId): Key => ({
  pk: partition(application),
  sk: `RELEASE#${padded(release)}`,
});
const uploadKey = ({ bucket, key, versionId }: BundleReference): Key => ({
  pk: `UPLOAD#${bucket}/${key}#${versionId}`,
  sk: 'UPLOAD',
});

/** The release that an upload becomes, given the counter as it stands. */
function numbered(upload: Upload, counter: Counter | undefined): { release: Release; counter: Counter } {
  const number = (counter?.last ?? 0) + 1;
  const { uploadedAt, receivedAt } = upload;
  const release: Release = { ...upload, release: number };
  if (counter === undefined || uploadedAt >= counter.newestUploadedAt) {
    return { release, counter: { last: number, newest: number, newestUploadedAt: uploadedAt } };
  }
  const ended = { outcome: 'superseded', endedAt: receivedAt, supersededBy: counter.newest } as const;
  return { release: { ...release, ...ended }, counter: { ...counter, last: number } };
}

/** The record of releases in DynamoDB. A refused upload may become a release later; a release is never refused. */
export function createReleaseLedger(table: LedgerTable): ReleaseLedger {
  const unknown = ({ application, release }: ReleaseId) =>
    new RequestInvalidError(`Release ${release} of "${application}" is not in the ledger`, {
      application,
      release,
    });

  const release = async (id: ReleaseId): Promise<Release | undefined> => {
    const item = await table.get(releaseKey(id));
    return item && bare<Release>(item);
  };

  const upload = async (bundle: BundleReference): Promise<UploadRecord | undefined> => {
    const item = await table.get(uploadKey(bundle));
    return item && bare<UploadRecord>(item);
  };

  async function received(bundle: BundleReference): Promise<Release | undefined> {
    const record = await upload(bundle);
    return record?.kind === 'release' ? release(record) : undefined;
  }

  async function number(incoming: Upload): Promise<Release | undefined> {
    const { application, bundle } = incoming;
    const item = await table.get(counterKey(application));
    const before = item && bare<Counter>(item);
    const next = numbered(incoming, before);
    const id = { application, release: next.release.release };
    const written = await table.transact([
      {
        put: { ...counterKey(application), ...next.counter },
        when: before ? { text: '#last = :last', values: { last: before.last } } : absent,
      },
      {
        put: { ...uploadKey(bundle), kind: 'release', ...id },
        when: { text: 'attribute_not_exists(#pk) OR #kind = :refused', values: { refused: 'refused' } },
      },
      { put: { ...releaseKey(id), ...next.release }, when: absent },
    ]);
    return written ? next.release : undefined;
  }

  async function note(id: ReleaseId, fact: Partial<Release>): Promise<void> {
    const result = await table.update(releaseKey(id), { set: fact }, present);
    if (!result.written) throw unknown(id);
  }

  return {
    receive: (incoming) =>
      untilSettled(
        `${incoming.application} releases`,
        async () => (await received(incoming.bundle)) ?? (await number(incoming)),
      ),
    async refuse(bundle, failure, refusedAt) {
      await table.put({ ...uploadKey(bundle), kind: 'refused', failure, refusedAt }, absent);
    },
    upload,
    release,
    async newest(application, limit) {
      const items = await table.query(partition(application), 'RELEASE#', { descending: true, limit });
      return items.map((item) => bare<Release>(item));
    },
    noteExecution: (id, executionArn) => note(id, { executionArn }),
    noteContents: (id, contents) => note(id, { contents }),
    async end(id, end) {
      const result = await table.update(releaseKey(id), { set: { ...end } }, running);
      if (result.written) return end;
      if (result.item === undefined) throw unknown(id);
      return endOf(bare<Release>(result.item));
    },
  };
}

function endOf({ outcome, endedAt, failure, supersededBy }: Release): ReleaseEnd {
  return {
    outcome,
    endedAt,
    ...(failure && { failure }),
    ...(supersededBy !== undefined && { supersededBy }),
  } as ReleaseEnd;
}
