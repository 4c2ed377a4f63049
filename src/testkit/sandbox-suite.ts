import { describe } from 'vitest';

import { describeCandles } from './sandbox/candles.ts';
import { describeContext } from './sandbox/context.ts';
import { describeFaults } from './sandbox/faults.ts';
import type { OpenSandbox } from './sandbox/harness.ts';
import { describeLoading } from './sandbox/loading.ts';
import { describeResults } from './sandbox/results.ts';

/** What every sandbox keeps to, see ports/filter-sandbox. Call it in a test file of the adapter. */
export function describeSandboxContract(name: string, open: OpenSandbox): void {
  describe(`the sandbox contract, kept by ${name}`, () => {
    describeLoading(open);
    describeCandles(open);
    describeContext(open);
    describeResults(open);
    describeFaults(open);
  });
}
