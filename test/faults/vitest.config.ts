import { defineConfig } from 'vitest/config';

/** Where `.ci/run` wants the machine-readable report, if it runs us. */
const report = process.env.VITEST_JSON;

// `npm run test:faults`: processes that are stopped and killed at every journal point.
export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    ...(report === undefined ? {} : { reporters: ['default', ['json', { outputFile: report }]] }),
  },
});
