import type { Json } from '../object.ts';

/**
 * Bodies that clients compiled from Kubernetes' Go types send: an envelope that names the kind, and the object in protocol
 * buffers. kubectl sends them for its own `create` commands and for reviews, so those are what the tables know.
 */
const magic = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

type Type =
  | { readonly is: 'string' | 'integer' | 'boolean' | 'bytes' | 'intOrString' }
  | { readonly is: 'message'; readonly message: string }
  | { readonly is: 'map'; readonly values: 'string' | 'bytes' };

interface Field {
  readonly name: string;
  readonly type: Type;
  readonly isList: boolean;
}

/** `<number> <field>: <type>` for each field, `[]` before the type for lists. Numbers: Kubernetes' generated.proto files. */
const messages: Readonly<Record<string, string>> = {
  ObjectMeta:
    '1 name: string, 2 generateName: string, 3 namespace: string, 5 uid: string, 6 resourceVersion: string, 11 labels: map string, 12 annotations: map string, 13 ownerReferences: []OwnerReference, 14 finalizers: []string',
  OwnerReference:
    '1 kind: string, 3 name: string, 4 uid: string, 5 apiVersion: string, 6 controller: boolean, 7 blockOwnerDeletion: boolean',
  Namespace: '1 metadata: ObjectMeta, 2 spec: NamespaceSpec',
  NamespaceSpec: '1 finalizers: []string',
  ConfigMap: '1 metadata: ObjectMeta, 2 data: map string, 3 binaryData: map bytes, 4 immutable: boolean',
  Secret:
    '1 metadata: ObjectMeta, 2 data: map bytes, 3 type: string, 4 stringData: map string, 5 immutable: boolean',
  ServiceAccount: '1 metadata: ObjectMeta',
  Service: '1 metadata: ObjectMeta, 2 spec: ServiceSpec',
  ServiceSpec:
    '1 ports: []ServicePort, 2 selector: map string, 3 clusterIP: string, 4 type: string, 7 sessionAffinity: string, 10 externalName: string',
  ServicePort:
    '1 name: string, 2 protocol: string, 3 port: integer, 4 targetPort: intOrString, 5 nodePort: integer',
  Deployment: '1 metadata: ObjectMeta, 2 spec: DeploymentSpec',
  DeploymentSpec: '1 replicas: integer, 2 selector: LabelSelector, 3 template: PodTemplateSpec',
  LabelSelector: '1 matchLabels: map string',
  PodTemplateSpec: '1 metadata: ObjectMeta, 2 spec: PodSpec',
  Pod: '1 metadata: ObjectMeta, 2 spec: PodSpec',
  PodSpec:
    '2 containers: []Container, 3 restartPolicy: string, 4 terminationGracePeriodSeconds: integer, 6 dnsPolicy: string, 8 serviceAccountName: string',
  Container:
    '1 name: string, 2 image: string, 3 command: []string, 4 args: []string, 5 workingDir: string, 6 ports: []ContainerPort, 7 env: []EnvVar, 14 imagePullPolicy: string',
  ContainerPort: '1 name: string, 2 hostPort: integer, 3 containerPort: integer, 4 protocol: string',
  EnvVar: '1 name: string, 2 value: string',
  Role: '1 metadata: ObjectMeta, 2 rules: []PolicyRule',
  ClusterRole: '1 metadata: ObjectMeta, 2 rules: []PolicyRule',
  PolicyRule:
    '1 verbs: []string, 2 apiGroups: []string, 3 resources: []string, 4 resourceNames: []string, 5 nonResourceURLs: []string',
  RoleBinding: '1 metadata: ObjectMeta, 2 subjects: []Subject, 3 roleRef: RoleRef',
  ClusterRoleBinding: '1 metadata: ObjectMeta, 2 subjects: []Subject, 3 roleRef: RoleRef',
  Subject: '1 kind: string, 2 apiGroup: string, 3 name: string, 4 namespace: string',
  RoleRef: '1 apiGroup: string, 2 kind: string, 3 name: string',
  SelfSubjectAccessReview: '1 metadata: ObjectMeta, 2 spec: SelfSubjectAccessReviewSpec',
  SelfSubjectAccessReviewSpec:
    '1 resourceAttributes: ResourceAttributes, 2 nonResourceAttributes: NonResourceAttributes',
  ResourceAttributes:
    '1 namespace: string, 2 verb: string, 3 group: string, 4 version: string, 5 resource: string, 6 subresource: string, 7 name: string',
  NonResourceAttributes: '1 path: string, 2 verb: string',
  SelfSubjectRulesReview: '1 metadata: ObjectMeta, 2 spec: SelfSubjectRulesReviewSpec',
  SelfSubjectRulesReviewSpec: '1 namespace: string',
  SelfSubjectReview: '1 metadata: ObjectMeta',
  DeleteOptions:
    '1 gracePeriodSeconds: integer, 2 preconditions: Preconditions, 3 orphanDependents: boolean, 4 propagationPolicy: string, 5 dryRun: []string',
  Preconditions: '1 uid: string, 2 resourceVersion: string',
  Eviction: '1 metadata: ObjectMeta, 2 deleteOptions: DeleteOptions',
  Scale: '1 metadata: ObjectMeta, 2 spec: ScaleSpec',
  ScaleSpec: '1 replicas: integer',
};

const tables = new Map<string, Map<number, Field>>();

function tableOf(message: string): Map<number, Field> {
  let table = tables.get(message);
  if (table === undefined) {
    table = new Map((messages[message] ?? '').split(', ').map(parseField));
    tables.set(message, table);
  }
  return table;
}

function parseField(text: string): [number, Field] {
  const [, number = '0', name = '', list, type = ''] = /^(\d+) (\w+): (\[\])?(.*)$/.exec(text) ?? [];
  return [Number(number), { name, type: parseType(type), isList: list !== undefined }];
}

function parseType(text: string): Type {
  if (text.startsWith('map ')) return { is: 'map', values: text.slice(4) as 'string' };
  return messages[text] === undefined ? ({ is: text } as Type) : { is: 'message', message: text };
}

/** The object in a body, or undefined when its kind is not in the tables or it is no such body. */
export function readProtobuf(body: Buffer): Json | undefined {
  if (!body.subarray(0, 4).equals(magic)) return undefined;
  const envelope = fieldsIn(body.subarray(4));
  const typeMeta = fieldsIn(envelope.find((it) => it.number === 1)?.bytes ?? Buffer.alloc(0));
  const text = (number: number) => typeMeta.find((it) => it.number === number)?.bytes?.toString('utf8') ?? '';
  const [apiVersion, kind] = [text(1), text(2)];
  if (messages[kind] === undefined) return undefined;
  const raw = envelope.find((it) => it.number === 2)?.bytes ?? Buffer.alloc(0);
  return { apiVersion, kind, ...decode(raw, kind) };
}

interface WireField {
  readonly number: number;
  readonly integer?: bigint;
  readonly bytes?: Buffer;
}

const wire = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 };

function fieldsIn(body: Buffer): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = body[at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < body.length) {
    const tag = Number(varint());
    const number = tag >>> 3;
    const type = tag & 7;
    if (type === wire.varint) fields.push({ number, integer: varint() });
    else {
      const length = type === wire.lengthDelimited ? Number(varint()) : type === wire.fixed64 ? 8 : 4;
      fields.push({ number, bytes: body.subarray(at, at + length) });
      at += length;
    }
  }
  return fields;
}

function decode(body: Buffer, message: string): Json {
  const result: Json = {};
  const table = tableOf(message);
  for (const field of fieldsIn(body)) {
    const known = table.get(field.number);
    if (known === undefined) continue;
    const { name, type, isList } = known;
    if (type.is === 'map') {
      const [key, value] = entryOf(field.bytes ?? Buffer.alloc(0), type.values);
      result[name] = { ...result[name], [key]: value };
    } else if (isList) {
      result[name] = [...(result[name] ?? []), readValue(field, type)];
    } else {
      result[name] = readValue(field, type);
    }
  }
  return withoutEmpty(result);
}

function entryOf(body: Buffer, values: 'string' | 'bytes'): [string, string] {
  const fields = fieldsIn(body);
  const bytes = (number: number) => fields.find((it) => it.number === number)?.bytes ?? Buffer.alloc(0);
  return [bytes(1).toString('utf8'), bytes(2).toString(values === 'bytes' ? 'base64' : 'utf8')];
}

function readValue({ integer = 0n, bytes = Buffer.alloc(0) }: WireField, type: Type): Json {
  switch (type.is) {
    case 'integer':
      return Number(BigInt.asIntN(64, integer));
    case 'boolean':
      return integer !== 0n;
    case 'message':
      return decode(bytes, type.message);
    case 'intOrString': {
      const [kind, number, text] = [1, 2, 3].map((it) =>
        fieldsIn(bytes).find((field) => field.number === it),
      );
      return kind?.integer === 1n ? (text?.bytes?.toString('utf8') ?? '') : Number(number?.integer ?? 0n);
    }
    case 'bytes':
      return bytes.toString('base64');
    default:
      return bytes.toString('utf8');
  }
}

/** Go writes empty strings for fields that were not set. */
function withoutEmpty(object: Json): Json {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== ''));
}
