import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    reporters: ['default', ['json', { outputFile: '.cache/test-results.json' }]],
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      exclude: ['src/testkit/**', '**/*.test.{ts,tsx}'],
      reporter: ['text-summary', 'html'],
    },
  },
});
