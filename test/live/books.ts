/** What the program has written down, held against what the exchange knows. */
import { join } from 'node:path';
import Database from 'better-sqlite3';

import { Decimal } from '../../src/domain/decimal.ts';
import type { Market } from '../../src/domain/instrument.ts';
import { parseClientOrderId } from '../../src/domain/order/client-order-id.ts';
import { SYMBOLS } from './live-exchange.ts';
import type { SimAccountJson, SimStateJson } from './live-exchange.ts';

/** The smallest amount that can be traded; less than it is dust. */
const STEP = '0.001';

interface PositionRow {
  readonly symbol: string;
  readonly side: string;
  readonly quantity: string;
  readonly guard: string;
}

interface Books {
  readonly positions: readonly PositionRow[];
  /** By symbol, what closed positions have left over. */
  readonly dust: ReadonlyMap<string, Decimal>;
  readonly working: readonly string[];
  readonly unclear: readonly string[];
  readonly fills: readonly string[];
  /** Entries that brought something, by the trader that wanted them. */
  readonly entries: readonly { readonly symbol: string; readonly count: number }[];
}

function readBooks(dataDir: string): Books {
  const db = new Database(join(dataDir, 'live.db'), { readonly: true });
  const all = <Row>(query: string): readonly Row[] => db.prepare<[], Row>(query).all();
  try {
    const dust = all<{ symbol: string; dust: string }>(
      'SELECT symbol, dust_quantity AS dust FROM positions WHERE dust_quantity IS NOT NULL',
    );
    const working = `status IN ('open', 'partial', 'triggered')`;
    const final = `status IN ('filled', 'cancelled', 'expired', 'rejected')`;
    return {
      positions: all("SELECT symbol, side, quantity, guard FROM positions WHERE status = 'open'"),
      dust: new Map(
        SYMBOLS.map((symbol) => [
          symbol,
          sum(
            dust.filter((row) => row.symbol === symbol),
            'dust',
          ),
        ]),
      ),
      working: all<{ id: string }>(`SELECT client_order_id AS id FROM orders WHERE ${working}`).map(({ id }) => id),
      unclear: all<{ id: string; status: string }>(
        `SELECT client_order_id AS id, status FROM orders WHERE NOT ${working} AND NOT ${final}`,
      ).map(({ id, status }) => `${id} is ${status}`),
      fills: all<{ fill: string }>("SELECT symbol || ' ' || venue_trade_id AS fill FROM fills").map(({ fill }) => fill),
      entries: all(
        "SELECT symbol, count(*) AS count FROM orders WHERE leg = 'entry' AND filled_quantity <> '0' GROUP BY trader_id",
      ),
    };
  } finally {
    db.close();
  }
}

function sum<Row, Name extends keyof Row>(rows: readonly Row[], name: Name): Decimal {
  return rows.reduce((total, row) => total.plus(String(row[name])), new Decimal(0));
}

/** Every way in which books and exchange differ; none, when they tell the same. Orders of others do not count. */
export function differences(dataDir: string, { accounts }: SimStateJson, market: Market): readonly string[] {
  const account = accounts['main'];
  if (account === undefined) throw new Error('the exchange has no account');
  const books = readBooks(dataDir);
  return [
    ...books.unclear,
    ...lists('working order', books.working, workingAt(account, market)),
    ...lists(
      'fill',
      books.fills,
      account[market].fills.map(({ symbol, id }) => `${symbol} ${id}`),
    ),
    ...SYMBOLS.flatMap((symbol) => holdings(symbol, books, heldAt(account, market, symbol))),
    ...books.positions.filter(({ guard }) => guard !== 'venue').map(({ symbol }) => `${symbol} has no stop`),
    ...books.entries.filter(({ count }) => count > 1).map(({ symbol }) => `${symbol} was entered more than once`),
  ];
}

function workingAt({ spot, futures }: SimAccountJson, market: Market): readonly string[] {
  const algos = futures.algoOrders.filter(({ algoStatus }) => algoStatus === 'NEW').map((algo) => algo.clientAlgoId);
  const plain = (market === 'spot' ? spot : futures).openOrders.map((order) => order.clientOrderId);
  return [...plain, ...(market === 'spot' ? [] : algos)].filter((id) => parseClientOrderId(id) !== null);
}

function heldAt({ spot, futures }: SimAccountJson, market: Market, symbol: string): Decimal {
  if (market === 'futures')
    return sum(
      futures.positions.filter((position) => position.symbol === symbol),
      'positionAmt',
    );
  const balances = spot.balances.filter(({ asset }) => `${asset}USDT` === symbol);
  return sum(balances, 'free').plus(sum(balances, 'locked'));
}

function holdings(symbol: string, { positions, dust }: Books, held: Decimal): readonly string[] {
  const own = positions.filter((position) => position.symbol === symbol);
  const counted = own.reduce((total, { side, quantity }) => {
    return side === 'long' ? total.plus(quantity) : total.minus(quantity);
  }, new Decimal(0));
  const difference = held.minus(counted).minus(dust.get(symbol) ?? 0);
  if (difference.abs().lessThan(STEP)) return [];
  return [`${symbol}: the books hold ${counted.toFixed()}, the exchange ${held.toFixed()}`];
}

function lists(what: string, inBooks: readonly string[], atVenue: readonly string[]): readonly string[] {
  const twice = inBooks.filter((entry, index) => inBooks.indexOf(entry) !== index);
  return [
    ...inBooks.filter((entry) => !atVenue.includes(entry)).map((entry) => `${what} ${entry} only in the books`),
    ...atVenue.filter((entry) => !inBooks.includes(entry)).map((entry) => `${what} ${entry} only at the exchange`),
    ...twice.map((entry) => `${what} ${entry} twice in the books`),
  ];
}
