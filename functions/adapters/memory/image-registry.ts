import { PolicyViolationError } from '#domain/errors.ts';
import type { ImageRegistry } from '#ports/image-registry.ts';

/** A registry in this process: images by tag, each with its digest; every look-up is noted in `asked`. */
export function createMemoryImageRegistry(
  digests: Readonly<Record<string, string>>,
): ImageRegistry & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  return {
    asked,
    async resolve(image) {
      asked.push(image);
      const digest = digests[image];
      if (digest !== undefined) return digest;
      const reason = 'the registry has no such image or tag';
      throw new PolicyViolationError(`image '${image}' can't be resolved: ${reason}`, { image, reason });
    },
  };
}
