import { createApprovalLedger } from '#adapters/aws/approval-ledger.ts';
import { createPromotionLedger } from '#adapters/aws/promotion-ledger.ts';
import { createReleaseLedger } from '#adapters/aws/release-ledger.ts';
import { createTargetLedger } from '#adapters/aws/target-ledger.ts';
import { systemClock } from '#runtime/clock.ts';
import { taskHandler } from '#runtime/handler.ts';
import { setting } from '#runtime/settings.ts';
import { settleRelease } from '#tasks/settle-release.ts';
import { executions } from './parts/executions.ts';
import { ledgerTable } from './parts/ledger-table.ts';
import { tokens } from './parts/tokens.ts';

// Events name the machine, not the alias that it was started through.
const machine = (alias: string) => alias.replace(/:[^:]+$/, '');

export const handler = taskHandler(
  'SettleRelease',
  settleRelease({
    releases: createReleaseLedger(ledgerTable),
    promotions: createPromotionLedger(ledgerTable),
    approvals: createApprovalLedger(ledgerTable),
    targets: createTargetLedger(ledgerTable),
    executions,
    tokens,
    clock: systemClock,
    stateMachines: {
      release: machine(setting('releaseStateMachine')),
      promotion: machine(setting('promotionStateMachine')),
    },
  }),
);
