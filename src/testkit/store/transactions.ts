import { describe, expect, it } from 'vitest';

import { Decimal } from '../../domain/decimal.ts';
import { asId } from '../../domain/ids.ts';
import type { UserId } from '../../domain/ids.ts';
import type { Position } from '../../domain/position/position.ts';
import type { StoreChange } from '../../ports/store/changes.ts';
import { arbitraryPosition, arbitraryTrade } from '../builders/arbitrary-holdings.ts';
import { arbitraryFill, arbitraryOrder } from '../builders/arbitrary-orders.ts';
import { arbitraryAuditRecord, arbitraryEngineState, arbitraryJournalEntry } from '../builders/arbitrary-records.ts';
import { arbitraryFilter, arbitraryTrader } from '../builders/arbitrary-signals.ts';
import { arbitraryPositionExit } from '../builders/arbitrary-values.ts';
import { example, idAt } from '../builders/example.ts';
import { useStore } from './opened.ts';
import type { StoreFixture } from './opened.ts';

const REFUSED = { code: 'RECORD_CONFLICT' };

/** A filled entry: the order, its fill and the position that it opened, all numbered `number`. */
function filledEntry(userId: UserId, number: number): StoreChange[] {
  const { intent, ...order } = example(arbitraryOrder);
  const id = idAt<typeof intent.id>(number);
  return [
    { kind: 'order', order: { ...order, intent: { ...intent, userId, id } } },
    {
      kind: 'fill',
      userId,
      accountId: intent.accountId,
      fill: example(arbitraryFill, { orderId: id, venueTradeId: String(number) }),
    },
    { kind: 'position', position: example(arbitraryPosition, { userId, id: idAt(number), state: { status: 'open' } }) },
  ];
}

const audit = (userId: UserId, seq: number, change = 'opened'): StoreChange => ({
  kind: 'audit',
  record: example(arbitraryAuditRecord, { userId, seq, change }),
});

/** Commits are stored whole or not at all, in order, and do not disturb each other. */
export function describeTransactions(open: () => Promise<StoreFixture>): void {
  describe('a commit', () => {
    const store = useStore(open);

    it('stores an order, its fill and the position together', async () => {
      const user = asId<UserId>('together');
      await store().commit(filledEntry(user, 1), 'durable');
      expect(await store().orders.list(user, { limit: 10 })).toHaveLength(1);
      expect(await store().fills.since(user, 0)).toHaveLength(1);
      expect(await store().positions.open(user)).toHaveLength(1);
    });

    it('stores nothing when its last change is refused', async () => {
      const user = asId<UserId>('refused');
      await store().commit([audit(user, 1_001)], 'ordinary');
      const changes = [...filledEntry(user, 2), audit(user, 1_001, 'something else')];
      await expect(store().commit(changes, 'durable')).rejects.toMatchObject(REFUSED);
      expect(await store().orders.list(user, { limit: 10 })).toEqual([]);
      expect(await store().fills.since(user, 0)).toEqual([]);
      expect(await store().positions.list(user, { limit: 10 })).toEqual([]);
    });

    it('names in the refusal what was refused', async () => {
      const user = asId<UserId>('named');
      await store().commit([audit(user, 1_101)], 'ordinary');
      const changes = [...filledEntry(user, 3), audit(user, 1_101, 'something else')];
      const refusal = { code: 'RECORD_CONFLICT', context: { entity: 'audit', id: 1_101 } };
      await expect(store().commit(changes, 'durable')).rejects.toMatchObject(refusal);
    });

    it('that is refused leaves the commits before and behind it alone', async () => {
      const user = asId<UserId>('neighbours');
      await store().commit([audit(user, 2_000)], 'ordinary');
      const commits = Array.from({ length: 30 }, (_, n) =>
        store().commit(
          [audit(user, n % 3 === 1 ? 2_000 : 2_001 + n, `change ${n}`)],
          n % 5 === 0 ? 'durable' : 'ordinary',
        ),
      );
      const outcomes = (await Promise.allSettled(commits)).map(({ status }) => status);
      expect(outcomes).toEqual(outcomes.map((_, n) => (n % 3 === 1 ? 'rejected' : 'fulfilled')));
      expect(await store().audit.after(user, 2_000, 100)).toHaveLength(20);
    });

    it('is applied in the order in which it was handed over', async () => {
      const userId = asId<UserId>('order');
      const commits = Array.from({ length: 200 }, (_, n) =>
        store().commit(
          [{ kind: 'engine_state', entry: { userId, key: 'n', value: String(n), updatedAt: n } }],
          n % 7 === 0 ? 'durable' : 'ordinary',
        ),
      );
      await Promise.all(commits);
      expect(await store().process.engineState(userId, 'n')).toMatchObject({ value: '199' });
    });

    it('without changes is stored at once', async () => {
      await expect(store().commit([], 'durable')).resolves.toBeUndefined();
    });

    it('with an amount that is no number is refused, and stores nothing', async () => {
      const user = asId<UserId>('nan');
      const position = example(arbitraryPosition, { userId: user, openCost: new Decimal(NaN) as Position['openCost'] });
      const changes: StoreChange[] = [audit(user, 3_001), { kind: 'position', position }];
      await expect(store().commit(changes, 'ordinary')).rejects.toMatchObject({ code: 'DECIMAL_INVALID' });
      expect(await store().audit.after(user, 3_000, 10)).toEqual([]);
    });
  });

  describe('an entity', () => {
    const store = useStore(open);
    const user = asId<UserId>('entities');

    it('is overwritten by its next version, with fewer lots and exits as well', async () => {
      const exit = example(arbitraryPositionExit);
      const lot = { ...exit, openedQuantity: exit.quantity, remainingQuantity: exit.quantity, openedAt: 1 };
      const { fillKey, price, openedQuantity, remainingQuantity, openedAt } = lot;
      const lots = [1, 2, 3].map(() => ({ fillKey, price, openedQuantity, remainingQuantity, openedAt }));
      const first = example(arbitraryPosition, { userId: user, lots, exits: [exit, exit] });
      const second = { ...first, lots: lots.slice(0, 1), exits: [], openReason: 'another' };
      await store().commit([{ kind: 'position', position: first }], 'ordinary');
      await store().commit([{ kind: 'position', position: second }], 'ordinary');
      expect(await store().positions.get(user, first.id)).toStrictEqual(second);
    });

    it('that refers to something that is not there is refused', async () => {
      const fill = example(arbitraryFill, { orderId: idAt(901) });
      const refused: StoreChange[] = [
        { kind: 'fill', userId: user, accountId: asId('account'), fill },
        { kind: 'trade', trade: example(arbitraryTrade, { userId: user, positionId: idAt(902) }) },
        { kind: 'journal', entry: example(arbitraryJournalEntry, { userId: user, tradeId: idAt(903) }) },
        { kind: 'trader', trader: example(arbitraryTrader, { userId: user, filterId: idAt(904) }) },
      ];
      for (const change of refused) {
        await expect(store().commit([change], 'ordinary'), change.kind).rejects.toMatchObject(REFUSED);
      }
    });

    it("that refers to another user's is refused", async () => {
      const owner = asId<UserId>('owner');
      await store().commit(filledEntry(owner, 905), 'ordinary');
      const fill = example(arbitraryFill, { orderId: idAt(905), venueTradeId: 'stolen' });
      const theft: StoreChange = { kind: 'fill', userId: user, accountId: asId('account'), fill };
      await expect(store().commit([theft], 'ordinary')).rejects.toMatchObject(REFUSED);
    });

    it('a filter is removed with its last trader, not before', async () => {
      const filter = example(arbitraryFilter, { userId: user, id: idAt(10) });
      const trader = example(arbitraryTrader, { userId: user, id: idAt(11), filterId: filter.id });
      const stored: StoreChange[] = [
        { kind: 'filter', filter },
        { kind: 'trader', trader },
      ];
      await store().commit(stored, 'ordinary');
      const removal: StoreChange = { kind: 'filter_removed', userId: user, filterId: filter.id };
      await expect(store().commit([removal], 'ordinary')).rejects.toMatchObject(REFUSED);
      await store().commit([{ kind: 'trader_removed', userId: user, traderId: trader.id }, removal], 'ordinary');
      expect(await store().filters.get(user, filter.id)).toBeNull();
      expect(await store().traders.get(user, trader.id)).toBeNull();
      await expect(store().commit([removal], 'ordinary'), 'removed once more').resolves.toBeUndefined();
    });

    it('of one user has a filter name once', async () => {
      const first = example(arbitraryFilter, { userId: user, id: idAt(20), name: 'dip' });
      await store().commit([{ kind: 'filter', filter: first }], 'ordinary');
      const second = { ...first, id: idAt<typeof first.id>(21) };
      await expect(store().commit([{ kind: 'filter', filter: second }], 'ordinary')).rejects.toMatchObject(REFUSED);
    });
  });

  describe('a record that is written once', () => {
    const store = useStore(open);
    const user = asId<UserId>('records');
    const fill = example(arbitraryFill, { orderId: null, time: 1 });
    const other = { ...fill, time: 2 };
    const funding = {
      kind: 'funding',
      userId: user,
      accountId: asId<never>('a'),
      incomeId: 'i',
      symbol: 'B',
      at: 1,
    } as const;
    const pairs: readonly (readonly [StoreChange, StoreChange])[] = [
      [
        { kind: 'fill', userId: user, accountId: asId('a'), fill },
        { kind: 'fill', userId: user, accountId: asId('a'), fill: other },
      ],
      [
        { ...funding, amount: '0.1' },
        { ...funding, amount: '0.2' },
      ],
      [audit(user, 1, 'opened'), audit(user, 1, 'closed')],
    ];

    it.each(pairs)('is the same when it is stored again, and refused with other content', async (record, changed) => {
      await store().commit([record], 'ordinary');
      await expect(store().commit([record], 'durable')).resolves.toBeUndefined();
      await expect(store().commit([changed], 'ordinary')).rejects.toMatchObject(REFUSED);
      await expect(store().commit([record], 'ordinary')).resolves.toBeUndefined();
    });

    it('is there once', async () => {
      expect(await store().fills.since(user, 0)).toStrictEqual([fill]);
      expect(await store().audit.after(user, 0, 10)).toHaveLength(1);
    });
  });

  describe('closing', () => {
    it('stores first what was handed over, then refuses', async () => {
      const fixture = await open();
      const { store } = fixture;
      const userId = asId<UserId>('closing');
      const entries = Array.from({ length: 500 }, (_, n) => example(arbitraryEngineState, { userId, key: `k${n}` }));
      const commits = entries.map((entry) => store.commit([{ kind: 'engine_state', entry }], 'ordinary'));
      await Promise.all([...commits, store.close(), store.close()]);
      const late = store.commit([], 'ordinary');
      await expect(late).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      await expect(store.process.engineState(userId, 'k1')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      const reopened = await fixture.reopen();
      const found = await Promise.all(entries.map(({ key }) => reopened.process.engineState(userId, key)));
      expect(found).toStrictEqual(entries);
      await fixture.dispose();
    });
  });
}
