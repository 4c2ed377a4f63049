import type { Fields } from './connection/fields.ts';
import { fieldsOf, listOf, textOf } from './connection/fields.ts';
import type { RequestCost } from './connection/api-client.ts';
import type { VenueClient } from './connection/venue-client.ts';
import type { VenueTrade } from './fills.ts';
import type { OwnOrders } from './orders.ts';

/** From so many unknown orders of a symbol on they are asked for by the page and not one by one. */
const MANY = 5;

/** How a venue is asked for the orders of one symbol. */
export interface NameQuestions {
  /** The client id of an order; null when the venue does not tell of it any more. */
  readonly one: (venueOrderId: string) => Promise<string | null>;
  /** The orders from an id on, in the order of their ids, as the venue writes them. */
  readonly page: (fromOrderId: string) => Promise<readonly Fields[]>;
  /** How many a page holds at most. */
  readonly limit: number;
}

/** In which words a market of Binance is asked for orders, and what each question weighs. */
export interface OrderWords {
  readonly one: { readonly method: string; readonly cost: RequestCost };
  readonly page: { readonly method: string; readonly cost: RequestCost };
  readonly isNotFound: (failure: unknown) => boolean;
}

/** How many orders a page of Binance holds at most. */
const PAGE_LIMIT = 1_000;

export function nameQuestions(
  client: VenueClient,
  symbol: string,
  { one, page, isNotFound }: OrderWords,
): NameQuestions {
  return {
    async one(orderId) {
      try {
        return textOf(fieldsOf(await client.call(one.method, { symbol, orderId }, one.cost)), 'clientOrderId');
      } catch (failure) {
        // Orders of long ago are no longer told; their fills are.
        if (isNotFound(failure)) return null;
        throw failure;
      }
    },
    page: async (orderId) => listOf(await client.call(page.method, { symbol, orderId, limit: PAGE_LIMIT }, page.cost)),
    limit: PAGE_LIMIT,
  };
}

/**
 * Trades of one symbol with the client ids of their orders, which the venue does not tell with them. Whoever trades much by
 * hand has hundreds of orders: these come by the page, so that a start does not take minutes.
 */
export async function named(
  trades: readonly VenueTrade[],
  {
    symbol,
    orders,
    questions,
  }: { readonly symbol: string; readonly orders: OwnOrders; readonly questions: NameQuestions },
): Promise<VenueTrade[]> {
  const names = new Map(trades.map(({ venueOrderId: id }) => [id, orders.clientIdOf(symbol, id)]));
  const unknown = [...names].flatMap(([id, name]) => (name === undefined ? [BigInt(id)] : []));
  const ids = unknown.sort((a, b) => (a < b ? -1 : 1));
  const learn = (id: string, clientOrderId: string): void => {
    names.set(id, clientOrderId);
    orders.link(symbol, id, clientOrderId);
  };
  // Orders of others lie between them, perhaps many thousands: each page begins with one that is wanted.
  let next = 0;
  while (ids.length >= MANY && next < ids.length) {
    const page = await questions.page(String(ids[next]));
    for (const order of page) {
      const id = textOf(order, 'orderId');
      if (names.has(id) && names.get(id) === undefined) learn(id, textOf(order, 'clientOrderId'));
    }
    const last = page.at(-1);
    if (last === undefined || page.length < questions.limit) break;
    const lastId = BigInt(textOf(last, 'orderId'));
    const following = ids.findIndex((id) => id > lastId);
    if (following <= next) break;
    next = following;
  }
  for (const id of ids.map(String)) {
    if (names.get(id) !== undefined) continue;
    const clientOrderId = await questions.one(id);
    if (clientOrderId !== null) learn(id, clientOrderId);
  }
  return trades.map((trade) => ({ ...trade, clientOrderId: names.get(trade.venueOrderId) ?? null }));
}
