import { builtInKinds } from './built-in-kinds.ts';
import { apiVersionOf, type Kind } from './kinds.ts';

/** The kinds that one cluster serves: the built-in ones, and those of its custom resource definitions. */
export class Catalog {
  private readonly byPath = new Map<string, Kind>();
  private readonly custom = new Map<string, readonly Kind[]>();

  constructor() {
    for (const kind of builtInKinds) this.byPath.set(pathOf(kind), kind);
  }

  get all(): Kind[] {
    return [...this.byPath.values()];
  }

  /** One kind for each sort of stored object, in the version that is stored where that is served. */
  get stored(): Kind[] {
    const found = new Map<string, Kind>();
    for (const kind of this.byPath.values()) {
      const known = found.get(kind.storedAs);
      if (known === undefined || known.version !== known.storageVersion) found.set(kind.storedAs, kind);
    }
    return [...found.values()];
  }

  find(group: string, version: string, resource: string): Kind | undefined {
    return this.byPath.get(`${group}/${version}/${resource}`);
  }

  /** The kind that an object says it is of. */
  ofObject(apiVersion: string, name: string): Kind | undefined {
    return this.all.find((kind) => kind.kind === name && apiVersionOf(kind) === apiVersion);
  }

  /** Serves the versions of a definition in place of those it had; none stops serving it. */
  setCustom(definition: string, kinds: readonly Kind[]): void {
    for (const kind of this.custom.get(definition) ?? []) this.byPath.delete(pathOf(kind));
    this.custom.set(definition, kinds);
    for (const kind of kinds) this.byPath.set(pathOf(kind), kind);
  }

  /** The kinds of one definition. */
  customKinds(definition: string): readonly Kind[] {
    return this.custom.get(definition) ?? [];
  }
}

function pathOf({ group, version, resource }: Kind): string {
  return `${group}/${version}/${resource}`;
}
