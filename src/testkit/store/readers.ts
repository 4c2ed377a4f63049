import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { asId } from '../../domain/ids.ts';
import type { UserId } from '../../domain/ids.ts';
import { isFinal } from '../../domain/order/order.ts';
import type { OrderStatus } from '../../domain/order/order.ts';
import type { StoreChange } from '../../ports/store/changes.ts';
import type { Page } from '../../ports/store/readers.ts';
import type { Store } from '../../ports/store/store.ts';
import {
  arbitraryBalance,
  arbitraryPortfolio,
  arbitraryPosition,
  arbitraryTrade,
} from '../builders/arbitrary-holdings.ts';
import { ARBITRARY_ORDER_STATES, arbitraryFill, arbitraryOrder } from '../builders/arbitrary-orders.ts';
import { arbitraryAuditRecord, arbitraryHeartbeat } from '../builders/arbitrary-records.ts';
import { arbitraryJournalEntry, arbitraryRiskEvent } from '../builders/arbitrary-records.ts';
import {
  ARBITRARY_SIGNAL_STATES,
  arbitraryFilter,
  arbitrarySignal,
  arbitraryTrader,
} from '../builders/arbitrary-signals.ts';
import { example, idAt } from '../builders/example.ts';
import { useStore } from './opened.ts';
import type { StoreFixture } from './opened.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

function orderOf(userId: UserId, number: number, fields: { positionId?: number; status?: OrderStatus } = {}) {
  const { positionId, status = 'pending' } = fields;
  const order = example(arbitraryOrder);
  const intent = {
    ...order.intent,
    userId,
    id: idAt<typeof order.intent.id>(number),
    positionId: positionId === undefined ? null : idAt<NonNullable<typeof order.intent.positionId>>(positionId),
  };
  const [state = order.state] = fc.sample(ARBITRARY_ORDER_STATES[status], { seed: 1, numRuns: 1 });
  return { ...order, intent, state, clientOrderId: idAt<typeof order.clientOrderId>(number) };
}

/** What comes in pages, as the ids that a page holds. */
interface Paged {
  readonly name: string;
  readonly changes: (userId: UserId, number: number) => StoreChange[];
  readonly list: (store: Store, userId: UserId, page: Page) => Promise<readonly { readonly id: string }[]>;
}

const PAGED: readonly Paged[] = [
  {
    name: 'signals',
    changes: (userId, number) => [{ kind: 'signal', signal: example(arbitrarySignal, { userId, id: idAt(number) }) }],
    list: (store, userId, page) => store.signals.list(userId, page),
  },
  {
    name: 'orders',
    changes: (userId, number) => [{ kind: 'order', order: orderOf(userId, number) }],
    list: async (store, userId, page) => (await store.orders.list(userId, page)).map(({ intent }) => intent),
  },
  {
    name: 'positions',
    changes: (userId, number) => [
      { kind: 'position', position: example(arbitraryPosition, { userId, id: idAt(number) }) },
    ],
    list: (store, userId, page) => store.positions.list(userId, page),
  },
  {
    name: 'trades',
    changes: (userId, number) => [
      { kind: 'position', position: example(arbitraryPosition, { userId, id: idAt(number) }) },
      { kind: 'trade', trade: example(arbitraryTrade, { userId, id: idAt(number), positionId: idAt(number) }) },
    ],
    list: (store, userId, page) => store.trades.list(userId, page),
  },
  {
    name: 'risk events',
    changes: (userId, number) => [
      { kind: 'risk_event', event: example(arbitraryRiskEvent, { userId, id: idAt(number) }) },
    ],
    list: (store, userId, page) => store.risk.events(userId, page),
  },
  {
    name: 'journal entries',
    changes: (userId, number) => [
      { kind: 'position', position: example(arbitraryPosition, { userId, id: idAt(number) }) },
      { kind: 'trade', trade: example(arbitraryTrade, { userId, id: idAt(number), positionId: idAt(number) }) },
      { kind: 'journal', entry: example(arbitraryJournalEntry, { userId, id: idAt(number), tradeId: idAt(number) }) },
    ],
    list: (store, userId, page) => store.journal.list(userId, page),
  },
];

/** What each reader finds, and in which order. */
export function describeReaders(open: () => Promise<StoreFixture>): void {
  describe.each(PAGED)('$name in pages', ({ changes, list }) => {
    const store = useStore(open);
    const userId = asId<UserId>('pages');

    it('come newest first, each once', async () => {
      const shuffled = numbers(25).toSorted((a, b) => (a % 7) - (b % 7));
      for (const number of shuffled) await store().commit(changes(userId, number), 'ordinary');
      const seen: string[] = [];
      for (let page: Page = { limit: 10 }; ; page = { limit: 10, before: seen.at(-1) ?? '' }) {
        const found = await list(store(), userId, page);
        seen.push(...found.map(({ id }) => id));
        if (found.length < 10) break;
      }
      expect(seen).toEqual(numbers(25).map(idAt).reverse());
    });

    it.each([0, 1_001, 1.5, -1, NaN])('cannot be asked for %d at once', async (limit) => {
      await expect(list(store(), userId, { limit })).rejects.toMatchObject({ code: 'INTERNAL' });
    });
  });

  describe('signals', () => {
    const store = useStore(open);

    it('are found by status, oldest first', async () => {
      const userId = asId<UserId>('statuses');
      const states = Object.values(ARBITRARY_SIGNAL_STATES).map((state) => example(state));
      const signals = states.map((state, n) => example(arbitrarySignal, { userId, id: idAt(n + 1), state }));
      for (const signal of signals.toReversed()) await store().commit([{ kind: 'signal', signal }], 'ordinary');
      const wanted = ['executing', 'pending', 'awaiting_approval'] as const;
      const expected = signals.filter(({ state }) => wanted.some((status) => status === state.status));
      expect(await store().signals.withStatus(userId, wanted)).toStrictEqual(expected);
      expect(await store().signals.withStatus(userId, [])).toEqual([]);
    });
  });

  describe('orders', () => {
    const store = useStore(open);

    it('are unfinished in exactly the states that are not final, and come oldest first', async () => {
      const userId = asId<UserId>('unfinished');
      const statuses = Object.keys(ARBITRARY_ORDER_STATES) as OrderStatus[];
      const orders = statuses.map((status, n) => orderOf(userId, n + 1, { status }));
      for (const order of orders.toReversed()) await store().commit([{ kind: 'order', order }], 'ordinary');
      const expected = orders.filter(({ state }) => !isFinal(state.status));
      expect(await store().orders.unfinished(userId)).toStrictEqual(expected);
    });

    it('are found by the client order id that they were last sent under, the newest of several', async () => {
      const userId = asId<UserId>('client ids');
      const [first, second] = [orderOf(userId, 101), orderOf(userId, 102)];
      const resent = { ...first, clientOrderId: second.clientOrderId, attempt: 2 };
      for (const order of [first, second, resent]) await store().commit([{ kind: 'order', order }], 'ordinary');
      expect(await store().orders.byClientOrderId(userId, second.clientOrderId)).toStrictEqual(second);
      expect(await store().orders.byClientOrderId(userId, first.clientOrderId)).toBeNull();
    });

    it('of a position come oldest first', async () => {
      const userId = asId<UserId>('of position');
      const orders = [203, 201, 202].map((number) => orderOf(userId, number, { positionId: number === 202 ? 2 : 1 }));
      for (const order of orders) await store().commit([{ kind: 'order', order }], 'ordinary');
      const found = await store().orders.ofPosition(userId, idAt(1));
      expect(found.map(({ intent }) => intent.id)).toEqual([idAt(201), idAt(203)]);
    });
  });

  describe('fills and funding', () => {
    const store = useStore(open);

    it('of an order come by the time and number of the trade', async () => {
      const userId = asId<UserId>('fills');
      await store().commit([{ kind: 'order', order: orderOf(userId, 301) }], 'ordinary');
      const fills = [
        { time: 5, venueTradeId: '10' },
        { time: 5, venueTradeId: '9' },
        { time: 4, venueTradeId: '11' },
        { time: 6, venueTradeId: '1' },
      ].map((fields) => example(arbitraryFill, { ...fields, orderId: idAt(301) }));
      for (const fill of fills)
        await store().commit([{ kind: 'fill', userId, accountId: asId('a'), fill }], 'ordinary');
      const found = await store().fills.ofOrder(userId, idAt(301));
      expect(found.map(({ venueTradeId }) => venueTradeId)).toEqual(['11', '9', '10', '1']);
      const since = await store().fills.since(userId, 5);
      expect(since.map(({ venueTradeId }) => venueTradeId)).toEqual(['9', '10', '1']);
    });

    it('is booked per account, however many are asked for', async () => {
      const userId = asId<UserId>('funding');
      const [mine, other] = [asId<never>('mine'), asId<never>('other')];
      const booked = numbers(1_200).map((number) => `income ${number}`);
      const base = { kind: 'funding', userId, symbol: 'BTCUSDT', amount: '-0.01', at: 1 } as const;
      await store().commit(
        booked.map((incomeId) => ({ ...base, accountId: mine, incomeId })),
        'ordinary',
      );
      const asked = [...booked, 'unknown'];
      expect(await store().funding.booked(userId, mine, asked)).toEqual(new Set(booked));
      expect(await store().funding.booked(userId, other, asked)).toEqual(new Set());
      expect(await store().funding.booked(userId, mine, [])).toEqual(new Set());
    });
  });

  describe('holdings', () => {
    const store = useStore(open);
    const userId = asId<UserId>('holdings');

    it('open positions come oldest first', async () => {
      const state = { status: 'open' } as const;
      const positions = numbers(3).map((n) => example(arbitraryPosition, { userId, id: idAt(n), state }));
      const closed = example(arbitraryPosition, { userId, id: idAt(4), state: { status: 'liquidated', closedAt: 1 } });
      for (const position of [closed, ...positions.toReversed()]) {
        await store().commit([{ kind: 'position', position }], 'ordinary');
      }
      expect(await store().positions.open(userId)).toStrictEqual(positions);
    });

    it('trades are found from the moment of their close on, oldest first', async () => {
      const trades = [7, 5, 6].map((exitTime, n) =>
        example(arbitraryTrade, { userId, id: idAt(10 + n), positionId: idAt(1), exitTime }),
      );
      for (const trade of trades) await store().commit([{ kind: 'trade', trade }], 'ordinary');
      const found = await store().trades.closedSince(userId, 6);
      expect(found.map(({ exitTime }) => exitTime)).toEqual([6, 7]);
    });

    it('portfolios come oldest first, balances by asset', async () => {
      const portfolios = [1, 2].map((n) => example(arbitraryPortfolio, { userId, id: idAt(n) }));
      const accountId = asId<never>('account');
      const balances = ['BNB', 'USDT'].map((asset) => example(arbitraryBalance, { accountId, asset }));
      await store().commit(
        [
          ...portfolios.toReversed().map((portfolio): StoreChange => ({ kind: 'portfolio', portfolio })),
          ...balances.toReversed().map((balance): StoreChange => ({ kind: 'balance', userId, balance })),
        ],
        'ordinary',
      );
      expect(await store().portfolios.list(userId)).toStrictEqual(portfolios);
      expect(await store().balances.ofAccount(userId, accountId)).toStrictEqual(balances);
    });
  });

  describe('the audit log', () => {
    const store = useStore(open);
    const userId = asId<UserId>('audit');

    it('is read in order from a number on, at most so many', async () => {
      expect(await store().audit.lastSeq()).toBe(0);
      const records = numbers(20).map((seq) => example(arbitraryAuditRecord, { userId, seq }));
      await store().commit(
        records.map((record) => ({ kind: 'audit', record })),
        'ordinary',
      );
      expect(await store().audit.after(userId, 5, 3)).toStrictEqual(records.slice(5, 8));
      expect(await store().audit.after(userId, 20, 3)).toEqual([]);
      expect(await store().audit.lastSeq()).toBe(20);
    });

    it('numbers all users together', async () => {
      const record = example(arbitraryAuditRecord, { userId: asId('another'), seq: 21 });
      await store().commit([{ kind: 'audit', record }], 'ordinary');
      expect(await store().audit.lastSeq()).toBe(21);
      expect(await store().audit.after(userId, 20, 10)).toEqual([]);
    });
  });

  describe('lists of settings and signs of life', () => {
    const store = useStore(open);
    const userId = asId<UserId>('lists');

    it('filters and traders come oldest first, heartbeats by part', async () => {
      const filters = [1, 2].map((n) => example(arbitraryFilter, { userId, id: idAt(n), name: `filter ${n}` }));
      const traders = [1, 2].map((n) => example(arbitraryTrader, { userId, id: idAt(n), filterId: idAt(1) }));
      const heartbeats = ['engine', 'feed'].map((part) => example(arbitraryHeartbeat, { userId, part }));
      await store().commit(
        [
          ...filters.toReversed().map((filter): StoreChange => ({ kind: 'filter', filter })),
          ...traders.toReversed().map((trader): StoreChange => ({ kind: 'trader', trader })),
          ...heartbeats.toReversed().map((heartbeat): StoreChange => ({ kind: 'heartbeat', heartbeat })),
        ],
        'ordinary',
      );
      expect(await store().filters.list(userId)).toStrictEqual(filters);
      expect(await store().filters.byName(userId, 'filter 2')).toStrictEqual(filters[1]);
      expect(await store().filters.byName(userId, 'filter 3')).toBeNull();
      expect(await store().traders.list(userId)).toStrictEqual(traders);
      expect(await store().process.heartbeats(userId)).toStrictEqual(heartbeats);
    });

    it('what is not there is null', async () => {
      const nobody = asId<UserId>('nobody');
      expect(await store().signals.get(nobody, idAt(1))).toBeNull();
      expect(await store().orders.get(nobody, idAt(1))).toBeNull();
      expect(await store().positions.get(nobody, idAt(1))).toBeNull();
      expect(await store().portfolios.get(nobody, idAt(1))).toBeNull();
      expect(await store().risk.breaker(nobody)).toBeNull();
      expect(await store().process.engineState(nobody, 'k')).toBeNull();
    });
  });
}
