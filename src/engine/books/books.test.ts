import { describe, expect, it } from 'vitest';

import { decimal, ZERO_MONEY } from '../../domain/decimal.ts';
import { asId } from '../../domain/ids.ts';
import type { StoreChange } from '../../ports/store/changes.ts';
import type { Durability } from '../../ports/store/store.ts';
import { fill } from '../../testkit/builders/fills.ts';
import { pendingOrder } from '../../testkit/builders/orders.ts';
import { createFakeClock } from '../../testkit/fake-clock.ts';
import { newBreaker } from '../risk/breaker.ts';
import { Books } from './books.ts';

interface Commit {
  readonly changes: readonly StoreChange[];
  readonly durability: Durability;
  readonly settle: PromiseWithResolvers<void>;
}

function openBooks() {
  const clock = createFakeClock();
  const commits: Commit[] = [];
  const failures: unknown[] = [];
  const books = new Books({
    ...{ userId: asId('user'), accountId: asId('account'), clock, lastSeq: 7 },
    store: {
      commit: (changes, durability) => {
        const settle = Promise.withResolvers<void>();
        commits.push({ changes, durability, settle });
        return settle.promise;
      },
    },
    breaker: newBreaker(asId('user'), clock.now(), ZERO_MONEY),
    onCommitFailed: (failure) => failures.push(failure),
  });
  const balance = (free: string, updatedAt: number) => {
    books.putBalance({
      accountId: asId('account'),
      asset: 'USDT',
      free: decimal(free),
      locked: decimal('0'),
      updatedAt,
    });
  };
  return { books, clock, commits, failures, balance };
}

describe('the books', () => {
  it('hand over what was staged together, in order, each change with its audit record', () => {
    const { books, commits } = openBooks();
    books.putOrder(pendingOrder(), 'intended');
    books.addFill(fill());
    void books.commit('ordinary');
    const [commit] = commits;
    expect(commit?.changes.map(({ kind }) => kind)).toEqual(['order', 'audit', 'fill', 'audit']);
    const seqs = commit?.changes.flatMap((change) => (change.kind === 'audit' ? [change.record.seq] : []));
    expect(seqs).toEqual([8, 9]);
  });

  it('make the commit that ends an event durable when somebody waits for that', async () => {
    const { books, commits } = openBooks();
    const stored = books.commitDurably();
    books.putOrder(pendingOrder(), 'intended');
    void books.commit('ordinary');
    expect(commits.map(({ durability }) => durability)).toEqual(['durable']);
    commits[0]?.settle.resolve();
    expect(await stored).toBe(true);
  });

  it('tell of a commit that failed, and whoever waited for it', async () => {
    const { books, commits, failures } = openBooks();
    books.putOrder(pendingOrder(), 'intended');
    const stored = books.commit('ordinary');
    commits[0]?.settle.reject(new Error('full'));
    expect(await stored).toBe(false);
    expect(failures).toHaveLength(1);
  });

  it('with nothing staged wait for what is on its way', async () => {
    const { books, commits } = openBooks();
    books.putOrder(pendingOrder(), 'intended');
    void books.commit('ordinary');
    let isStored = false;
    const waited = books.commit('ordinary').then(() => (isStored = true));
    await Promise.resolve();
    expect(isStored).toBe(false);
    expect(commits).toHaveLength(1);
    commits[0]?.settle.resolve();
    await waited;
  });

  it('keep the newer balance when an older one comes late', () => {
    const { books, balance } = openBooks();
    balance('5', 20);
    balance('9', 10);
    expect(books.balances.get('USDT')?.free.toFixed()).toBe('5');
  });

  it('know that cash lags behind fills, until a balance comes or it has taken too long', async () => {
    const { books, clock, balance } = openBooks();
    expect(books.isCashBehind).toBe(false);
    books.addFill(fill());
    expect(books.isCashBehind).toBe(true);
    balance('5', 20);
    expect(books.isCashBehind).toBe(false);
    books.addFill(fill());
    await clock.advance(60_000);
    expect(books.isCashBehind).toBe(false);
  });

  it('let ended orders go, never those that work', () => {
    const { books } = openBooks();
    const idAt = (number: number) =>
      asId<ReturnType<typeof pendingOrder>['intent']['id']>(String(number).padStart(24, '0'));
    books.putOrder(pendingOrder({ id: idAt(0) }), 'intended');
    for (let number = 1; number < 3_000; number += 1) {
      const order = pendingOrder({ id: idAt(number) });
      books.putOrder({ ...order, state: { status: 'rejected', at: 0, venueOrderId: null, code: '', reason: '' } }, 'x');
    }
    expect(books.orders.size).toBeLessThanOrEqual(1_000);
    expect(books.orders.has(idAt(0))).toBe(true);
    expect(books.orders.has(idAt(2_999))).toBe(true);
  });
});
