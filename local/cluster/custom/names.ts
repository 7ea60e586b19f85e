import { type Json, type KubeObject, sameJson } from '../object.ts';

const fields = [
  ['plural', 'PluralConflict'],
  ['singular', 'SingularConflict'],
  ['shortNames', 'ShortNamesConflict'],
  ['kind', 'KindConflict'],
  ['listKind', 'ListKindConflict'],
] as const;

/**
 * A definition's status with the names that it may have beside the other definitions of its group, and whether that
 * establishes it. Source: the naming and establishing controllers of apiextensions-apiserver.
 */
export function acceptNames(definition: KubeObject, others: readonly KubeObject[], now: string): Json {
  const { names: asked, group } = definition.spec;
  const accepted: Json = { ...definition.status?.acceptedNames };
  const taken = takenNames(others.filter((it) => it.spec.group === group));
  let problem: { reason: string; message: string } | undefined;
  for (const [field, reason] of fields) {
    const used = field === 'kind' || field === 'listKind' ? taken.kinds : taken.resources;
    const wanted: string[] = [asked[field] ?? []].flat();
    const clash = sameJson(asked[field], accepted[field]) ? undefined : wanted.find((it) => used.has(it));
    if (clash === undefined) setOrDelete(accepted, field, asked[field]);
    // The last one that is found is told.
    else problem = { reason, message: `${JSON.stringify(clash)} is already in use` };
  }
  setOrDelete(accepted, 'categories', asked.categories);
  return {
    ...definition.status,
    conditions: conditionsOf(definition, problem, now),
    acceptedNames: accepted,
  };
}

function setOrDelete(target: Json, field: string, value: Json): void {
  if (value === undefined) delete target[field];
  else target[field] = value;
}

function takenNames(others: readonly KubeObject[]): { resources: Set<string>; kinds: Set<string> } {
  const accepted: Json[] = others.map((it) => it.status?.acceptedNames ?? {});
  const given = (list: Json[]) => new Set<string>(list.flat().filter(Boolean));
  return {
    resources: given(accepted.map((it) => [it.plural, it.singular, ...(it.shortNames ?? [])])),
    kinds: given(accepted.map((it) => [it.kind, it.listKind])),
  };
}

function conditionsOf(
  definition: KubeObject,
  problem: { reason: string; message: string } | undefined,
  now: string,
): Json[] {
  const before: Json[] = definition.status?.conditions ?? [];
  const found = (type: string) => before.find((it) => it.type === type);
  const namesAccepted =
    problem === undefined
      ? { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
      : { type: 'NamesAccepted', status: 'False', ...problem };
  const wasEstablished = found('Established')?.status === 'True';
  const established =
    problem === undefined || wasEstablished
      ? {
          type: 'Established',
          status: 'True',
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
        }
      : {
          type: 'Established',
          status: 'False',
          reason: 'NotAccepted',
          message: 'not all names are accepted',
        };
  return [namesAccepted, established].map((condition) => {
    const old = found(condition.type);
    const lastTransitionTime = old?.status === condition.status ? old.lastTransitionTime : now;
    const { type, status, reason, message } = condition;
    return { type, status, lastTransitionTime, reason, message };
  });
}
