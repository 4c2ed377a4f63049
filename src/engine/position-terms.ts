import { Decimal, readPrice, ZERO_QUANTITY } from '../domain/decimal.ts';
import type { Price, Quantity } from '../domain/decimal.ts';
import type { Position } from '../domain/position/position.ts';
import { lastPrice } from './context.ts';
import type { EngineContext } from './context.ts';
import { isOver } from './execution/questions.ts';
import type { EditTerms } from './positions/edit.ts';
import { closable, isSellable, mostAtOnce } from './positions/sellable.ts';

/**
 * What positions are watched and changed by, as it is now.
 * @param exitsInFlight units that closes on their way may yet take
 * @returns null when the venue does not have the symbol
 */
export function positionTerms(context: EngineContext, position: Position, exitsInFlight: Quantity): EditTerms | null {
  const instrument = context.instrument(position.symbol);
  if (instrument === null) return null;
  const atr = readPrice(context.atr(position.symbol, position.traderId));
  return { instrument, atr, exitsInFlight, last: priceNow(context, position) };
}

/** The last price, or the best one known while there is none. */
function priceNow(context: EngineContext, { symbol, bestPrice }: Position): Price {
  return readPrice(lastPrice(context, symbol)) ?? bestPrice;
}

/** What can be closed of the quantity: on the step, zero when the exchange would not take it. */
export function sellable(context: EngineContext, position: Position, wanted: Quantity): Quantity {
  const instrument = context.instrument(position.symbol);
  if (instrument === null) return wanted;
  const terms = { market: position.market, rules: instrument.rules };
  const sold = closable(wanted, terms);
  return isSellable(sold, priceNow(context, position), terms) ? sold : ZERO_QUANTITY;
}

/**
 * How much of what is to be closed one market order may take. What that leaves for the next ones is never too little for
 * an order.
 */
export function atOnce(context: EngineContext, position: Position, wanted: Quantity): Quantity {
  const instrument = context.instrument(position.symbol);
  const most = instrument === null ? null : mostAtOnce(instrument.rules);
  if (instrument === null || most === null || wanted.lessThanOrEqualTo(most)) return wanted;
  const terms = { market: position.market, rules: instrument.rules };
  const largest = closable(most, terms);
  const rest = sellable(context, position, wanted.minus(largest) as Quantity);
  return rest.isZero() ? closable(wanted.dividedBy(2) as Quantity, terms) : largest;
}

/**
 * Whether what is left can never be closed: too small, with no entry of the symbol on its way that would add to it. What
 * is only worth too little may be worth more later, unless it is the rest of something that was closed.
 */
export function isDust(context: EngineContext, position: Position): boolean {
  const instrument = context.instrument(position.symbol);
  if (instrument === null || sellable(context, position, position.quantity).greaterThan(0)) return false;
  const { rules } = instrument;
  const smallest = Decimal.max(rules.quantity.min ?? 0, rules.marketQuantity.min ?? 0);
  const sold = closable(position.quantity, { market: position.market, rules });
  const isTooSmall = sold.isZero() || sold.lessThan(smallest);
  if (!isTooSmall && position.exits.length === 0) return false;
  return ![...context.books.orders.values()].some(
    (order) => order.intent.leg === 'entry' && order.intent.symbol === position.symbol && !isOver(order),
  );
}

/**
 * Whether a resting stop has to let units go before anything else may close them: on spot it locks them, and on futures a
 * stop and a close that both trade would take the units of others, too.
 */
export function mustFreeUnits({ foreign }: EngineContext, { market, symbol }: Position): boolean {
  return market === 'spot' || foreign.mayBeIn(symbol);
}
