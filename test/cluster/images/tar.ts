/** One entry of an archive; paths are relative, without a leading slash. */
export type TarEntry =
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly content: Buffer }
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

const blockBytes = 512;
const typeFlags = { file: '0', folder: '5', link: '2' } as const;

/** A POSIX ustar archive: owned by root, dated 1970, so that the same entries give the same bytes. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => [
    header(entry),
    ...(entry.kind === 'file' ? body(entry.content) : []),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]);
}

function body(content: Buffer): Buffer[] {
  const rest = content.length % blockBytes;
  return rest === 0 ? [content] : [content, Buffer.alloc(blockBytes - rest)];
}

function header(entry: TarEntry): Buffer {
  const block = Buffer.alloc(blockBytes);
  const text = (value: string, offset: number) => block.write(value, offset, 'latin1');
  const octal = (value: number, digits: number, offset: number) =>
    text(`${value.toString(8).padStart(digits, '0')}\0`, offset);
  text(entry.kind === 'folder' ? `${entry.path}/` : entry.path, 0);
  octal(entry.kind === 'link' ? 0o777 : entry.mode, 7, 100);
  octal(0, 7, 108);
  octal(0, 7, 116);
  octal(entry.kind === 'file' ? entry.content.length : 0, 11, 124);
  octal(0, 11, 136);
  text(' '.repeat(8), 148);
  text(typeFlags[entry.kind], 156);
  if (entry.kind === 'link') text(entry.target, 157);
  text('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  text(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
