import { defineConfig } from 'vitest/config';

/** The statistical lane: minutes, not seconds, so it is no part of `npm test`. Two files side by side. */
export default defineConfig({
  test: {
    include: ['test/statistical/**/*.test.ts', 'test/distributions/acceptance.test.ts'],
    testTimeout: 1_200_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    retry: 0,
  },
});
