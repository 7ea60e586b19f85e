import type { ApprovalLink, ApprovalRequest, RequestId } from '#domain/approval.ts';
import { RequestInvalidError } from '#domain/errors.ts';
import type { ApprovalLedger } from '#ports/approval-ledger.ts';

const nameOf = ({ application, release, environment, attempt, round }: RequestId): string =>
  [application, release, environment, attempt, round].join('#');

/** The record of approvals in this process. */
export function createMemoryApprovalLedger(): ApprovalLedger {
  const requests = new Map<string, ApprovalRequest>();
  const tokens = new Map<string, string>();
  const woken = new Set<string>();
  const links = new Map<string, ApprovalLink>();

  function known(id: RequestId): ApprovalRequest {
    const found = requests.get(nameOf(id));
    if (found !== undefined) return found;
    const { application, release, environment, round } = id;
    throw new RequestInvalidError(
      `Approval request ${round} of "${application}" release ${release} in "${environment}" is not in the ledger`,
      { application, release, environment, round },
    );
  }

  const replace = (id: RequestId, facts: Partial<ApprovalRequest>): ApprovalRequest => {
    const next = { ...known(id), ...facts };
    requests.set(nameOf(id), next);
    return next;
  };

  return {
    async open({ taskToken, ...opening }) {
      const name = nameOf(opening);
      const standing = requests.get(name) ?? { ...opening, status: 'pending' };
      requests.set(name, standing);
      if (standing.status === 'pending') tokens.set(name, taskToken);
      return standing;
    },
    request: async (id) => requests.get(nameOf(id)),
    awaited: async (application, environment) =>
      [...requests.values()].filter(
        (request) =>
          !woken.has(nameOf(request)) &&
          request.application === application &&
          request.environment === environment,
      ),
    async markWoken(id) {
      woken.add(nameOf(id));
    },
    async addLink(link) {
      if (!links.has(link.linkId)) links.set(link.linkId, link);
    },
    link: async (linkId) => links.get(linkId),
    async decide(id, decision) {
      const standing = known(id);
      if (standing.status === 'pending' && standing.expiresAt > decision.decidedAt) {
        return { kind: 'recorded', request: replace(id, { status: decision.verdict, decision }) };
      }
      const same = standing.decision?.approver === decision.approver && standing.status === decision.verdict;
      return { kind: same ? 'repeated' : 'closed', request: standing };
    },
    async close(id, closing) {
      const { status } = known(id);
      const open = status === 'pending' || (status === 'approved' && closing.status === 'outdated');
      return open ? replace(id, closing) : known(id);
    },
    taskToken: async (id) => tokens.get(nameOf(id)),
  };
}
