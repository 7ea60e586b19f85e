import { readdir } from 'node:fs/promises';

export const mailExtension = '.eml';

/** The ids of all mails in a folder, oldest first; none when there is no folder yet. */
export async function mailIds(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => name.endsWith(mailExtension) && !name.startsWith('.')).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
