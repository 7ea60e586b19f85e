import { SNSClient } from '@aws-sdk/client-sns';
import { createApprovalLedger } from '#adapters/aws/approval-ledger.ts';
import { createApprovalMailer } from '#adapters/aws/approval-mailer.ts';
import { createPipelineArchive } from '#adapters/aws/pipeline-archive.ts';
import { createPromotionLedger } from '#adapters/aws/promotion-ledger.ts';
import { createReleaseLedger } from '#adapters/aws/release-ledger.ts';
import { systemClock } from '#runtime/clock.ts';
import { taskHandler } from '#runtime/handler.ts';
import { systemSecrets } from '#runtime/secrets.ts';
import { setting } from '#runtime/settings.ts';
import { awaitApproval } from '#tasks/await-approval.ts';
import { documents } from './parts/documents.ts';
import { ledgerTable } from './parts/ledger-table.ts';
import { tokens } from './parts/tokens.ts';

const approvalUrl = setting('approvalUrl');

export const handler = taskHandler(
  'AwaitApproval',
  awaitApproval({
    releases: createReleaseLedger(ledgerTable),
    archive: createPipelineArchive(ledgerTable),
    promotions: createPromotionLedger(ledgerTable),
    approvals: createApprovalLedger(ledgerTable),
    documents,
    mailer: createApprovalMailer(new SNSClient({}), { topicArn: setting('approvalsTopic') }),
    tokens,
    secrets: systemSecrets,
    clock: systemClock,
    linkFor: (linkId, secret) => `${approvalUrl}/a/${linkId}?k=${secret}`,
  }),
);
