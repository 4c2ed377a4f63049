import type { Kysely } from 'kysely';

import { isFinal } from '../../../../domain/order/order.ts';
import type { OrderStatus } from '../../../../domain/order/order.ts';
import type { FillReader, FundingReader, OrderReader, SignalReader } from '../../../../ports/store/readers.ts';
import { fillFromRow } from '../rows/fill-row.ts';
import { orderFromRow } from '../rows/order-row.ts';
import { ORDER_STATUSES } from '../rows/order-state.ts';
import { signalFromRow } from '../rows/signal-row.ts';
import type { Database } from '../tables.ts';
import { readAll, readOne, readPage } from './reading.ts';

const UNFINISHED = (Object.keys(ORDER_STATUSES) as OrderStatus[]).filter((status) => !isFinal(status));

export function signalReader(db: Kysely<Database>): SignalReader {
  const signals = () => db.selectFrom('signals').selectAll();
  return {
    get: (userId, id) => readOne(signals().where('id', '=', id).where('user_id', '=', userId), signalFromRow),
    list: async (userId, page) => (await readPage(db, 'signals', { userId, page })).map(signalFromRow),
    withStatus: async (userId, statuses) => {
      if (statuses.length === 0) return [];
      const query = signals().where('user_id', '=', userId).where('status', 'in', statuses).orderBy('id');
      return readAll(query, signalFromRow);
    },
  };
}

export function orderReader(db: Kysely<Database>): OrderReader {
  const ordersOf = (userId: string) => db.selectFrom('orders').selectAll().where('user_id', '=', userId);
  return {
    get: (userId, id) => readOne(ordersOf(userId).where('id', '=', id), orderFromRow),
    byClientOrderId: (userId, id) =>
      readOne(ordersOf(userId).where('client_order_id', '=', id).orderBy('id', 'desc').limit(1), orderFromRow),
    list: async (userId, page) => (await readPage(db, 'orders', { userId, page })).map(orderFromRow),
    unfinished: (userId) => readAll(ordersOf(userId).where('status', 'in', UNFINISHED).orderBy('id'), orderFromRow),
    ofPosition: (userId, id) => readAll(ordersOf(userId).where('position_id', '=', id).orderBy('id'), orderFromRow),
  };
}

export function fillReader(db: Kysely<Database>): FillReader {
  const oldestFirst = (userId: string) =>
    db
      .selectFrom('fills')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('time')
      // Venues number trades: of two numbers as text the shorter is the smaller.
      .orderBy((eb) => eb.fn('length', ['venue_trade_id']))
      .orderBy('venue_trade_id')
      .orderBy('venue_order_id');
  return {
    ofOrder: (userId, id) => readAll(oldestFirst(userId).where('order_id', '=', id), fillFromRow),
    since: (userId, sinceMs) => readAll(oldestFirst(userId).where('time', '>=', sinceMs), fillFromRow),
  };
}

/** How many values a query names at most; longer lists are asked for in parts. */
const MAX_NAMED = 500;

export function fundingReader(db: Kysely<Database>): FundingReader {
  return {
    booked: async (userId, accountId, incomeIds) => {
      const found = new Set<string>();
      for (let start = 0; start < incomeIds.length; start += MAX_NAMED) {
        const rows = await db
          .selectFrom('funding')
          .select('income_id')
          .where('user_id', '=', userId)
          .where('account_id', '=', accountId)
          .where('income_id', 'in', incomeIds.slice(start, start + MAX_NAMED))
          .execute();
        for (const row of rows) found.add(row.income_id);
      }
      return found;
    },
  };
}
