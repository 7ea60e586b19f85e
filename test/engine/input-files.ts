import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Files with one of the endings under paths, files as they are, folders with all that is in them, by name. */
export function inputFiles(paths: readonly string[], endings: readonly string[]): readonly string[] {
  return paths.flatMap((path) => {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
    return names
      .map((name) => join(path, name))
      .filter((file) => endings.some((ending) => file.endsWith(ending)) && statSync(file).isFile());
  });
}
