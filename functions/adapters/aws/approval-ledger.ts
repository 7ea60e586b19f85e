import type { ApprovalLink, ApprovalRequest, RequestId } from '#domain/approval.ts';
import { RequestInvalidError } from '#domain/errors.ts';
import { secondsAfter } from '#domain/instant.ts';
import type { ApprovalLedger, DecisionReceipt, RequestOpening } from '#ports/approval-ledger.ts';
import { bare, type Key, type LedgerTable, padded, untilSettled } from './ledger-table.ts';
import { absent } from './ledger-table-condition.ts';
import type { Item } from './ledger-table-values.ts';

/** A link goes on to say how its request ended for this long, seconds. */
const linkRetentionSeconds = 90 * 86_400;
/** Pointers and task tokens outlive the request's expiry by this, seconds: closing comes minutes after it. */
const waitRetentionSeconds = 7 * 86_400;

/** `AWAITED` points to a request from its opening until the state that waits for it has been woken. */
type RequestItem = 'REQUEST' | 'AWAITED';

const partition = (application: string, environment: string): string =>
  `APPROVAL#${application}#${environment}`;
const sortKey = ({ release, attempt, round }: RequestId): string =>
  `${padded(release)}#${padded(attempt)}#${padded(round, 2)}`;
const keyOf = (item: RequestItem, id: RequestId): Key => ({
  pk: partition(id.application, id.environment),
  sk: `${item}#${sortKey(id)}`,
});
// A partition of its own: only roles that wake the state machine may read it.
const tokenKey = (id: RequestId): Key => ({
  pk: `TOKEN#${id.application}#${id.environment}`,
  sk: sortKey(id),
});
const linkKey = (linkId: string): Key => ({ pk: `LINK#${linkId}`, sk: 'LINK' });

/** TTL in epoch seconds: it only cleans, no rule depends on it. */
const ttlAfter = (expiresAt: number, seconds: number): number =>
  Math.ceil(secondsAfter(expiresAt as RequestOpening['expiresAt'], seconds) / 1000);

const pending = { text: '#status = :pending', values: { pending: 'pending' } };
const requestOf = (item: Item): ApprovalRequest => bare<ApprovalRequest>(item);

/** The record of approvals in DynamoDB. */
export function createApprovalLedger(table: LedgerTable): ApprovalLedger {
  const unknown = ({ application, release, environment, round }: RequestId) =>
    new RequestInvalidError(
      `Approval request ${round} of "${application}" release ${release} in "${environment}" is not in the ledger`,
      { application, release, environment, round },
    );

  const request = async (id: RequestId): Promise<ApprovalRequest | undefined> => {
    const item = await table.get(keyOf('REQUEST', id));
    return item && requestOf(item);
  };

  async function openNow({ taskToken, ...opening }: RequestOpening): Promise<ApprovalRequest | undefined> {
    const token = {
      ...tokenKey(opening),
      taskToken,
      ttl: ttlAfter(opening.expiresAt, waitRetentionSeconds),
    };
    const current = await request(opening);
    if (current !== undefined && current.status !== 'pending') return current;
    if (current !== undefined) {
      const check = { check: keyOf('REQUEST', opening), when: pending };
      return (await table.transact([check, { put: token }])) ? current : undefined;
    }
    const next: ApprovalRequest = { ...opening, status: 'pending' };
    const { application, environment, release, attempt, round } = opening;
    const pointer = { application, environment, release, attempt, round, ttl: token.ttl };
    const written = await table.transact([
      { put: { ...keyOf('REQUEST', opening), ...next }, when: absent },
      { put: { ...keyOf('AWAITED', opening), ...pointer } },
      { put: token },
    ]);
    return written ? next : undefined;
  }

  return {
    open: (opening) => untilSettled(`approval request ${opening.round}`, () => openNow(opening)),
    request,
    async awaited(application, environment) {
      const pointers = await table.query(partition(application, environment), 'AWAITED#');
      const requests = await Promise.all(pointers.map((pointer) => request(bare<RequestId>(pointer))));
      return requests.filter((found) => found !== undefined);
    },
    async markWoken(id) {
      await table.remove(keyOf('AWAITED', id));
    },
    async addLink(link, expiresAt) {
      const ttl = ttlAfter(expiresAt, linkRetentionSeconds);
      await table.put({ ...linkKey(link.linkId), ...link, ttl }, absent);
    },
    async link(linkId) {
      const item = await table.get(linkKey(linkId));
      return item && bare<ApprovalLink>(item);
    },
    async decide(id, decision): Promise<DecisionReceipt> {
      const text = '#status = :pending AND #expiresAt > :now';
      const when = { text, values: { ...pending.values, now: decision.decidedAt } };
      const change = { set: { status: decision.verdict, decision } };
      const result = await table.update(keyOf('REQUEST', id), change, when);
      if (result.written) return { kind: 'recorded', request: requestOf(result.item) };
      if (result.item === undefined) throw unknown(id);
      const standing = requestOf(result.item);
      const same = standing.decision?.approver === decision.approver && standing.status === decision.verdict;
      return { kind: same ? 'repeated' : 'closed', request: standing };
    },
    async close(id, closing) {
      const text = closing.status === 'outdated' ? '#status IN (:pending, :approved)' : '#status = :pending';
      const values =
        closing.status === 'outdated' ? { ...pending.values, approved: 'approved' } : pending.values;
      const result = await table.update(keyOf('REQUEST', id), { set: { ...closing } }, { text, values });
      if (result.item === undefined) throw unknown(id);
      return requestOf(result.item);
    },
    async taskToken(id) {
      return (await table.get(tokenKey(id)))?.taskToken as string | undefined;
    },
  };
}
