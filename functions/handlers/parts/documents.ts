import { S3Client } from '@aws-sdk/client-s3';
import { createDocumentStore } from '#adapters/aws/document-store.ts';
import { setting } from '#runtime/settings.ts';

export const documents = createDocumentStore(new S3Client({}), { bucket: setting('documentBucket') });
