import { buffer } from 'node:stream/consumers';
import { crc32, deflateRawSync } from 'node:zlib';
import { ZipFile } from 'yazl';

/** A sound zip of these files, as a zip tool makes it. */
export async function zipOf(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  return await buffer(zip.outputStream);
}

/** One entry of a zip made by hand: each field can lie. */
export interface RawEntry {
  readonly name: string | Buffer;
  readonly data?: string | Buffer;
  /** 0 stored, 8 deflated. */
  readonly method?: number;
  readonly flags?: number;
  /** Unix mode, e.g. 0o120777 for a symbolic link. */
  readonly mode?: number;
  readonly crc?: number;
  /** What both headers say of the inflated size. */
  readonly declaredBytes?: number;
  /** The bytes that stand in the zip, in place of the compressed data. */
  readonly compressed?: Buffer;
  /** The name in the local header, when another than in the directory. */
  readonly localName?: string;
  readonly offset?: number;
}

/** A zip made by hand, so that its headers can say what no zip tool would write. */
export function rawZip(entries: readonly RawEntry[], { entryCount = entries.length } = {}): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { method = 0, flags = 0x800, mode = 0o100644 } = entry;
    const data = Buffer.from(entry.data ?? '');
    const compressed = entry.compressed ?? (method === 8 ? deflateRawSync(data) : data);
    const name = Buffer.from(entry.name);
    const localName = Buffer.from(entry.localName ?? entry.name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(entry.crc ?? crc32(data), 10);
    common.writeUInt32LE(compressed.length, 14);
    common.writeUInt32LE(entry.declaredBytes ?? data.length, 18);
    const localCommon = Buffer.from(common);
    localCommon.writeUInt16LE(localName.length, 22);
    local.push(Buffer.from('PK\u0003\u0004'), localCommon, localName, compressed);
    common.writeUInt16LE(name.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(entry.offset ?? offset, 10);
    directory.push(Buffer.from('PK\u0001\u0002'), Buffer.from([20, 3]), common, rest, name);
    offset += 30 + localName.length + compressed.length;
  }
  const body = Buffer.concat(local);
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(entryCount, 8);
  end.writeUInt16LE(entryCount, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(body.length, 16);
  return Buffer.concat([body, list, end]);
}
