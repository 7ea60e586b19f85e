/** Collects what is wrong with a definition, in the words and order of CreateStateMachine's answer. */
export class Problems {
  readonly found: string[] = [];

  schema(message: string, path: string): void {
    this.add('SCHEMA_VALIDATION_FAILED', message, path);
  }

  add(code: string, message: string, path: string): void {
    this.found.push(`${code}: ${message} at ${path === '' ? '/' : path}`);
  }

  /** Reports each member of `value` that is not in `known`; says so apart for fields of JSONPath and unserved ones. */
  unknownFields(value: object, known: readonly string[], path: string, special: FieldSets): void {
    for (const field of Object.keys(value)) {
      if (known.includes(field)) continue;
      const place = `${path}/${field}`;
      if (special.jsonPath.has(field) || field.endsWith('.$')) {
        this.schema(
          `The JSONPath field '${field}' is not supported when the QueryLanguage is 'JSONata'`,
          place,
        );
      } else if (special.unserved.has(field)) {
        this.schema(`The field '${field}' is not served by the laptop cloud`, place);
      } else this.schema(`The field '${field}' is not supported`, place);
    }
  }
}

export interface FieldSets {
  readonly jsonPath: ReadonlySet<string>;
  readonly unserved: ReadonlySet<string>;
}
