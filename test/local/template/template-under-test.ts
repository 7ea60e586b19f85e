import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Application } from '../../../local/template/application.ts';
import { readApplication } from '../../../local/template/read.ts';

/** Reads a template given as text, with further files beside it. */
export function read(
  template: string,
  own: { parameters?: Readonly<Record<string, string>>; files?: Readonly<Record<string, string>> } = {},
): Application {
  const folder = mkdtempSync(join(tmpdir(), 'template-'));
  for (const [name, text] of Object.entries(own.files ?? {})) writeFileSync(join(folder, name), text);
  const templateFile = join(folder, 'template.yaml');
  writeFileSync(templateFile, template);
  return readApplication({ templateFile, stackName: 'app', parameters: own.parameters ?? {} });
}
