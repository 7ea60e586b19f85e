import * as z from 'zod/mini';

/** Application names: they stand in execution names, parameter names and object keys. */
export const applicationName = z
  .string()
  .check(
    z.regex(
      /^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/,
      'must be 1–30 characters of a–z, 0–9 and -, beginning with a letter',
    ),
  );
