import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../clock.ts';
import type { EventBus } from '../events/bus.ts';
import { AwsError } from '../http/protocol/aws-error.ts';
import { xmlDocument } from '../http/protocol/xml.ts';
import type { AwsRequest, AwsResponse, AwsService } from '../http/service.ts';
import { createBodyStore } from './body-store.ts';
import { Bucket } from './bucket.ts';
import type { S3Context } from './context.ts';
import type { BucketSettings } from './model.ts';
import { createObjectEvents } from './object-events.ts';
import { routeS3 } from './route.ts';
import { S3Error } from './s3-error.ts';

export interface S3Options {
  readonly bus: EventBus;
  readonly clock?: Clock;
  /** Where objects' bytes lie while the service runs; without one, a folder of its own under the system's temporary one. */
  readonly dataFolder?: string;
  readonly buckets?: readonly BucketSettings[];
}

/**
 * S3 on loopback, path style. What exists is kept in memory, the bytes on disk; `stop` removes them.
 * Requests are not authenticated.
 */
export function createS3({ bus, clock = systemClock, dataFolder, buckets = [] }: S3Options): AwsService {
  const folder = join(dataFolder ?? mkdtempSync(join(tmpdir(), 's3-')), 'objects');
  const context: S3Context = {
    clock,
    bodies: createBodyStore(folder),
    events: createObjectEvents(bus),
    buckets: new Map(),
    createBucket(settings) {
      const bucket = new Bucket(settings, clock);
      context.buckets.set(settings.name, bucket);
      return bucket;
    },
  };
  for (const settings of buckets) context.createBucket(settings);
  return {
    signingName: 's3',
    async handle(request) {
      const answer = await answerS3(context, request);
      const headers = {
        'x-amz-request-id': requestId(),
        'x-amz-id-2': randomBytes(32).toString('base64'),
        ...answer.headers,
      };
      return { ...answer, headers };
    },
    stop: () => rm(dataFolder ? folder : join(folder, '..'), { recursive: true, force: true }),
  };
}

const requestId = (): string => randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase();

async function answerS3(context: S3Context, request: AwsRequest): Promise<AwsResponse> {
  try {
    const { operation, bucketName, key } = routeS3(request);
    return await operation({ context, request, bucketName, key });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    // The rest of a refused upload is read: closing in its middle would show as a broken connection, not as the error.
    await drain(request);
    return writeError(request, error);
  }
}

async function drain({ body }: AwsRequest): Promise<void> {
  if (body.readableEnded || body.destroyed) return;
  const ended = new Promise<void>((resolve) =>
    body
      .once('close', resolve)
      .once('end', resolve)
      .once('error', () => resolve()),
  );
  body.resume();
  await ended;
}

/** HEAD and 304 answers have no body; the SDKs then go by the status alone. */
function writeError(request: AwsRequest, error: AwsError): AwsResponse {
  const headers = error instanceof S3Error ? error.headers : {};
  if (request.method === 'HEAD' || error.status === 304) return { status: error.status, headers };
  const members = error.members as Record<string, string>;
  const body = xmlDocument('Error', {
    Code: error.code,
    Message: error.message,
    ...members,
    RequestId: requestId(),
  });
  return { status: error.status, headers: { 'content-type': 'application/xml', ...headers }, body };
}
