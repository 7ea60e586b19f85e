import { type Entry, getFileNameLowLevel } from 'yauzl';
import { bundleLimits } from '#domain/bundle-limits.ts';
import type { Problem } from '#domain/yaml-problem.ts';

/** One file in a bundle's central directory that passed the checks. */
export interface BundleEntry {
  readonly path: string;
  readonly entry: Entry;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const unicodePathField = 0x7075;

/** The name as UTF-8 (which most zip tools write without saying so); undefined when it is not, or is ambiguous. */
function nameOf(entry: Entry): string | undefined {
  try {
    const name = utf8.decode(entry.fileNameRaw);
    const hasSecondName = entry.extraFields.some(({ id }) => id === unicodePathField);
    if (!hasSecondName) return name;
    const flagged = entry.generalPurposeBitFlag | 0x800;
    const second = getFileNameLowLevel(flagged, entry.fileNameRaw, entry.extraFields, true);
    return second === name ? name : undefined;
  } catch {
    return undefined;
  }
}

/** A map, not an object: the formatter rewrites octal keys, and wrongly. */
const unixTypes = new Map([
  [0o010000, 'a named pipe'],
  [0o020000, 'a character device'],
  [0o060000, 'a block device'],
  [0o120000, 'a symbolic link'],
  [0o140000, 'a socket'],
]);

/** What makes an entry unfit, first match; each says how to mend it. */
const rules: readonly { refuses(name: string, entry: Entry): boolean; message(entry: Entry): string }[] = [
  {
    refuses: (name) => name.includes('\\'),
    message: () => 'its name holds a backslash; zip it with / between folders',
  },
  {
    refuses: (name) => name.startsWith('/') || /^[A-Za-z]:/.test(name),
    message: () => 'its name is absolute; zip the folder’s contents with relative names',
  },
  {
    refuses: (name) => name.split('/').includes('..'),
    message: () => 'its name leads out of the bundle by ..; remove the entry',
  },
  {
    refuses: (name) => /(^|\/)\.(\/|$)|\/\/|^$/.test(name),
    message: () => 'its name has an empty or . segment; zip it with plain relative names',
  },
  {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    refuses: (name) => /[\u0000-\u001f\u007f]/.test(name),
    message: () => 'its name holds a control character; rename the file',
  },
  {
    refuses: (name) => name.length > bundleLimits.nameCharacters,
    message: () => `its name is longer than ${bundleLimits.nameCharacters} characters; shorten it`,
  },
  {
    refuses: (_, entry) => unixType(entry) !== undefined,
    message: (entry) => `is ${unixType(entry)}; put a plain file in its place`,
  },
  {
    refuses: (_, entry) => entry.isEncrypted(),
    message: () => 'is encrypted; zip it without a password',
  },
  {
    refuses: (_, entry) => entry.compressionMethod !== 0 && entry.compressionMethod !== 8,
    message: (entry) =>
      `is compressed by method ${entry.compressionMethod}; only stored and deflated are read`,
  },
];

function unixType(entry: Entry): string | undefined {
  return unixTypes.get((entry.externalFileAttributes >>> 16) & 0o170000);
}

/** The path of a central directory entry, or what is wrong with it. Folders (names ending in /) have paths, too. */
export function checkEntry(entry: Entry): BundleEntry | Problem {
  const name = nameOf(entry);
  if (name === undefined) {
    const where = `entry ${JSON.stringify(entry.fileNameRaw.toString('latin1'))}`;
    return { where, message: 'its name is not (one) UTF-8 text; rename the file in plain letters' };
  }
  const broken = rules.find(({ refuses }) => refuses(name, entry));
  if (broken === undefined) return { path: name, entry };
  return { where: `entry ${JSON.stringify(name)}`, message: broken.message(entry) };
}

/** Finds names that two files share, outright or on file systems that ignore case, and files that are also folders. */
export class NameRegister {
  readonly #segments = new Map<string, { path: string; isFolder: boolean }>();

  /** What is wrong with adding this path, if anything. */
  add(path: string): Problem | undefined {
    const isFolderEntry = path.endsWith('/');
    const segments = path.replace(/\/$/, '').split('/');
    for (let depth = 1; depth <= segments.length; depth += 1) {
      const prefix = segments.slice(0, depth).join('/');
      const isFolder = depth < segments.length || isFolderEntry;
      const folded = prefix.normalize('NFC').toLowerCase();
      const known = this.#segments.get(folded);
      const fault = known === undefined ? undefined : clash(known, { path: prefix, isFolder });
      if (fault !== undefined) return { where: `entry ${JSON.stringify(path)}`, message: fault };
      if (known === undefined) this.#segments.set(folded, { path: prefix, isFolder });
    }
    return undefined;
  }
}

interface Named {
  readonly path: string;
  readonly isFolder: boolean;
}

function clash(known: Named, added: Named): string | undefined {
  if (known.path !== added.path) {
    return `its name differs from ${JSON.stringify(known.path)} only in case or accents; rename one of them`;
  }
  if (known.isFolder !== added.isFolder) return 'is both a file and a folder; remove one of them';
  return known.isFolder ? undefined : 'stands in the zip twice; zip the folder afresh';
}
