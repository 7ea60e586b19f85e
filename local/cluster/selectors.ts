import { badRequest } from './errors.ts';
import type { Json, KubeObject } from './object.ts';

/** Whether labels satisfy a `LabelSelector` object. */
export function matchesLabels(selector: Json, labels: Readonly<Record<string, string>>): boolean {
  const pairs = Object.entries<string>(selector?.matchLabels ?? {});
  if (!pairs.every(([key, value]) => labels[key] === value)) return false;
  return (selector?.matchExpressions ?? []).every(({ key, operator, values }: Json) =>
    operators[operator as Operator]?.(labels[key], values ?? []),
  );
}

type Operator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';

const operators: Readonly<
  Record<Operator, (value: string | undefined, values: readonly string[]) => boolean>
> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
};

export type Match = (object: KubeObject) => boolean;

/** The `labelSelector` parameter as a test. */
export function parseLabelSelector(text: string): Match {
  const requirements = splitOutsideParentheses(text).map(parseRequirement);
  return (object) => requirements.every((holds) => holds(object.metadata.labels ?? {}));
}

function splitOutsideParentheses(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function parseRequirement(text: string): (labels: Readonly<Record<string, string>>) => boolean {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(text);
  if (set) {
    const [, key = '', word, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    const operator = word === 'in' ? operators.In : operators.NotIn;
    return (labels) => operator(labels[key], values);
  }
  const pair = /^([^!=\s]+)\s*(==|=|!=)\s*([^=!\s]*)$/.exec(text);
  if (pair) {
    const [, key = '', sign, value = ''] = pair;
    return sign === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const bare = /^(!?)([A-Za-z0-9][-A-Za-z0-9_./]*)$/.exec(text);
  if (!bare) throw badRequest(`unable to parse requirement: found '${text}', expected: a label selector`);
  const [, not, key = ''] = bare;
  return not === '!' ? (labels) => labels[key] === undefined : (labels) => labels[key] !== undefined;
}

const everyKind = ['metadata.name', 'metadata.namespace'];
const fieldsByKind: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
    'spec.hostNetwork',
  ],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  Namespace: ['status.phase'],
  Secret: ['type'],
  Node: ['spec.unschedulable'],
  ReplicaSet: ['status.replicas'],
};

/** The `fieldSelector` parameter as a test; a field that the kind cannot be selected by is a 400. */
export function parseFieldSelector(text: string, kind: string): Match {
  const terms = text.split(',').filter((term) => term !== '');
  const holds = terms.map((term) => {
    const parsed = /^([^!=]+)(==|=|!=)(.*)$/.exec(term);
    if (!parsed) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, field = '', sign, value = ''] = parsed;
    if (!everyKind.includes(field) && !fieldsByKind[kind]?.includes(field)) {
      throw badRequest(
        `Unable to find "v1, Kind=${kind}" that match label selector "", field selector "${text}": field label not supported: ${field}`,
      );
    }
    return (object: KubeObject) => (fieldOf(object, field) === value) === (sign !== '!=');
  });
  return (object) => holds.every((test) => test(object));
}

function fieldOf(object: Json, path: string): string {
  const found = path.split('.').reduce((value, name) => value?.[name], object);
  if (typeof found === 'object') return String(found?.component ?? '');
  return found === undefined ? '' : String(found);
}
