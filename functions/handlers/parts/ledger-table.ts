import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createLedgerTable } from '#adapters/aws/ledger-table.ts';
import { setting } from '#runtime/settings.ts';

/** The ledger's table, which the ledgers of a function share. */
export const ledgerTable = createLedgerTable(new DynamoDBClient({}), setting('ledgerTable'));
