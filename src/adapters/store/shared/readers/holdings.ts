import type { Kysely } from 'kysely';
import type { jsonArrayFrom } from 'kysely/helpers/sqlite';

import type { BalanceReader, PortfolioReader, PositionReader, TradeReader } from '../../../../ports/store/readers.ts';
import { balanceFromRow, portfolioFromRow } from '../rows/portfolio-row.ts';
import { positionFromRow } from '../rows/position-row.ts';
import { tradeFromRow } from '../rows/trade-row.ts';
import type { Database } from '../tables.ts';
import { pageLimit, readAll, readOne, readPage } from './reading.ts';

/** Kysely's way to gather the rows of a subquery as one JSON value; every dialect has its own. */
export type GatherRows = typeof jsonArrayFrom;

/** A position, its lots and its exits come by one query: they are of one moment, whatever is written meanwhile. */
export function positionReader(db: Kysely<Database>, gather: GatherRows): PositionReader {
  const positionsOf = (userId: string) =>
    db
      .selectFrom('positions')
      .selectAll()
      .select((eb) => [
        gather(
          eb
            .selectFrom('lots')
            .select(['fill_key as fillKey', 'price', 'opened_quantity as openedQuantity'])
            .select(['remaining_quantity as remainingQuantity', 'opened_at as openedAt'])
            .whereRef('lots.position_id', '=', 'positions.id')
            .orderBy('n'),
        ).as('lots'),
        gather(
          eb
            .selectFrom('position_exits')
            .select(['fill_key as fillKey', 'order_id as orderId', 'quantity', 'price', 'time', 'reason'])
            .select('gross_pnl as grossPnl')
            .whereRef('position_exits.position_id', '=', 'positions.id')
            .orderBy('n'),
        ).as('exits'),
      ])
      .where('user_id', '=', userId);
  return {
    get: (userId, id) => readOne(positionsOf(userId).where('id', '=', id), positionFromRow),
    open: (userId) => readAll(positionsOf(userId).where('status', '=', 'open').orderBy('id'), positionFromRow),
    list: async (userId, page) => {
      const newestFirst = positionsOf(userId).orderBy('id', 'desc').limit(pageLimit(page.limit));
      return readAll(
        page.before === undefined ? newestFirst : newestFirst.where('id', '<', page.before),
        positionFromRow,
      );
    },
  };
}

export function tradeReader(db: Kysely<Database>): TradeReader {
  return {
    list: async (userId, page) => (await readPage(db, 'trades', { userId, page })).map(tradeFromRow),
    closedSince: (userId, sinceMs) => {
      const query = db.selectFrom('trades').selectAll().where('user_id', '=', userId).where('exit_time', '>=', sinceMs);
      return readAll(query.orderBy('exit_time').orderBy('id'), tradeFromRow);
    },
  };
}

export function portfolioReader(db: Kysely<Database>): PortfolioReader {
  const portfoliosOf = (userId: string) => db.selectFrom('portfolios').selectAll().where('user_id', '=', userId);
  return {
    list: (userId) => readAll(portfoliosOf(userId).orderBy('id'), portfolioFromRow),
    get: (userId, id) => readOne(portfoliosOf(userId).where('id', '=', id), portfolioFromRow),
  };
}

export function balanceReader(db: Kysely<Database>): BalanceReader {
  return {
    ofAccount: (userId, accountId) => {
      const balances = db.selectFrom('balances').selectAll().where('user_id', '=', userId);
      return readAll(balances.where('account_id', '=', accountId).orderBy('asset'), balanceFromRow);
    },
  };
}
