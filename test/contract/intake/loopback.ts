import { GetBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { createS3 } from '../../../local/s3/create-s3.ts';
import { createSsm } from '../../../local/ssm/create-ssm.ts';
import { clientOptions, serveOnLoopback } from '../../local/s3/loopback.ts';

export const bucketName = 'tidegate-bundles';

/** S3 of the laptop cloud with one versioned bucket, and a real SDK client on it. */
export async function loopbackS3() {
  const service = createS3({
    bus: { put: () => {} },
    buckets: [{ name: bucketName, versioning: 'Enabled' }],
  });
  const server = await serveOnLoopback(service);
  const client = new S3Client({ ...clientOptions(server.endpoint), forcePathStyle: true, maxAttempts: 1 });
  const versioning = await client.send(new GetBucketVersioningCommand({ Bucket: bucketName }));
  if (versioning.Status !== 'Enabled') throw new Error('the bucket keeps no versions');
  return {
    client,
    async upload(key: string, bytes: Buffer): Promise<string> {
      const put = await client.send(new PutObjectCommand({ Bucket: bucketName, Key: key, Body: bytes }));
      return put.VersionId ?? '';
    },
    async close() {
      client.destroy();
      await server.close();
    },
  };
}

/** Parameter Store of the laptop cloud, and a real SDK client on it. */
export async function loopbackSsm() {
  const server = await serveOnLoopback(createSsm());
  const client = new SSMClient({ ...clientOptions(server.endpoint), maxAttempts: 1 });
  return {
    client,
    async put(name: string, value: string): Promise<void> {
      await client.send(
        new PutParameterCommand({
          Name: name,
          Value: value,
          Type: 'String',
          Tier: 'Advanced',
          Overwrite: true,
        }),
      );
    },
    async close() {
      client.destroy();
      await server.close();
    },
  };
}
