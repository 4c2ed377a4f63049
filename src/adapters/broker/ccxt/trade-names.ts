import type { Fields } from './connection/fields.ts';
import { textOf } from './connection/fields.ts';
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
  const unknown = trades
    .map(({ venueOrderId }) => venueOrderId)
    .filter((id) => orders.clientIdOf(symbol, id) === undefined);
  const ids = [...new Set(unknown.map(BigInt))].sort((a, b) => (a < b ? -1 : 1));
  const newest = ids.at(-1);
  let from = ids[0];
  while (ids.length >= MANY && from !== undefined && newest !== undefined && from <= newest) {
    const page = await questions.page(String(from));
    for (const order of page) {
      const id = textOf(order, 'orderId');
      if (orders.clientIdOf(symbol, id) === undefined) orders.link(symbol, id, textOf(order, 'clientOrderId'));
    }
    const last = page.at(-1);
    from = last === undefined || page.length < questions.limit ? undefined : BigInt(textOf(last, 'orderId')) + 1n;
  }
  for (const id of ids.map(String)) {
    if (orders.clientIdOf(symbol, id) !== undefined) continue;
    const clientOrderId = await questions.one(id);
    if (clientOrderId !== null) orders.link(symbol, id, clientOrderId);
  }
  return trades.map((trade) => ({ ...trade, clientOrderId: orders.clientIdOf(symbol, trade.venueOrderId) ?? null }));
}
