import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../../local', import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.(ts|mjs|js|json)$/.test(name),
);

describe('local/ knows no application', () => {
  it('has files to look at', () => {
    expect(files.length).toBeGreaterThan(50);
  });
  it.each(files)('%s', (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    expect(text).not.toMatch(/tidegate/i);
    expect(text).not.toMatch(/(from|import)\s*\(?\s*['"]((\.\.\/)+(functions|cli|test)\/|#)/);
  });
});
