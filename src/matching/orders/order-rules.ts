import type { Decimal } from '../../domain/decimal.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { OrderSide } from '../../domain/order/order.ts';
import { atoms, ONE } from '../atoms.ts';
import type { Atoms } from '../atoms.ts';
import { MAX_COUNT } from '../book/scale.ts';
import type { Scale } from '../book/scale.ts';
import type { RefusalReason } from '../venue-types.ts';

/** A grid with bounds: multiples of `every` between `min` and `max`, as whole ticks or steps. */
interface Grid {
  readonly every: number;
  readonly min: number;
  readonly max: number;
}

/** Null: no such bound. */
interface Range {
  readonly min: Atoms | null;
  readonly max: Atoms | null;
}

/** The exchange rules of an instrument in the book's whole numbers; the meaning of each stands in domain/instrument.ts. */
export interface OrderRules {
  readonly price: Grid;
  readonly quantity: Grid;
  readonly marketQuantity: Grid;
  readonly notional: Range;
  readonly notionalAppliesToMarket: { readonly min: boolean; readonly max: boolean };
  /** Multipliers of the reference price, as fractions in atoms. */
  readonly percentPrice: Readonly<Record<OrderSide, Range>>;
  readonly trailingBps: {
    readonly above: { readonly min: number; readonly max: number };
    readonly below: { readonly min: number; readonly max: number };
  } | null;
  readonly maxOrders: number;
  readonly maxAlgoOrders: number;
}

function bound(value: Decimal | null, unit: Atoms, unlimited: number): number {
  if (value === null) return unlimited;
  const count = Number(atoms(value)) / Number(unit);
  return Math.min(count, MAX_COUNT);
}

function grid(every: Decimal, range: { min: Decimal | null; max: Decimal | null }, unit: Atoms): Grid {
  return {
    every: Number(atoms(every) / unit),
    min: bound(range.min, unit, 0),
    max: bound(range.max, unit, MAX_COUNT),
  };
}

/**
 * @param scale its units divide the instrument's tick and steps
 * @throws AitraderError `DECIMAL_INVALID` for a rule with more than eight decimals
 */
export function compileRules(instrument: Instrument, scale: Scale): OrderRules {
  const { rules } = instrument;
  const { percentPrice, trailingDelta } = rules;
  const amount = (value: Decimal | null | undefined): Atoms | null => (value ? atoms(value) : null);
  return {
    price: grid(rules.tick, rules.price, scale.priceUnit),
    quantity: grid(rules.step, rules.quantity, scale.quantityUnit),
    marketQuantity: grid(rules.marketStep ?? rules.step, rules.marketQuantity, scale.quantityUnit),
    notional: { min: amount(rules.notional.min), max: amount(rules.notional.max) },
    notionalAppliesToMarket: rules.notionalAppliesToMarket,
    percentPrice: {
      buy: { min: amount(percentPrice?.bidMultiplierDown), max: amount(percentPrice?.bidMultiplierUp) },
      sell: { min: amount(percentPrice?.askMultiplierDown), max: amount(percentPrice?.askMultiplierUp) },
    },
    trailingBps: trailingDelta && {
      above: { min: trailingDelta.minAboveBps, max: trailingDelta.maxAboveBps },
      below: { min: trailingDelta.minBelowBps, max: trailingDelta.maxBelowBps },
    },
    maxOrders: rules.maxOrders ?? Infinity,
    maxAlgoOrders: rules.maxAlgoOrders ?? Infinity,
  };
}

/** PRICE_FILTER, for limit and trigger prices. */
export function priceRefusal(rules: OrderRules, ticks: number): RefusalReason | null {
  const { every, min, max } = rules.price;
  if (ticks % every !== 0) return 'price_filter_tick';
  return ticks < min || ticks > max ? 'price_filter_range' : null;
}

/** LOT_SIZE, and MARKET_LOT_SIZE for market orders, whose own step takes the place of the other. */
export function quantityRefusal(rules: OrderRules, steps: number, isMarket: boolean): RefusalReason | null {
  const { quantity, marketQuantity } = rules;
  if (steps % (isMarket ? marketQuantity : quantity).every !== 0) {
    return isMarket && steps % quantity.every === 0 ? 'market_lot_size_step' : 'lot_size_step';
  }
  if (steps <= 0 || steps < quantity.min || steps > quantity.max) return 'lot_size_range';
  if (isMarket && (steps < marketQuantity.min || steps > marketQuantity.max)) return 'market_lot_size_range';
  return null;
}

/** NOTIONAL / MIN_NOTIONAL. Orders that only reduce a futures position are free of the minimum. */
export function notionalRefusal(
  rules: OrderRules,
  notional: Atoms,
  order: { readonly isMarket: boolean; readonly reduceOnly: boolean },
): RefusalReason | null {
  const { min, max } = rules.notional;
  const appliesToMarket = rules.notionalAppliesToMarket;
  const isMinDue = !order.reduceOnly && (!order.isMarket || appliesToMarket.min);
  const isMaxDue = !order.isMarket || appliesToMarket.max;
  if (isMinDue && min !== null && notional < min) return 'notional_min';
  return isMaxDue && max !== null && notional > max ? 'notional_max' : null;
}

/** PERCENT_PRICE(_BY_SIDE): a limit price against the reference price, both in any one unit. */
export function percentPriceRefusal(
  rules: OrderRules,
  side: OrderSide,
  price: { readonly limit: Atoms; readonly reference: Atoms },
): RefusalReason | null {
  const { min, max } = rules.percentPrice[side];
  const scaled = price.limit * ONE;
  const isOutside =
    (min !== null && scaled < price.reference * min) || (max !== null && scaled > price.reference * max);
  return isOutside ? 'percent_price' : null;
}

/** TRAILING_DELTA: `above` holds for what waits above the market (stop buys, take-profit sells), `below` for the others. */
export function trailingRefusal(rules: OrderRules, deltaBps: number, isAbove: boolean): RefusalReason | null {
  if (!Number.isInteger(deltaBps) || deltaBps < 1 || deltaBps >= 10_000) return 'trailing_delta';
  if (rules.trailingBps === null) return null;
  const { min, max } = isAbove ? rules.trailingBps.above : rules.trailingBps.below;
  return deltaBps < min || deltaBps > max ? 'trailing_delta' : null;
}

/**
 * MAX_NUM_ALGO_ORDERS counts the account's conditional orders in the symbol, MAX_NUM_ORDERS all of them on spot and the
 * others on futures, where conditional orders live in a service of their own.
 */
export function countRefusal(
  rules: OrderRules,
  working: { readonly orders: number; readonly algoOrders: number },
  { isConditional, isSpot }: { readonly isConditional: boolean; readonly isSpot: boolean },
): RefusalReason | null {
  if ((isSpot || !isConditional) && working.orders >= rules.maxOrders) return 'max_num_orders';
  return isConditional && working.algoOrders >= rules.maxAlgoOrders ? 'max_num_algo_orders' : null;
}
