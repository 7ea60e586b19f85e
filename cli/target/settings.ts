import type { LaptopCloud } from '../laptop/cloud-file.ts';

/** How to reach AWS's APIs: passed as it is to every SDK client. */
export interface ClientSettings {
  readonly endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Buckets of the laptop cloud have no host names of their own. */
  readonly forcePathStyle?: boolean;
  readonly maxAttempts: number;
}

/** Client settings for a laptop cloud. */
export function laptopSettings(cloud: LaptopCloud): ClientSettings {
  return {
    endpoint: cloud.endpoint,
    region: cloud.region,
    credentials: { accessKeyId: cloud.accessKeyId, secretAccessKey: cloud.secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 2,
  };
}
