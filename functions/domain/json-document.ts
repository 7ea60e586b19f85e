import type { YamlDocument, YamlPath } from '#domain/yaml-finding.ts';
import type { Problem } from '#domain/yaml-problem.ts';

/** `<source>#/environments/0/name`: a value's place as JSON Pointer (RFC 6901), because JSON of a program is one long line. */
function pointer(source: string, path: YamlPath): string {
  const steps = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return steps.length === 0 ? source : `${source}#${steps.join('')}`;
}

/** Reads JSON that a program wrote. What people write is read by `readYaml`, which tells lines and columns. */
export function readJson(
  source: string,
  text: string,
): { readonly document: YamlDocument } | { readonly problem: Problem } {
  try {
    const place = (path: YamlPath) => pointer(source, path);
    return { document: { value: JSON.parse(text), place, keyPlace: place } };
  } catch (error) {
    return { problem: { where: source, message: `is no JSON: ${(error as SyntaxError).message}` } };
  }
}
