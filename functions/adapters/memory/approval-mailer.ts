import { faultOf, type MailSubscription } from '#domain/approval-channel.ts';
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
      const fault = faultOf(mail.approver, subscriptions);
      if (fault !== undefined) throw new ConfigurationError(fault, { approver: mail.approver });
      sent.push(mail);
    },
  };
}
