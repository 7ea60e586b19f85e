import type { ReleaseContent } from '#domain/content.ts';
import { PolicyViolationError } from '#domain/errors.ts';
import { type ImageUse, imagesOf, pinnedImage, withImages } from '#domain/image-pinning.ts';
import { parseImage, shownImage } from '#domain/image-reference.ts';
import type { DocumentReference } from '#domain/reference.ts';
import type { ReleaseId } from '#domain/release.ts';
import { problemsText } from '#domain/yaml-problem.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { ImageRegistry } from '#ports/image-registry.ts';
import type { ReleaseLedger } from '#ports/release-ledger.ts';

export interface VerifyImagesInput extends ReleaseId {
  readonly contents: Readonly<Record<string, DocumentReference>>;
}

export interface VerifyImagesResult {
  /** The contents with every image named by digest. */
  readonly contents: Readonly<Record<string, DocumentReference>>;
}

/** Registries are asked for this many images at a time. */
const imagesAtOnce = 8;

/** More than any release names; each costs a request or more, of an author's choosing. */
const taggedImageLimit = 200;
const registryLimit = 20;

/** Below the function's own time limit, so that the release ends with what was left instead of with a time-out. */
const defaultDeadlineMilliseconds = 45_000;

/** What an image was pinned to, or why it could not be. */
type Pinning = { readonly pinned: string } | { readonly refused: string };

async function pin(
  { image, where }: ImageUse,
  registry: ImageRegistry,
  deadline: AbortSignal,
): Promise<Pinning> {
  const subject = `image '${shownImage(image)}' in ${where}`;
  const parsed = parseImage(image);
  if (image === '') return { refused: `${where} names no image; name one by digest` };
  if (parsed === undefined) {
    return { refused: `${subject} is no image name; write registry/repository@sha256:…` };
  }
  if (parsed.digest !== undefined) return { pinned: pinnedImage(image, parsed.digest) };
  try {
    return { pinned: pinnedImage(image, await registry.resolve(image, deadline)) };
  } catch (error) {
    if (!(error instanceof PolicyViolationError)) throw error;
    const reason = String(error.facts.reason ?? error.message);
    return {
      refused: `${subject} can't be resolved: ${reason}; name it by digest: ${parsed.name}@sha256:…`,
    };
  }
}

/** Resolves each distinct image once: a tag that moves meanwhile must not give two environments two images. */
async function pinAll(
  uses: ReadonlyMap<string, ImageUse>,
  registry: ImageRegistry,
  deadlineMilliseconds: number,
): Promise<Map<string, string>> {
  checkLimits([...uses.keys()]);
  const waiting = [...uses.values()];
  const left: string[] = [];
  const deadline = AbortSignal.timeout(deadlineMilliseconds);
  const pinned = new Map<string, string>();
  const refused: string[] = [];
  const worker = async () => {
    for (let use = waiting.shift(); use !== undefined; use = waiting.shift()) {
      if (deadline.aborted) {
        left.push(shownImage(use.image));
        continue;
      }
      const pinning = await pin(use, registry, deadline);
      if ('refused' in pinning && deadline.aborted) left.push(shownImage(use.image));
      else if ('pinned' in pinning) pinned.set(use.image, pinning.pinned);
      else refused.push(pinning.refused);
    }
  };
  await Promise.all(Array.from({ length: imagesAtOnce }, worker));
  if (left.length > 0) throw outOfTime(left.toSorted(), deadlineMilliseconds);
  if (refused.length === 0) return pinned;
  throw new PolicyViolationError(refusalText(refused.toSorted()), { images: refused.length });
}

/** Refuses a release before the first request where its images would take too many. */
function checkLimits(images: readonly string[]): void {
  const tagged = images
    .map(parseImage)
    .filter((parsed) => parsed !== undefined && parsed.digest === undefined);
  const registries = new Set(tagged.map((parsed) => parsed?.registry));
  const limits = [
    [tagged.length, taggedImageLimit, 'images by tag'],
    [registries.size, registryLimit, 'registries to ask'],
  ] as const;
  for (const [count, limit, what] of limits) {
    if (count <= limit) continue;
    throw new PolicyViolationError(
      `release names ${count} ${what}, and ${limit} are the most; name images by digest (repository@sha256:…), which asks nobody`,
      { count, limit },
    );
  }
}

function outOfTime(left: readonly string[], deadlineMilliseconds: number): PolicyViolationError {
  const shown = left.slice(0, 20).map((image) => `'${image}'`);
  const more = left.length > shown.length ? ` and ${left.length - shown.length} more` : '';
  return new PolicyViolationError(
    `images ${shown.join(', ')}${more} were not resolved within the ${deadlineMilliseconds / 1000} s for all of a release: their registries are slow; name them by digest (repository@sha256:…) or release again`,
    { images: left.length },
  );
}

function refusalText(refused: readonly string[]): string {
  const [only = ''] = refused;
  if (refused.length === 1) return only;
  return problemsText(
    'release',
    refused.map((message) => ({ where: 'images', message })),
  );
}

/** Replaces every tag by the digest it points to now, once for all environments, and notes the contents in the ledger. */
export function verifyImages({
  releases,
  documents,
  images,
  deadlineMilliseconds = defaultDeadlineMilliseconds,
}: {
  releases: ReleaseLedger;
  documents: DocumentStore;
  images: ImageRegistry;
  deadlineMilliseconds?: number;
}): (input: VerifyImagesInput) => Promise<VerifyImagesResult> {
  return async ({ application, release, contents }) => {
    const recorded = await releases.release({ application, release });
    // A retried state asks no registry again: tags may have moved since.
    if (recorded?.contents !== undefined) return { contents: recorded.contents };
    const uses = new Map<string, ImageUse>();
    for (const reference of Object.values(contents)) {
      const { objects } = await documents.get<ReleaseContent>(reference);
      for (const use of objects.flatMap(imagesOf)) if (!uses.has(use.image)) uses.set(use.image, use);
    }
    const pinned = await pinAll(uses, images, deadlineMilliseconds);
    const verified: Record<string, DocumentReference> = {};
    for (const [environment, reference] of Object.entries(contents)) {
      const content = await documents.get<ReleaseContent>(reference);
      const objects = content.objects.map((object) => withImages(object, pinned));
      const key = `contents/${application}/${release}/${environment}.verified.json`;
      verified[environment] = await documents.put(key, { ...content, objects });
    }
    await releases.noteContents({ application, release }, verified);
    return { contents: verified };
  };
}
