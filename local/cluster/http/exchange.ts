import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse as parseYaml } from 'yaml';
import { ApiError, badRequest, unsupportedMediaType } from '../errors.ts';
import type { Json } from '../object.ts';
import { readProtobuf } from './protobuf.ts';

const largestBodyBytes = 3 * 1024 * 1024;

/** One request and its answer. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.response = response;
    const url = new URL(request.url ?? '/', 'https://localhost');
    this.path = url.pathname;
    this.query = url.searchParams;
  }

  get method(): string {
    return this.request.method ?? 'GET';
  }

  get accept(): string {
    return this.request.headers.accept ?? '';
  }

  get contentType(): string {
    return (this.request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  }

  isSet(parameter: string): boolean {
    return ['true', '1'].includes(this.query.get(parameter) ?? '');
  }

  /** The manager that a write is recorded for: as asked, else the client's name for itself. */
  get manager(): string {
    const asked = this.query.get('fieldManager');
    if (asked) return asked;
    return (this.request.headers['user-agent'] ?? 'unknown').split('/')[0]?.slice(0, 128) || 'unknown';
  }

  get isDryRun(): boolean {
    return this.query.getAll('dryRun').includes('All');
  }

  warn(text: string): void {
    this.response.appendHeader('Warning', `299 - ${JSON.stringify(text)}`);
  }

  async readBody(): Promise<string> {
    return (await this.readBytes()).toString('utf8');
  }

  private async readBytes(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of this.request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > largestBodyBytes) {
        throw new ApiError(
          413,
          'RequestEntityTooLarge',
          `Request entity too large: limit is ${largestBodyBytes}`,
        );
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  /** The body as an object; empty when there is none. */
  async readObject(): Promise<Json> {
    if (/protobuf|cbor/.test(this.contentType)) {
      const bytes = await this.readBytes();
      const object = bytes.length === 0 ? {} : readProtobuf(bytes);
      if (object === undefined)
        throw unsupportedMediaType(this.contentType, ['application/json', 'application/yaml']);
      return object;
    }
    const text = await this.readBody();
    return text.trim() === '' ? {} : parseObject(text, this.contentType.includes('yaml'));
  }

  json(code: number, body: Json): void {
    const text = `${JSON.stringify(body)}\n`;
    this.response.writeHead(code, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    this.response.end(text);
  }

  text(code: number, body: string, contentType = 'text/plain; charset=utf-8'): void {
    this.response.writeHead(code, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
    this.response.end(body);
  }
}

/** JSON, or YAML 1.1 as the API server reads it. */
export function parseObject(text: string, isYaml: boolean): Json {
  try {
    return isYaml ? parseYaml(text, { version: '1.1', merge: true }) : JSON.parse(text);
  } catch (error) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${isYaml ? 'YAML' : 'JSON'}): ${(error as Error).message}`,
    );
  }
}
