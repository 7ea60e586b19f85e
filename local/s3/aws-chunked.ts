import { S3Error } from './s3-error.ts';

/** What came after the last chunk, by lower-case name; filled when the body has been read. */
export type Trailers = Record<string, string>;

const maximumLineBytes = 16 * 1024;

/**
 * Undoes the aws-chunked encoding: `<hex size>[;chunk-signature=…]CRLF data CRLF … 0 CRLF trailers CRLF`.
 * Chunk signatures are not checked, as no request signature is by this cloud.
 */
export async function* decodeAwsChunked(
  body: AsyncIterable<Uint8Array>,
  trailers: Trailers,
): AsyncGenerator<Uint8Array> {
  let pending: Uint8Array = new Uint8Array(0);
  let state = 'size' as 'size' | 'data' | 'data-end' | 'trailer' | 'end';
  let remaining = 0;
  const takeLine = (): string | undefined => {
    const end = Buffer.from(pending.buffer, pending.byteOffset, pending.length).indexOf('\r\n');
    if (end < 0) {
      if (pending.length > maximumLineBytes) throw new S3Error('IncompleteBody');
      return undefined;
    }
    const line = Buffer.from(pending.subarray(0, end)).toString('latin1');
    pending = pending.subarray(end + 2);
    return line;
  };
  for await (const chunk of body) {
    pending = pending.length ? Buffer.concat([pending, chunk]) : chunk;
    for (;;) {
      if (state === 'data') {
        const data = pending.subarray(0, remaining);
        pending = pending.subarray(data.length);
        remaining -= data.length;
        if (data.length) yield data;
        if (remaining > 0) break;
        state = 'data-end';
      }
      const line = takeLine();
      if (line === undefined) break;
      if (state === 'data-end') {
        if (line !== '') throw new S3Error('IncompleteBody');
        state = 'size';
      } else if (state === 'size') {
        remaining = chunkSize(line);
        state = remaining === 0 ? 'trailer' : 'data';
      } else if (line === '') state = 'end';
      else addTrailer(trailers, line);
    }
  }
  // Some clients leave out the empty line after the last trailer.
  if (state !== 'end' && state !== 'trailer') throw new S3Error('IncompleteBody');
}

function chunkSize(line: string): number {
  const [size = ''] = line.split(';');
  if (!/^[0-9a-f]{1,12}$/i.test(size))
    throw new S3Error('IncompleteBody', { message: `Chunk size '${size.slice(0, 40)}' is not a number` });
  return Number.parseInt(size, 16);
}

function addTrailer(trailers: Trailers, line: string): void {
  const colon = line.indexOf(':');
  if (colon > 0) trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
}
