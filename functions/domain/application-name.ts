import * as z from 'zod/mini';

/**
 * Dashes part the names and numbers in an execution's name: with numbers between dashes in a name, application "a-1-b"
 * release 2 and application "a" release 1 would share one.
 */
export const noNumberBetweenDashes = z.regex(
  /^(?!.*-[0-9]+(-|$))/,
  'must not have a number alone between dashes or after the last (write `shop-v2` rather than `shop-2`)',
);

/** Application names: they stand in execution names, parameter names and object keys. */
export const applicationName = z
  .string()
  .check(
    z.regex(
      /^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/,
      'must be 1–30 characters of a–z, 0–9 and -, beginning with a letter',
    ),
    noNumberBetweenDashes,
  );
