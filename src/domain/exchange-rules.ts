import { Decimal, notional, ZERO_QUANTITY } from './decimal.ts';
import type { Money, Price, Quantity } from './decimal.ts';
import { AitraderError } from './errors.ts';
import type { ExchangeRules, Instrument } from './instrument.ts';
import type { OrderSide } from './order/order.ts';

/** The largest multiple of `step` that is not above `value`, neither of them negative. Exact: nothing is rounded on the way. */
function floorToMultiple(value: Decimal, step: Decimal): Decimal {
  return value.dividedToIntegerBy(step).times(step);
}

/** The quantity rounded down to the step that holds for the order type: rounding never asks for more than was given. */
export function floorToStep(amount: Quantity, rules: ExchangeRules, orderType: 'market' | 'limit' = 'limit'): Quantity {
  const step = (orderType === 'market' ? rules.marketStep : null) ?? rules.step;
  return floorToMultiple(amount, step) as Quantity;
}

/**
 * The largest quantity on the step that `funds` pay for at `at`, entry fee included.
 * @param funds free quote units
 * @param at price per unit
 * @param terms `feeBps` of the notional is paid on top; `rules` give the step
 */
export function affordableQuantity(
  funds: Money,
  at: Price,
  terms: { readonly feeBps: Decimal; readonly rules: ExchangeRules },
): Quantity {
  const costPerUnit = at.times(terms.feeBps.dividedBy(10_000).plus(1));
  const step = terms.rules.step;
  const quantity = floorToMultiple(Decimal.max(funds, 0).dividedBy(costPerUnit), step);
  const cost = quantity.times(costPerUnit);
  const rounded = cost.greaterThan(funds) ? quantity.minus(step) : quantity;
  return Decimal.max(rounded, ZERO_QUANTITY) as Quantity;
}

/** Which way a price goes to the tick: `down` to the lower multiple, `up` to the upper, `nearest` with halves up. */
export type TickRounding = 'down' | 'up' | 'nearest';

/** The price as a multiple of the tick. A price below one tick becomes one tick: zero is no price. */
export function roundToTick(value: Price, rules: ExchangeRules, rounding: TickRounding): Price {
  const { tick } = rules;
  const below = floorToMultiple(value, tick);
  const rest = value.minus(below);
  const goesUp =
    rounding === 'up' ? rest.greaterThan(0) : rounding === 'nearest' && rest.times(2).greaterThanOrEqualTo(tick);
  return Decimal.max(goesUp ? below.plus(tick) : below, tick) as Price;
}

/** The facts of an order that the exchange's rules judge. */
export interface OrderFacts {
  readonly side: OrderSide;
  readonly quantity: Quantity;
  /** Limit price; null for market orders. */
  readonly limitPrice: Price | null;
  readonly triggerPrice: Price | null;
  readonly trailingDeltaBps: number | null;
  /** On futures, reducing orders are free of the minimum notional; on spot nothing is. */
  readonly reduceOnly: boolean;
}

/** What of the market and the account the rules refer to. */
export interface RuleContext {
  /** Last or average price as the venue's rule asks; market orders are valued with it. */
  readonly referencePrice: Price;
  readonly workingOrders: number;
  readonly workingAlgoOrders: number;
}

function outside(value: Decimal, range: { readonly min: Decimal | null; readonly max: Decimal | null }): boolean {
  return (range.min?.greaterThan(value) ?? false) || (range.max?.lessThan(value) ?? false);
}

function rangeText(range: { readonly min: Decimal | null; readonly max: Decimal | null }): string {
  return `${range.min?.toFixed() ?? '0'} .. ${range.max?.toFixed() ?? 'unlimited'}`;
}

function* priceViolations(instrument: Instrument, given: Price): Generator<AitraderError> {
  const { symbol, rules } = instrument;
  if (!given.modulo(rules.tick).isZero()) {
    yield new AitraderError('PRICE_OFF_TICK', { symbol, given: given.toFixed(), allowed: rules.tick.toFixed() });
  }
  if (outside(given, rules.price)) {
    yield new AitraderError('PRICE_OUT_OF_RANGE', { symbol, given: given.toFixed(), allowed: rangeText(rules.price) });
  }
}

function* percentPriceViolations(
  instrument: Instrument,
  order: OrderFacts,
  context: RuleContext,
): Generator<AitraderError> {
  const rule = instrument.rules.percentPrice;
  if (rule === null || order.limitPrice === null) return;
  const [up, down] =
    order.side === 'buy'
      ? [rule.bidMultiplierUp, rule.bidMultiplierDown]
      : [rule.askMultiplierUp, rule.askMultiplierDown];
  const band = {
    min: down && context.referencePrice.times(down),
    max: up && context.referencePrice.times(up),
  };
  if (outside(order.limitPrice, band)) {
    const given = order.limitPrice.toFixed();
    yield new AitraderError('PRICE_OUT_OF_RANGE', { symbol: instrument.symbol, given, allowed: rangeText(band) });
  }
}

function* quantityViolations(instrument: Instrument, order: OrderFacts): Generator<AitraderError> {
  const { symbol, rules } = instrument;
  const isMarket = order.limitPrice === null;
  const step = (isMarket ? rules.marketStep : null) ?? rules.step;
  const given = order.quantity.toFixed();
  if (!order.quantity.modulo(step).isZero()) {
    yield new AitraderError('QUANTITY_OFF_STEP', { symbol, given, allowed: step.toFixed() });
  }
  const ranges = (isMarket ? [rules.quantity, rules.marketQuantity] : [rules.quantity]).map(({ min, max }) => ({
    min: Decimal.max(min ?? step, step),
    max,
  }));
  const broken = ranges.find((range) => outside(order.quantity, range));
  if (broken !== undefined) {
    yield new AitraderError('QUANTITY_OUT_OF_RANGE', { symbol, given, allowed: rangeText(broken) });
  }
}

function* notionalViolations(
  instrument: Instrument,
  order: OrderFacts,
  context: RuleContext,
): Generator<AitraderError> {
  const { symbol, rules } = instrument;
  const isMarket = order.limitPrice === null;
  const value = notional(order.limitPrice ?? context.referencePrice, order.quantity);
  const closesFutures = order.reduceOnly && instrument.market === 'futures';
  const exemptFromMin = (isMarket && !rules.notionalAppliesToMarket.min) || closesFutures;
  const exemptFromMax = isMarket && !rules.notionalAppliesToMarket.max;
  const range = { min: exemptFromMin ? null : rules.notional.min, max: exemptFromMax ? null : rules.notional.max };
  if (outside(value, range)) {
    const given = value.toFixed();
    yield new AitraderError('NOTIONAL_OUT_OF_RANGE', { symbol, given, allowed: rangeText(range) });
  }
}

function* trailingViolations(instrument: Instrument, order: OrderFacts): Generator<AitraderError> {
  const rule = instrument.rules.trailingDelta;
  const deltaBps = order.trailingDeltaBps;
  if (rule === null || deltaBps === null) return;
  const [minBps, maxBps] =
    order.side === 'buy' ? [rule.minAboveBps, rule.maxAboveBps] : [rule.minBelowBps, rule.maxBelowBps];
  if (deltaBps < minBps || deltaBps > maxBps) {
    yield new AitraderError('TRAILING_OUT_OF_RANGE', {
      symbol: instrument.symbol,
      given: `${deltaBps} bps`,
      allowed: `${minBps} .. ${maxBps} bps`,
    });
  }
}

function* countViolations(instrument: Instrument, order: OrderFacts, context: RuleContext): Generator<AitraderError> {
  const { symbol, rules } = instrument;
  const isConditional = order.triggerPrice !== null || order.trailingDeltaBps !== null;
  // On futures conditional orders live in a service of their own and count there alone.
  const countsAsOrder = instrument.market === 'spot' || !isConditional;
  const counts = [
    { given: context.workingOrders, allowed: rules.maxOrders, applies: countsAsOrder },
    { given: context.workingAlgoOrders, allowed: rules.maxAlgoOrders, applies: isConditional },
  ];
  for (const { given, allowed, applies } of counts) {
    if (applies && allowed !== null && given >= allowed) {
      yield new AitraderError('TOO_MANY_ORDERS', { symbol, given, allowed });
    }
  }
}

/**
 * Everything that the exchange would refuse about an order, judged before it is sent.
 * @returns the violations, none when the order is acceptable
 */
export function ruleViolations(instrument: Instrument, order: OrderFacts, context: RuleContext): AitraderError[] {
  const violations: AitraderError[] = [];
  if (instrument.status !== 'trading') {
    violations.push(new AitraderError('SYMBOL_NOT_TRADING', { symbol: instrument.symbol, given: instrument.status }));
  }
  for (const given of [order.limitPrice, order.triggerPrice]) {
    if (given !== null) violations.push(...priceViolations(instrument, given));
  }
  violations.push(
    ...percentPriceViolations(instrument, order, context),
    ...quantityViolations(instrument, order),
    ...notionalViolations(instrument, order, context),
    ...trailingViolations(instrument, order),
    ...countViolations(instrument, order, context),
  );
  return violations;
}
