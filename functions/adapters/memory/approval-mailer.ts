import { type MailSubscription, reachOf } from '#domain/approval-channel.ts';
import { ConfigurationError } from '#domain/errors.ts';
import type { ApprovalMail, ApprovalMailer } from '#ports/approval-mailer.ts';

export interface MemoryApprovalMailer extends ApprovalMailer {
  readonly sent: readonly ApprovalMail[];
}

/** A mailbox in this process, held to the same rules on subscriptions as the topic. */
export function createMemoryApprovalMailer(subscriptions: readonly MailSubscription[]): MemoryApprovalMailer {
  const sent: ApprovalMail[] = [];
  return {
    sent,
    async send(mail) {
      const reach = reachOf(mail.approver, subscriptions);
      if (reach.kind === 'fault') throw new ConfigurationError(reach.message, { approver: mail.approver });
      sent.push(mail);
    },
  };
}
