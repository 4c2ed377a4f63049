import { Decimal } from '../../domain/decimal.ts';
import type { Money, Price, Quantity } from '../../domain/decimal.ts';
import { affordableQuantity, floorToStep } from '../../domain/exchange-rules.ts';
import type { ExchangeRules } from '../../domain/instrument.ts';
import type { BarRefusalReason, BarTerms } from './bar-types.ts';

/** The wanted quantity floored to the step, and so that notional and fee are paid by free cash x leverage. */
export function cutToFunds(
  terms: Pick<BarTerms, 'leverage' | 'feeBps'>,
  rules: ExchangeRules,
  entry: { readonly wanted: Quantity; readonly price: Price; readonly freeCash: Money },
): Quantity {
  const funds = entry.freeCash.times(terms.leverage) as Money;
  const affordable = affordableQuantity(funds, entry.price, { feeBps: terms.feeBps, rules });
  return floorToStep(Decimal.min(entry.wanted, affordable) as Quantity, rules, 'market');
}

/** Why what is left of the wanted quantity is no order; null when it is one. */
export function sizeRefusal(
  rules: ExchangeRules,
  entry: { readonly wanted: Quantity; readonly price: Price; readonly quantity: Quantity },
): BarRefusalReason | null {
  const { wanted, price, quantity } = entry;
  if (quantity.isZero()) {
    return floorToStep(wanted, rules, 'market').isZero() ? 'QUANTITY_OUT_OF_RANGE' : 'CAPITAL_INSUFFICIENT';
  }
  if (rules.quantity.min?.greaterThan(quantity)) return 'QUANTITY_OUT_OF_RANGE';
  return rules.notional.min?.greaterThan(quantity.times(price)) ? 'NOTIONAL_OUT_OF_RANGE' : null;
}
