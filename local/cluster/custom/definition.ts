import type { CustomKind, Kind, Subresource } from '../kinds.ts';
import type { Json, KubeObject } from '../object.ts';
import { customSchema } from './structural.ts';

/** The kinds that a definition serves, one for each served version. */
export function kindsOf(definition: KubeObject): Kind[] {
  const { spec, status } = definition;
  const names = { ...spec.names, ...status?.acceptedNames };
  const storage = spec.versions.find((it: Json) => it.storage === true) ?? spec.versions[0];
  return spec.versions
    .filter((it: Json) => it.served === true)
    .map((version: Json) => {
      const model = modelName(spec.group, version.name, names.kind);
      const openApi = version.schema?.openAPIV3Schema;
      return {
        group: spec.group,
        version: version.name,
        kind: names.kind,
        resource: names.plural,
        singular: names.singular,
        listKind: names.listKind,
        shortNames: names.shortNames ?? [],
        categories: names.categories ?? [],
        namespaced: spec.scope === 'Namespaced',
        model,
        schema: customSchema(openApi, model),
        subresources: subresourcesOf(version),
        counted: true,
        storedAs: `${spec.group}/${spec.names.plural}`,
        storageVersion: storage.name,
        custom: customOf(definition, version),
      };
    });
}

function modelName(group: string, version: string, kind: string): string {
  return [...group.split('.').reverse(), version, kind].join('.');
}

function subresourcesOf({ subresources }: Json): Subresource[] {
  return (['status', 'scale'] as const).filter((name) => subresources?.[name] !== undefined);
}

function customOf({ spec }: KubeObject, version: Json): CustomKind {
  const said = `${spec.group}/${version.name} ${spec.names.kind} is deprecated`;
  return {
    openApi: version.schema?.openAPIV3Schema,
    scale: version.subresources?.scale,
    columns: version.additionalPrinterColumns ?? [],
    deprecation: version.deprecated === true ? (version.deprecationWarning ?? said) : undefined,
  };
}
