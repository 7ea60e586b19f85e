import { createImageRegistry } from '#adapters/aws/image-registry.ts';
import { createReleaseLedger } from '#adapters/aws/release-ledger.ts';
import { taskHandler } from '#runtime/handler.ts';
import { settingIfSet } from '#runtime/settings.ts';
import { verifyImages } from '#tasks/verify-images.ts';
import { documents } from './parts/documents.ts';
import { ledgerTable } from './parts/ledger-table.ts';

export const handler = taskHandler(
  'VerifyImages',
  verifyImages({
    releases: createReleaseLedger(ledgerTable),
    documents,
    images: createImageRegistry({
      insecureHosts: settingIfSet('insecureRegistries')?.split(',') ?? [],
    }),
  }),
);
