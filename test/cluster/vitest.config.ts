import { defineConfig } from 'vitest/config';

/** Where `.ci/run` wants the machine-readable report, if it runs us. */
const report = process.env.VITEST_JSON;

// `npm run test:cluster`: what needs a real control plane, which one global set-up starts for all files.
export default defineConfig({
  test: {
    include: ['test/cluster/**/*.test.ts'],
    globalSetup: ['test/cluster/shared-plane.ts'],
    pool: 'forks',
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    ...(report === undefined ? {} : { reporters: ['default', ['json', { outputFile: report }]] }),
  },
});
