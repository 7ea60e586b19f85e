import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as z from 'zod';
import { releaseSchema } from '#domain/bundle-release.ts';
import { pipelineSchema } from '#domain/pipeline.ts';

/** The published JSON Schemas, by file name: for editors to complete and check documents. */
const documents = {
  'pipeline.schema.json': {
    title: 'Tidegate pipeline',
    description:
      "An application's ordered environments: where releases go, in which order, and who approves.",
    schema: pipelineSchema,
  },
  'release.schema.json': {
    title: 'Tidegate release',
    description: 'tidegate.yaml, the file at the root of every bundle.',
    schema: releaseSchema,
  },
} as const;

const folder = new URL('../schemas/', import.meta.url);

/** Every schema file's content as it should be. */
export function schemaFiles(): Map<string, string> {
  const files = Object.entries(documents).map(([name, { title, description, schema }]) => {
    // `input`: what a person writes, where fields with a default may be left out.
    const json = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' });
    return [name, `${JSON.stringify({ ...json, title, description }, null, 2)}\n`] as const;
  });
  return new Map(files);
}

/** Names of schema files that differ from what the code says. */
export async function staleSchemas(): Promise<string[]> {
  const stale: string[] = [];
  for (const [name, content] of schemaFiles()) {
    const written = await readFile(new URL(name, folder), 'utf8').catch(() => '');
    if (written !== content) stale.push(name);
  }
  return stale;
}

async function main(mode: string | undefined): Promise<void> {
  if (mode !== '--check') {
    for (const [name, content] of schemaFiles()) await writeFile(new URL(name, folder), content);
    return;
  }
  const stale = await staleSchemas();
  if (stale.length === 0) return;
  console.error(
    `schemas out of date: ${stale.join(', ')}; run \`npm run schemas\` (${fileURLToPath(folder)})`,
  );
  process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv[2]);
