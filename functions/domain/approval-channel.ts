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

/** Whether a mail to an approver may be published, and under which address the topic delivers it. */
export type Reach =
  | { readonly kind: 'reached'; readonly attribute: string }
  | { readonly kind: 'fault'; readonly message: string };

/**
 * Finds out whether a mail to `approver` reaches its mailbox, and nobody else, with these confirmed subscriptions: it
 * carries a link that decides. SNS compares attribute values exactly, so the answer holds the subscription's spelling.
 */
export function reachOf(approver: string, subscriptions: readonly MailSubscription[]): Reach {
  const open = subscriptions.find((subscription) => !isPersonal(subscription));
  if (open !== undefined) return { kind: 'fault', message: openMessage(open) };
  const [attribute] = subscriptions
    .flatMap(({ filterPolicy }) => approversOf(filterPolicy) ?? [])
    .filter((address) => same(address, approver));
  if (attribute !== undefined) return { kind: 'reached', attribute };
  return {
    kind: 'fault',
    message:
      `Approver "${approver}" has no confirmed subscription to the approvals topic: run \`tidegate pipeline put\` ` +
      `again and confirm the mail from AWS Notifications`,
  };
}

function openMessage({ endpoint, protocol, filterPolicy }: MailSubscription): string {
  const policy = filterPolicy === undefined ? 'absent' : `'${JSON.stringify(filterPolicy)}'`;
  return (
    `Approvals topic has a subscription of "${endpoint}" (${protocol}) whose filter policy is ${policy}: it would ` +
    `receive other people's approval links. Remove it, or subscribe again with {"approver":["<its own address>"]}`
  );
}
