import { defineConfig } from 'vitest/config';
import { inCi } from './test/support/in-ci.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 3,
    globals: false,
    allowOnly: !inCi(),
    passWithNoTests: false,
    reporters: inCi() ? ['default', ['json', { outputFile: '.cache/test-results.json' }]] : ['default'],
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000, hookTimeout: 20_000 },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['test/e2e/demo.test.ts'],
          // Concurrent tests are those that wait for a switch: it looks every 10 s.
          maxConcurrency: 12,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'security',
          include: ['test/security/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      // Judges latencies of real services: alone, after everything else.
      {
        extends: true,
        test: {
          name: 'demo',
          include: ['test/e2e/demo.test.ts'],
          testTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
