import type { OpenBroker } from './harness.ts';
import { Trader } from './trader.ts';

/** Runs a test with a trader at a fresh broker, and ends both. */
export async function withTrader(open: OpenBroker, test: (trader: Trader) => Promise<void>): Promise<void> {
  const harness = await open();
  try {
    await test(new Trader(harness));
  } finally {
    await harness.dispose();
  }
}
