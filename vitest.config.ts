import { availableParallelism } from 'node:os';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/**
 * What takes longest comes first: begun last, it would leave the other workers idle at the end. Files that run several programs
 * at once stand apart, between those that do not.
 */
const LONGEST = [
  'test/live/crash',
  'test/simulation/',
  'test/docs/documents',
  'test/daemon/',
  'test/filters/shipped-filters',
  'test/security/exhaustion',
  'test/record/',
  'test/cli/',
  'test/tui/tmux',
  'test/live/',
];

/** Files that stand in `LONGEST` come first; of the others, those that took longer the last time. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const index = LONGEST.findIndex((name) => moduleId.includes(`/${name}`));
      return index === -1 ? LONGEST.length : index;
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    testTimeout: 30_000,
    // Vitest would leave one of two cores idle: many tests wait for processes of their own.
    maxWorkers: Math.max(2, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    projects: [
      // In the order of their names.
      { extends: true, test: { name: 'programs', include: ['test/**/*.test.ts'] } },
      // They leave nothing behind, and many are over sooner than a worker of their own has started.
      { extends: true, test: { name: 'units', include: ['src/**/*.test.{ts,tsx}'], isolate: false } },
    ],
    reporters: ['default', ['json', { outputFile: '.cache/test-results.json' }]],
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      exclude: ['src/testkit/**', '**/*.test.{ts,tsx}'],
      reporter: ['text-summary', 'html'],
    },
  },
});
