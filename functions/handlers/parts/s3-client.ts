import { S3Client } from '@aws-sdk/client-s3';

/** The S3 client that a function's stores share. */
export const s3 = new S3Client({});
