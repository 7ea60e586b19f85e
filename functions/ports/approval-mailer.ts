/** One mail to one approver. */
export interface ApprovalMail {
  /** The approver's e-mail address; the topic's filter policies deliver to this person alone. */
  readonly approver: string;
  /** ASCII, below 100 characters, no line break. */
  readonly subject: string;
  readonly body: string;
}

/** Mails to approvers. At least once: a repeated call sends a second mail. */
export interface ApprovalMailer {
  send(mail: ApprovalMail): Promise<void>;
}
