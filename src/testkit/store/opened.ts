import { afterAll, beforeAll } from 'vitest';

import type { Store } from '../../ports/store/store.ts';

/** A store over a database of its own. */
export interface StoreFixture {
  /** The store, empty at first. */
  readonly store: Store;
  /** Closes the store and opens it again over the same database. */
  reopen(): Promise<Store>;
  /** Closes the store and removes what it left. */
  dispose(): Promise<void>;
}

/** One store for all tests of the enclosing `describe`; they keep apart by users. */
export function useStore(open: () => Promise<StoreFixture>): () => Store {
  let fixture: StoreFixture | null = null;
  beforeAll(async () => {
    fixture = await open();
  });
  afterAll(() => fixture?.dispose());
  return () => {
    if (fixture === null) throw new Error('the store is opened before the tests, not before the describe');
    return fixture.store;
  };
}
