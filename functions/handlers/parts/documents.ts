import { createDocumentStore } from '#adapters/aws/document-store.ts';
import { setting } from '#runtime/settings.ts';
import { s3 } from './s3-client.ts';

export const documents = createDocumentStore(s3, { bucket: setting('documentBucket') });
