import { createBundleStore } from '#adapters/aws/bundle-store.ts';
import { s3 } from './s3-client.ts';

export const bundles = createBundleStore(s3);
