import { S3Client } from '@aws-sdk/client-s3';
import { createBundleStore } from '#adapters/aws/bundle-store.ts';

export const bundles = createBundleStore(new S3Client({}));
