import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    // Vitest would leave one of two cores idle: many tests wait for processes of their own.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ['default', ['json', { outputFile: '.cache/test-results.json' }]],
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      exclude: ['src/testkit/**', '**/*.test.{ts,tsx}'],
      reporter: ['text-summary', 'html'],
    },
  },
});
