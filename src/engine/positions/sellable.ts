import { Decimal, notional } from '../../domain/decimal.ts';
import type { Price, Quantity } from '../../domain/decimal.ts';
import { floorToStep } from '../../domain/exchange-rules.ts';
import type { ExchangeRules, Market } from '../../domain/instrument.ts';

/** What decides whether the exchange takes a reducing order. */
export interface ExitTerms {
  readonly market: Market;
  readonly rules: ExchangeRules;
}

/** The quantity on the step of market orders: what can be closed of it. */
export function closable(quantity: Quantity, { rules }: ExitTerms): Quantity {
  return floorToStep(quantity, rules, 'market');
}

/** The most that one market order may take, null without a limit. */
export function mostAtOnce({ quantity, marketQuantity }: ExchangeRules): Quantity | null {
  const limits = [quantity.max, marketQuantity.max].filter((max) => max !== null);
  return limits.length === 0 ? null : (Decimal.min(...limits) as Quantity);
}

/** Whether the exchange takes a market order over this quantity. Reducing orders on futures need no minimum worth. */
export function isSellable(quantity: Quantity, at: Price, { market, rules }: ExitTerms): boolean {
  const smallest = Decimal.max(rules.quantity.min ?? 0, rules.marketQuantity.min ?? 0);
  if (quantity.isZero() || quantity.lessThan(smallest)) return false;
  const minimum = market === 'spot' ? rules.notional.min : null;
  return minimum === null || notional(at, quantity).greaterThanOrEqualTo(minimum);
}
