import { isDigest, parseImage } from '#domain/image-reference.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';

/** Where the pod specification of each pod-bearing kind stands. */
const podSpecPaths: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  PodTemplate: ['template', 'spec'],
  Deployment: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

const containerLists = ['containers', 'initContainers', 'ephemeralContainers'] as const;

type Fields = Record<string, unknown>;

/** An image that an object runs or mounts. */
export interface ImageUse {
  readonly image: string;
  /** `Deployment.apps staging/web (container 'web')`. */
  readonly where: string;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Rewrites the value at a path, copying only what is on the way. */
function rewriteAt(value: unknown, path: readonly string[], rewrite: (found: Fields) => Fields): unknown {
  if (!isFields(value)) return value;
  const [step, ...rest] = path;
  return step === undefined ? rewrite(value) : { ...value, [step]: rewriteAt(value[step], rest, rewrite) };
}

function mapList(value: unknown, rewrite: (item: Fields) => Fields): unknown {
  return Array.isArray(value) ? value.map((item) => (isFields(item) ? rewrite(item) : item)) : value;
}

/** Calls `pin` with each image of an object, in order; the answer replaces it. Both walking and replacing, so that they cannot differ. */
function mapImages(object: KubernetesObject, pin: (use: ImageUse) => string): KubernetesObject {
  const path = podSpecPaths[object.kind];
  if (path === undefined) return object;
  const owner = identityText(identityOf(object));
  const container = (fields: Fields): Fields => {
    const where = `${owner} (container '${String(fields.name)}')`;
    return { ...fields, image: pin({ image: imageText(fields.image), where }) };
  };
  const volume = (fields: Fields): Fields => {
    if (!isFields(fields.image)) return fields;
    const where = `${owner} (volume '${String(fields.name)}')`;
    const reference = pin({ image: imageText(fields.image.reference), where });
    return { ...fields, image: { ...fields.image, reference } };
  };
  return rewriteAt(object, path, (pod) => {
    const rewritten = { ...pod };
    for (const list of containerLists) {
      if (pod[list] !== undefined) rewritten[list] = mapList(pod[list], container);
    }
    if (pod.volumes !== undefined) rewritten.volumes = mapList(pod.volumes, volume);
    return rewritten;
  }) as KubernetesObject;
}

function imageText(image: unknown): string {
  return typeof image === 'string' ? image : '';
}

/** Every image that an object names. */
export function imagesOf(object: KubernetesObject): ImageUse[] {
  const uses: ImageUse[] = [];
  mapImages(object, (use) => {
    uses.push(use);
    return use.image;
  });
  return uses;
}

/** `registry/repository@sha256:…` of an image and the digest it stands for: the tag is dropped, because it would lie once it moves. */
export function pinnedImage(image: string, digest: string): string {
  const parsed = parseImage(image);
  if (parsed === undefined || !isDigest(digest))
    throw new Error(`image "${image}" cannot be pinned to "${digest}"`);
  return `${parsed.name}@${digest}`;
}

/** The object with each image replaced by what `pinned` says of it. */
export function withImages(object: KubernetesObject, pinned: ReadonlyMap<string, string>): KubernetesObject {
  return mapImages(object, ({ image }) => pinned.get(image) ?? image);
}
