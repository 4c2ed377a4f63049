import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { asId } from '../../domain/ids.ts';
import type { OrderId, PositionId } from '../../domain/ids.ts';
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
import { arbitraryId, record } from '../builders/arbitrary-values.ts';
import { example } from '../builders/example.ts';
import { useStore } from './opened.ts';
import type { StoreFixture } from './opened.ts';

const PAGE = { limit: 10 };

/** How a kind of entity is stored, with what it refers to, and read back. */
interface Kind<Entity> {
  changes(entity: Entity): readonly StoreChange[];
  read(store: Store, entity: Entity): Promise<unknown>;
}

/** Everything that is stored comes back as it was. */
export function describeRoundTrips(open: () => Promise<StoreFixture>): void {
  describe('what is stored comes back equal', () => {
    const store = useStore(open);
    let lastSeq = 0;

    function itKeeps<Entity>(name: string, arbitrary: fc.Arbitrary<Entity>, kind: Kind<Entity>): void {
      it(name, async () => {
        const property = fc.asyncProperty(arbitrary, async (entity) => {
          await store().commit(kind.changes(entity), 'ordinary');
          expect(await kind.read(store(), entity)).toStrictEqual(entity);
        });
        await fc.assert(property, { numRuns: 200 });
      });
    }

    itKeeps('filter', arbitraryFilter, {
      changes: (filter) => [{ kind: 'filter', filter }],
      read: (from, { userId, id }) => from.filters.get(userId, id),
    });
    itKeeps('trader', arbitraryTrader, {
      changes: (trader) => [
        { kind: 'filter', filter: example(arbitraryFilter, { id: trader.filterId, userId: trader.userId }) },
        { kind: 'trader', trader },
      ],
      read: (from, { userId, id }) => from.traders.get(userId, id),
    });
    itKeeps('signal in every state', arbitrarySignal, {
      changes: (signal) => [{ kind: 'signal', signal }],
      read: (from, { userId, id }) => from.signals.get(userId, id),
    });
    itKeeps('order of every kind and state', arbitraryOrder, {
      changes: (order) => [{ kind: 'order', order }],
      read: (from, { intent }) => from.orders.get(intent.userId, intent.id),
    });
    itKeeps('position in every state, with lots and exits', arbitraryPosition, {
      changes: (position) => [{ kind: 'position', position }],
      read: (from, { userId, id }) => from.positions.get(userId, id),
    });
    itKeeps('trade', arbitraryTrade, {
      changes: (trade) => [
        { kind: 'position', position: example(arbitraryPosition, { id: trade.positionId, userId: trade.userId }) },
        { kind: 'trade', trade },
      ],
      read: async (from, { userId }) => (await from.trades.list(userId, PAGE))[0],
    });
    itKeeps('portfolio', arbitraryPortfolio, {
      changes: (portfolio) => [{ kind: 'portfolio', portfolio }],
      read: (from, { userId, id }) => from.portfolios.get(userId, id),
    });
    itKeeps('circuit breaker', arbitraryBreaker, {
      changes: (breaker) => [{ kind: 'breaker', breaker }],
      read: (from, { userId }) => from.risk.breaker(userId),
    });
    itKeeps('risk event', arbitraryRiskEvent, {
      changes: (event) => [{ kind: 'risk_event', event }],
      read: async (from, { userId }) => (await from.risk.events(userId, PAGE))[0],
    });
    itKeeps('heartbeat', arbitraryHeartbeat, {
      changes: (heartbeat) => [{ kind: 'heartbeat', heartbeat }],
      read: async (from, { userId }) => (await from.process.heartbeats(userId))[0],
    });
    itKeeps('engine state', arbitraryEngineState, {
      changes: (entry) => [{ kind: 'engine_state', entry }],
      read: (from, { userId, key }) => from.process.engineState(userId, key),
    });
    itKeeps(
      'audit record',
      arbitraryAuditRecord.map((record) => ({ ...record, seq: (lastSeq += 1) })),
      {
        changes: (record) => [{ kind: 'audit', record }],
        read: async (from, { userId, seq }) => (await from.audit.after(userId, seq - 1, 1))[0],
      },
    );

    it('journal entry', async () => {
      const property = fc.asyncProperty(arbitraryJournalEntry, async (entry) => {
        const { userId, tradeId } = entry;
        const id = asId<PositionId>(`p${tradeId.slice(1)}`);
        const position = example(arbitraryPosition, { userId, id });
        const trade = example(arbitraryTrade, { userId, id: tradeId, positionId: position.id });
        const changes: StoreChange[] = [
          { kind: 'position', position },
          { kind: 'trade', trade },
          { kind: 'journal', entry },
        ];
        await store().commit(changes, 'ordinary');
        expect(await store().journal.list(userId, PAGE)).toStrictEqual([entry]);
      });
      await fc.assert(property, { numRuns: 200 });
    });

    it('fill, of a known order or of none', async () => {
      const ids = record({ userId: arbitraryId<never>(), accountId: arbitraryId<never>(), isKnown: fc.boolean() });
      const property = fc.asyncProperty(arbitraryFill, ids, async (given, { userId, accountId, isKnown }) => {
        const fill = isKnown ? given : { ...given, orderId: null };
        const intent = { ...example(arbitraryOrder).intent, userId, id: given.orderId as OrderId };
        const order = example(arbitraryOrder, { intent });
        await store().commit(isKnown ? [{ kind: 'order', order }] : [], 'ordinary');
        await store().commit([{ kind: 'fill', userId, accountId, fill }], 'ordinary');
        expect(await store().fills.since(userId, 0)).toStrictEqual([fill]);
      });
      await fc.assert(property, { numRuns: 200 });
    });

    it('balance', async () => {
      const property = fc.asyncProperty(arbitraryBalance, arbitraryId<never>(), async (balance, userId) => {
        await store().commit([{ kind: 'balance', userId, balance }], 'ordinary');
        expect(await store().balances.ofAccount(userId, balance.accountId)).toStrictEqual([balance]);
      });
      await fc.assert(property, { numRuns: 200 });
    });
  });

  describe('after the store was closed and opened again', () => {
    it('everything is there', async () => {
      const fixture = await open();
      const position = example(arbitraryPosition);
      const order = example(arbitraryOrder);
      const changes: StoreChange[] = [
        { kind: 'position', position },
        { kind: 'order', order },
      ];
      await fixture.store.commit(changes, 'ordinary');
      const reopened = await fixture.reopen();
      expect(await reopened.positions.get(position.userId, position.id)).toStrictEqual(position);
      expect(await reopened.orders.get(order.intent.userId, order.intent.id)).toStrictEqual(order);
      await fixture.dispose();
    });
  });
}
