import { defineConfig } from 'vitest/config';

// `npm test` runs these projects; the longer suites (cluster, browser, bench) have their own scripts.
export default defineConfig({
  test: {
    include: ['test/{unit,contract,statemachine,template,house,local}/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
