import { createHash } from 'node:crypto';
import type { KubernetesObject } from '#domain/manifest.ts';

const hashCharacters = 10;

/**
 * The object with a name made of its `generateName` and a hash of `seed`: the same content has the same name however
 * often it is planned and applied (KUBERNETES.md A14). An object with a name keeps it.
 */
export function withOwnName(object: KubernetesObject, seed: string): KubernetesObject {
  const { generateName, ...metadata } = object.metadata;
  if (metadata.name !== undefined || typeof generateName !== 'string') return object;
  const hash = createHash('sha256').update(seed).digest('hex').slice(0, hashCharacters);
  return { ...object, metadata: { ...metadata, name: `${generateName}${hash}` } };
}
