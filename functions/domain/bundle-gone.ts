import { BundleInvalidError } from '#domain/errors.ts';
import type { BundleReference } from '#domain/reference.ts';

/** The error of a bundle whose version was deleted between its event and its reading. */
export function bundleGone(bundle: BundleReference, options?: ErrorOptions): BundleInvalidError {
  const { bucket, key, versionId } = bundle;
  const message = `bundle "${key}" is gone: version "${versionId}" was deleted from bucket "${bucket}"; upload it again`;
  return new BundleInvalidError(message, { bucket, key, versionId }, options);
}
