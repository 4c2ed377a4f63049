import { describe, expect, it } from 'vitest';

import { asId } from '../../domain/ids.ts';
import type { UserId } from '../../domain/ids.ts';
import type { StoreChange } from '../../ports/store/changes.ts';
import type { Store } from '../../ports/store/store.ts';
import {
  arbitraryBalance,
  arbitraryPortfolio,
  arbitraryPosition,
  arbitraryTrade,
} from '../builders/arbitrary-holdings.ts';
import { arbitraryFill, arbitraryOrder } from '../builders/arbitrary-orders.ts';
import {
  arbitraryAuditRecord,
  arbitraryBreaker,
  arbitraryEngineState,
  arbitraryHeartbeat,
  arbitraryJournalEntry,
  arbitraryRiskEvent,
} from '../builders/arbitrary-records.ts';
import { arbitraryFilter, arbitrarySignal, arbitraryTrader } from '../builders/arbitrary-signals.ts';
import { example, idAt } from '../builders/example.ts';
import { useStore } from './opened.ts';
import type { StoreFixture } from './opened.ts';

const ANN = asId<UserId>('ann');
const BOB = asId<UserId>('bob');
const PAGE = { limit: 100 };

/** One of everything of one user, each with the same ids whoever the user is, in the order of who refers to whom. */
function oneOfEverything(userId: UserId): StoreChange[] {
  const order = example(arbitraryOrder);
  const intent = { ...order.intent, userId, id: idAt<typeof order.intent.id>(1), positionId: idAt<never>(2) };
  const accountId = intent.accountId;
  const [filterId, positionId, tradeId] = [idAt<never>(1), idAt<never>(2), idAt<never>(3)];
  const fill = example(arbitraryFill, { orderId: intent.id, time: 1 });
  const state = { status: 'pending', reason: 'found' } as const;
  return [
    { kind: 'filter', filter: example(arbitraryFilter, { userId, id: filterId, name: 'mine' }) },
    { kind: 'trader', trader: example(arbitraryTrader, { userId, id: idAt(1), filterId }) },
    { kind: 'signal', signal: example(arbitrarySignal, { userId, id: idAt(1), state }) },
    { kind: 'order', order: { ...order, intent, state: { status: 'pending' }, clientOrderId: idAt(1) } },
    { kind: 'fill', userId, accountId, fill },
    { kind: 'funding', userId, accountId, incomeId: 'i1', symbol: 'BTCUSDT', amount: '1.5', at: 1 },
    { kind: 'position', position: example(arbitraryPosition, { userId, id: positionId, state: { status: 'open' } }) },
    { kind: 'trade', trade: example(arbitraryTrade, { userId, id: tradeId, positionId, exitTime: 1 }) },
    { kind: 'portfolio', portfolio: example(arbitraryPortfolio, { userId, id: idAt(1) }) },
    { kind: 'balance', userId, balance: example(arbitraryBalance, { accountId }) },
    { kind: 'breaker', breaker: example(arbitraryBreaker, { userId }) },
    { kind: 'risk_event', event: example(arbitraryRiskEvent, { userId, id: idAt(1) }) },
    { kind: 'journal', entry: example(arbitraryJournalEntry, { userId, id: idAt(1), tradeId }) },
    { kind: 'audit', record: example(arbitraryAuditRecord, { userId, seq: 1 }) },
    { kind: 'heartbeat', heartbeat: example(arbitraryHeartbeat, { userId, part: 'feed' }) },
    { kind: 'engine_state', entry: example(arbitraryEngineState, { userId, key: 'k' }) },
  ];
}

/** What every reader says to a user about the entities of `oneOfEverything`. */
async function everythingSeenBy(store: Store, userId: UserId): Promise<Record<string, unknown>> {
  const { accountId } = example(arbitraryOrder).intent;
  const [one, two] = [idAt<never>(1), idAt<never>(2)];
  return {
    filters: await store.filters.list(userId),
    filter: await store.filters.get(userId, one),
    filterByName: await store.filters.byName(userId, 'mine'),
    traders: await store.traders.list(userId),
    trader: await store.traders.get(userId, one),
    signals: await store.signals.list(userId, PAGE),
    signal: await store.signals.get(userId, one),
    pendingSignals: await store.signals.withStatus(userId, ['pending']),
    orders: await store.orders.list(userId, PAGE),
    order: await store.orders.get(userId, one),
    orderByClientId: await store.orders.byClientOrderId(userId, one),
    unfinishedOrders: await store.orders.unfinished(userId),
    ordersOfPosition: await store.orders.ofPosition(userId, two),
    fillsOfOrder: await store.fills.ofOrder(userId, one),
    fills: await store.fills.since(userId, 0),
    funding: [...(await store.funding.booked(userId, accountId, ['i1']))],
    openPositions: await store.positions.open(userId),
    positions: await store.positions.list(userId, PAGE),
    position: await store.positions.get(userId, two),
    trades: await store.trades.list(userId, PAGE),
    closedTrades: await store.trades.closedSince(userId, 0),
    portfolios: await store.portfolios.list(userId),
    portfolio: await store.portfolios.get(userId, one),
    balances: await store.balances.ofAccount(userId, accountId),
    breaker: await store.risk.breaker(userId),
    riskEvents: await store.risk.events(userId, PAGE),
    journal: await store.journal.list(userId, PAGE),
    audit: await store.audit.after(userId, 0, 100),
    heartbeats: await store.process.heartbeats(userId),
    engineState: await store.process.engineState(userId, 'k'),
  };
}

const isNothing = (found: unknown): boolean => found === null || (Array.isArray(found) && found.length === 0);

/** These are told apart by the user alone: everybody has one of the same name. */
const KEYED_BY_USER = new Set(['breaker', 'heartbeat', 'engine_state']);

/** Whose it is: every reader and every change is held to the user. */
export function describeOwnership(open: () => Promise<StoreFixture>): void {
  describe('what belongs to a user', () => {
    const store = useStore(open);

    it('is found by every reader for the owner and by none for another user', async () => {
      await store().commit(oneOfEverything(ANN), 'ordinary');
      const seenByOwner = Object.entries(await everythingSeenBy(store(), ANN));
      expect(seenByOwner.filter(([, found]) => isNothing(found))).toEqual([]);
      const seenByOther = Object.entries(await everythingSeenBy(store(), BOB));
      expect(seenByOther.filter(([, found]) => !isNothing(found))).toEqual([]);
    });

    it('cannot be overwritten by another user under the same id', async () => {
      const before = await everythingSeenBy(store(), ANN);
      for (const change of oneOfEverything(BOB).filter(({ kind }) => !KEYED_BY_USER.has(kind))) {
        const attempt = store().commit([change], 'ordinary');
        await expect(attempt, change.kind).rejects.toMatchObject({ code: 'RECORD_CONFLICT' });
      }
      expect(await everythingSeenBy(store(), ANN)).toStrictEqual(before);
    });

    it('cannot be removed by another user', async () => {
      await store().commit([{ kind: 'trader_removed', userId: BOB, traderId: idAt(1) }], 'ordinary');
      await store().commit([{ kind: 'filter_removed', userId: BOB, filterId: idAt(1) }], 'ordinary');
      expect(await store().traders.list(ANN)).toHaveLength(1);
      expect(await store().filters.list(ANN)).toHaveLength(1);
    });

    it('may have the names that another user has as well', async () => {
      const mine = oneOfEverything(BOB).filter(({ kind }) => KEYED_BY_USER.has(kind));
      const filter = example(arbitraryFilter, { userId: BOB, id: idAt(100), name: 'mine' });
      await store().commit([...mine, { kind: 'filter', filter }], 'ordinary');
      expect(await store().filters.byName(BOB, 'mine')).toStrictEqual(filter);
      expect(await store().process.heartbeats(BOB)).toHaveLength(1);
    });
  });
}
