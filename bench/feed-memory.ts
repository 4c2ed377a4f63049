import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import type { BenchRow } from './harness.ts';

const CHILD = fileURLToPath(new URL('feed-memory-child.ts', import.meta.url));

type Measured = 'empty' | 'filled' | 'resident' | 'day' | 'week';

/** What feed and store hold of 200 symbols x 5 timeframes x 500 candles, at first and after a simulated week. */
export function benchFeedMemory(): BenchRow[] {
  const output = execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--expose-gc', CHILD], {
    encoding: 'utf8',
  });
  const { empty, filled, resident, day, week } = JSON.parse(output) as Record<Measured, number>;
  const row = (fields: Omit<BenchRow, 'unit' | 'ratio'>): BenchRow => ({
    ...{ ...fields, name: `feed and store, 200 symbols x 5 timeframes: ${fields.name}` },
    ...{ unit: 'MB', ratio: fields.value / fields.referenceValue },
  });
  const reference = 'the empty process';
  return [
    row({ name: 'memory beyond the process', value: filled - empty, reference, referenceValue: empty }),
    row({ name: 'memory beyond it after a week', value: resident - empty, reference, referenceValue: empty }),
    row({ name: 'held after a week', value: week, reference: 'after a day', referenceValue: day }),
  ];
}
