import { Decimal } from '../../domain/decimal.ts';
import type { Price, Quantity } from '../../domain/decimal.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { OrderSide } from '../../domain/order/order.ts';
import type { Position } from '../../domain/position/position.ts';
import { closable, isSellable, mostAtOnce } from './sellable.ts';
import { tighterStop } from './stop-price.ts';

/** The stop order that is to rest at the exchange, or does. */
export interface RestingStop {
  readonly side: OrderSide;
  readonly quantity: Quantity;
  readonly triggerPrice: Price;
}

export interface RestingTerms {
  readonly instrument: Instrument;
  /** Units that other closing orders of the position need for themselves. */
  readonly locked: Quantity;
}

/**
 * The stop order that protects a position. On spot what other exits have locked cannot be locked again; on futures a
 * reduce-only stop over everything does no more than close, unless units of others stand beside it. What is more than one order may take is closed by the monitor,
 * once the price stands beyond the stop.
 * @returns null when the exchange would not take it: the monitor guards alone
 */
export function restingStop(position: Position, stopPrice: Price, terms: RestingTerms): RestingStop | null {
  const exitTerms = { market: position.market, rules: terms.instrument.rules };
  const open = Decimal.max(position.quantity.minus(terms.locked), 0);
  const quantity = closable(Decimal.min(open, mostAtOnce(exitTerms.rules) ?? open) as Quantity, exitTerms);
  if (!isSellable(quantity, stopPrice, exitTerms)) return null;
  return { side: position.side === 'long' ? 'sell' : 'buy', quantity, triggerPrice: stopPrice };
}

export type StopCorrection =
  | { readonly action: 'keep' }
  | { readonly action: 'place' | 'replace'; readonly stop: RestingStop }
  | { readonly action: 'cancel' };

/**
 * What has to be done about the stop order at the exchange so that it is the wanted one. It never moves back: with another
 * quantity it keeps the tighter trigger.
 * @param leastMove a tighter trigger alone is worth a new order only from here on, quote units per unit; a trailing stop
 *   would otherwise replace its order with every price
 */
export function correctStop(
  wanted: RestingStop | null,
  resting: RestingStop | null,
  leastMove: Decimal,
): StopCorrection {
  if (wanted === null) return { action: resting === null ? 'keep' : 'cancel' };
  if (resting === null) return { action: 'place', stop: wanted };
  const side = wanted.side === 'sell' ? 'long' : 'short';
  const triggerPrice = tighterStop(side, wanted.triggerPrice, resting.triggerPrice);
  const move = triggerPrice.minus(resting.triggerPrice).abs();
  const isWorthIt = move.greaterThan(0) && move.greaterThanOrEqualTo(leastMove);
  const isSame = wanted.quantity.equals(resting.quantity) && !isWorthIt;
  return isSame ? { action: 'keep' } : { action: 'replace', stop: { ...wanted, triggerPrice } };
}
