import { defineConfig } from 'vitest/config';

/** Where `.ci/run` wants the machine-readable report, if it runs us. */
const report = process.env.VITEST_JSON;

// `npm test` runs these folders; the longer suites have their own scripts.
export default defineConfig({
  test: {
    include: ['test/{unit,contract,statemachine,template,house,local}/**/*.test.ts'],
    pool: 'forks',
    // Vitest would leave one core free, which on a machine of two is half of it.
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 60_000,
    ...(report === undefined ? {} : { reporters: ['default', ['json', { outputFile: report }]] }),
  },
});
