/** One confirmed subscription of the approvals topic. */
export interface MailSubscription {
  readonly protocol: string;
  readonly endpoint: string;
  /** The filter policy on message attributes; absent when the subscription receives everything. */
  readonly filterPolicy?: unknown;
}

/** The addresses a policy lets through when it is exactly `{"approver": ["…"]}`; undefined for any other policy. */
function approversOf(policy: unknown): readonly string[] | undefined {
  if (typeof policy !== 'object' || policy === null) return undefined;
  const fields = Object.entries(policy);
  const [name, approvers] = fields[0] ?? [];
  if (fields.length !== 1 || name !== 'approver' || !Array.isArray(approvers)) return undefined;
  return approvers.every((approver) => typeof approver === 'string') ? approvers : undefined;
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** True when a subscription delivers to its own mailbox what is addressed to that mailbox, and nothing else. */
function isPersonal({ protocol, endpoint, filterPolicy }: MailSubscription): boolean {
  const approvers = approversOf(filterPolicy) ?? [];
  if (!protocol.startsWith('email') || approvers.length === 0) return false;
  return approvers.every((approver) => same(approver, endpoint));
}

/**
 * Why no mail to `approver` may be published to a topic with these confirmed subscriptions; undefined when it may.
 * A mail carries a link that decides: it must reach its approver, and nobody else.
 */
export function faultOf(approver: string, subscriptions: readonly MailSubscription[]): string | undefined {
  const open = subscriptions.find((subscription) => !isPersonal(subscription));
  if (open !== undefined) {
    return (
      `Approvals topic has a subscription of "${open.endpoint}" (${open.protocol}) whose filter policy is ` +
      `${open.filterPolicy === undefined ? 'absent' : `"${JSON.stringify(open.filterPolicy)}"`}: it would receive ` +
      `other people's approval links. Remove it, or subscribe again with {"approver":["<its own address>"]}`
    );
  }
  // SNS compares attribute values exactly, so the policy must hold the address as the pipeline writes it.
  if (subscriptions.some(({ filterPolicy }) => approversOf(filterPolicy)?.includes(approver)))
    return undefined;
  return (
    `Approver "${approver}" has no confirmed subscription to the approvals topic: run \`tidegate pipeline put\` ` +
    `again and confirm the mail from AWS Notifications`
  );
}
