/** One reason for which the API server refuses an object, as it answers it. */
export interface RefusalCause {
  /** `spec.selector`, in the server's notation; empty when it names none. */
  readonly field: string;
  /** `FieldValueInvalid`, `FieldValueForbidden`… */
  readonly reason: string;
  /** `Invalid value: {…}: field is immutable`: may print whole pod templates, values of environment variables included. */
  readonly message: string;
}

/** A 422 answer. */
export interface ApiRefusal {
  readonly message: string;
  readonly causes: readonly RefusalCause[];
}

const longestValue = 40;

/** A refusal as people may read it: structures and long values, which may hold secrets, are left out (KUBERNETES.md D4). */
export function refusalText({ message, causes }: ApiRefusal, kind: string): string {
  if (causes.length === 0) return withoutValue(message, kind);
  return causes
    .map(({ field, message: text }) => `${field === '' ? '' : `${field}: `}${withoutValue(text, kind)}`)
    .join('; ');
}

/** The text of a cause without the value that it quotes, where that is no plain short one. */
export function withoutValue(text: string, kind: string): string {
  const [first = ''] = text.split('\n', 1);
  const found = quotedValue.exec(first);
  if (found === null) return first;
  const [, before = '', value = '', after = ''] = found;
  const isPlain = value.length <= longestValue && !/^"?[{[]/.test(value) && kind !== 'Secret';
  return isPlain ? first : `${before}[left out]${after}`;
}

// The server's own reason is what follows the last colon outside of the value; values themselves may hold colons.
const quotedValue = /^(.*?(?:Invalid|Unsupported|Duplicate) value: )(.*)(: [^:{}[\]"]*)$/s;
