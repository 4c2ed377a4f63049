import { describe } from 'vitest';

import { describeConcurrency } from './store/concurrency.ts';
import type { StoreFixture } from './store/opened.ts';
import { describeOwnership } from './store/ownership.ts';
import { describeReaders } from './store/readers.ts';
import { describeRoundTrips } from './store/round-trips.ts';
import { describeScale } from './store/scale.ts';
import { describeTransactions } from './store/transactions.ts';

/** The contract that every store keeps, see ports/store. Call it in a test file of the adapter. */
export function describeStoreContract(name: string, open: () => Promise<StoreFixture>): void {
  describe(`the store contract, kept by ${name}`, () => {
    describeRoundTrips(open);
    describeOwnership(open);
    describeTransactions(open);
    describeReaders(open);
    describeConcurrency(open);
    describeScale(open);
  });
}
