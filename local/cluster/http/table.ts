import { type Kind, qualifiedKind } from '../kinds.ts';
import type { Json, KubeObject } from '../object.ts';
import { ageColumn, type Column, nameColumn } from './columns/column.ts';
import { customColumns } from './columns/custom.ts';
import { otherColumns } from './columns/others.ts';
import { workloadColumns } from './columns/workloads.ts';

/** A `Table` of objects as `kubectl get` prints it. */
export function tableOf(
  kind: Kind,
  objects: readonly KubeObject[],
  resourceVersion: string,
  includeObject: string | null,
): Json {
  const columns = columnsOf(kind);
  const now = Date.now();
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion },
    columnDefinitions: columns.map(({ name, type, priority }) => ({
      name,
      type,
      format: name === 'Name' ? 'name' : '',
      description: name,
      priority,
    })),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, now)),
      object: rowObject(object, includeObject),
    })),
  };
}

function rowObject(object: KubeObject, includeObject: string | null): Json {
  if (includeObject === 'None') return null;
  if (includeObject === 'Object') return object;
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

const columnsByKind: Readonly<Record<string, readonly Column[]>> = { ...workloadColumns, ...otherColumns };

function columnsOf(kind: Kind): readonly Column[] {
  if (kind.custom !== undefined) return customColumns(kind.custom.columns);
  return columnsByKind[qualifiedKind(kind)] ?? [nameColumn, ageColumn];
}
