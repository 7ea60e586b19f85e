import type { Readable } from 'node:stream';

/** One signed AWS request, already routed to its service by the credential scope. */
export interface AwsRequest {
  readonly method: string;
  /** The raw path as sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case header names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
  /** Reads the whole body; for operations whose bodies are small. */
  readBody(): Promise<Buffer>;
  readonly region: string;
  /** Absent when the request is not signed. */
  readonly accessKeyId?: string;
}

export interface AwsResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | Readable;
}

/** One AWS service on loopback, speaking AWS's wire protocol. An operation it does not know answers 501 with its name. */
export interface AwsService {
  /** The service's name in SigV4's credential scope: `s3`, `states`, `dynamodb`, … */
  readonly signingName: string;
  handle(request: AwsRequest): Promise<AwsResponse>;
  stop?(): Promise<void>;
}
