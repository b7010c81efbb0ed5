import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/statistical/**'], // npm run test:statistical
    // Two cores: files side by side; no test waits on a clock, so a slow machine only takes longer.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'threads',
  },
});
