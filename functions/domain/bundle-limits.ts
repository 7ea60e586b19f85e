/** What a bundle may hold. Each is checked while reading; what a zip's headers say is never trusted. */
export const bundleLimits = {
  bundleBytes: 5 * 1024 ** 3,
  entries: 10_000,
  /** The zip's central directory: with 10,000 entries of sensible names about 1.5 MiB. */
  directoryBytes: 16 * 1024 ** 2,
  nameCharacters: 512,
  /** One file that is read, inflated. */
  fileBytes: 5 * 1024 ** 2,
  /** All files that are read, inflated. */
  totalFileBytes: 64 * 1024 ** 2,
  /** Inflated to compressed, above `ratioFreeBytes`: manifests stay below 50, deflate can reach 1,032. */
  compressionRatio: 200,
  ratioFreeBytes: 1024 ** 2,
  /** One object as JSON: etcd takes requests of 1.5 MiB, and the server's own bookkeeping of fields is in them. */
  objectBytes: 1.45 * 1024 ** 2,
  /** What the API server takes of the data of one ConfigMap or Secret. */
  dataBytes: 1024 ** 2,
  /** Objects of one environment. */
  objects: 5_000,
  /** Notes kept in the content. */
  notes: 100,
} as const;

/** `5 MiB`, `1 GiB`, `300 bytes`: for messages. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'] as const;
  let unit = 0;
  let amount = bytes;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${Number(amount.toFixed(2))} ${units[unit]}`;
}
