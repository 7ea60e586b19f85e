/** Asks registries what a tag points to. */
export interface ImageRegistry {
  /**
   * The digest (`sha256:<hex>`) that `image` (`registry/repository:tag`) points to now.
   * Throws PolicyViolationError naming the image and the registry's answer when it can't be resolved, which is also so
   * once `deadline` has come.
   */
  resolve(image: string, deadline?: AbortSignal): Promise<string>;
}
