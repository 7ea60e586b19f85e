/** Whether a text matches a pattern of a policy: `*` for any characters, `?` for any one. */
export type Matcher = (text: string) => boolean;

/** Compiles a pattern once, because every request is matched against many. */
export function wildcard(pattern: string): Matcher {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  const source = pattern.replace(
    /[\\^$.*+?()[\]{}|/]/g,
    (character) => replacements[character] ?? `\\${character}`,
  );
  const expression = new RegExp(`^${source}$`, 's');
  return (text) => expression.test(text);
}

const replacements: Readonly<Record<string, string>> = { '*': '.*', '?': '.' };

/** Like `wildcard`, but part by part, as the Arn operators of conditions compare: no `*` reaches over a colon of the first five. */
export function arnWildcard(pattern: string): Matcher {
  const parts = arnParts(pattern).map(wildcard);
  return (text) => {
    const given = arnParts(text);
    return given.length === parts.length && given.every((part, index) => parts[index]?.(part) ?? false);
  };
}

function arnParts(arn: string): readonly string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
