import { type CollectionTag, Pair, Scalar, type ScalarTag, YAMLMap, type YAMLSeq } from 'yaml';

/** CloudFormation's short tags; each stands for an object with one key. */
const names = [
  'And',
  'Base64',
  'Cidr',
  'Equals',
  'FindInMap',
  'GetAtt',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Length',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
  'ToJsonString',
  'Transform',
];
const keys: readonly (readonly [tag: string, key: string])[] = [
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...names.map((name) => [`!${name}`, `Fn::${name}`] as const),
];

const wrap = (key: string, value: unknown): YAMLMap => {
  const map = new YAMLMap();
  map.items.push(new Pair(new Scalar(key), value));
  return map;
};

/** Tags for `yaml` that read `!Sub x` as `{Fn::Sub: x}`, in all three forms a tag can stand before. */
export const intrinsicTags: readonly (ScalarTag | CollectionTag)[] = keys.flatMap(([tag, key]) => [
  { tag, resolve: (text: string) => ({ [key]: text }) } satisfies ScalarTag,
  { tag, collection: 'seq', resolve: (node: YAMLSeq | YAMLMap) => wrap(key, node) } satisfies CollectionTag,
  { tag, collection: 'map', resolve: (node: YAMLSeq | YAMLMap) => wrap(key, node) } satisfies CollectionTag,
]);
