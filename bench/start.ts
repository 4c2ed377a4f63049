import { spawnSync } from 'node:child_process';

import { median } from './harness.ts';
import type { BenchRow } from './harness.ts';

const PAIRS = 21;

/** Wall time of a whole process in milliseconds. */
function processMs(args: readonly string[]): number {
  const startedAt = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status ?? 'a signal'}`);
  return performance.now() - startedAt;
}

function startRow(flag: string): BenchRow {
  const program = ['bin/aitrader.cjs', flag];
  const bare = ['-e', '0'];
  processMs(program);
  processMs(bare);
  const pairs = Array.from({ length: PAIRS }, () => ({ program: processMs(program), bare: processMs(bare) }));
  return {
    name: `start ${flag}`,
    value: median(pairs.map((pair) => pair.program)),
    unit: 'ms',
    reference: 'node -e 0',
    referenceValue: median(pairs.map((pair) => pair.bare)),
    ratio: median(pairs.map((pair) => pair.program / pair.bare)),
  };
}

/** How long the built program takes to answer `--version` and `--help`, beside a bare Node. Needs `make build`. */
export function benchStart(): Promise<BenchRow[]> {
  return Promise.resolve([startRow('--version'), startRow('--help')]);
}
