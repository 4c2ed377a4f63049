import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exchangeRules, instrument } from '../testkit/builders/instruments.ts';
import { Decimal, money, price, quantity } from './decimal.ts';
import type { Money, Price, Quantity } from './decimal.ts';
import type { ErrorCode } from './errors.ts';
import { affordableQuantity, floorToStep, roundToTick, ruleViolations } from './exchange-rules.ts';
import type { OrderFacts, RuleContext } from './exchange-rules.ts';
import type { ExchangeRules, Instrument, Market } from './instrument.ts';

/** All figures are whole multiples of 1e-8, so that the tests can judge in whole numbers what the rules judge in decimals. */
const ONE = 10n ** 8n;
const decimalOf = (count: bigint): Decimal => new Decimal(count.toString()).dividedBy(ONE.toString());
const countOf = (value: Decimal): bigint => BigInt(value.times(ONE.toString()).toFixed());

const AWKWARD = [1n, 3n, 7n, 25n, 1_000n, 12_345n, 500_000n, 1_000_000n, ONE / 3n, ONE, 5n * ONE, 1_000n * ONE];
const grid = fc.constantFrom(...AWKWARD);
const amount = fc.oneof(fc.bigInt(1n, 1_000n), fc.bigInt(1n, 10n ** 15n));

describe('quantities on the step', () => {
  it('are the largest multiple that is not above what was given', () => {
    fc.assert(
      fc.property(amount, grid, (given, step) => {
        const rules = exchangeRules({ step: quantity(decimalOf(step)) });
        expect(countOf(floorToStep(quantity(decimalOf(given)), rules))).toBe((given / step) * step);
      }),
    );
  });

  it('never exceed a calculated quantity, also not by the last of its 40 digits', () => {
    const justBelow = quantity(`8.${'9'.repeat(39)}`);
    expect(floorToStep(justBelow, exchangeRules({ step: quantity('3') })).toFixed()).toBe('6');
    fc.assert(
      fc.property(amount, amount, grid, (over, under, step) => {
        const given = quantity(decimalOf(over).dividedBy(decimalOf(under)));
        const floored = floorToStep(given, exchangeRules({ step: quantity(decimalOf(step)) }));
        expect(floored.greaterThan(given)).toBe(false);
        expect(given.minus(floored).lessThan(decimalOf(step))).toBe(true);
        expect(floored.modulo(decimalOf(step)).isZero()).toBe(true);
      }),
    );
  });

  it('use the step of market orders where the exchange has one', () => {
    const rules = exchangeRules({ step: quantity('0.001'), marketStep: quantity('0.1') });
    expect(floorToStep(quantity('1.2345'), rules, 'market').toFixed()).toBe('1.2');
    expect(floorToStep(quantity('1.2345'), rules).toFixed()).toBe('1.234');
    expect(floorToStep(quantity('1.2345'), { ...rules, marketStep: null }, 'market').toFixed()).toBe('1.234');
  });
});

describe('affordable quantities', () => {
  it('cost, fee included, no more than the funds, and one step more would', () => {
    const bps = fc.constantFrom(0, 1, 7.5, 10, 100, 333, 1_000);
    fc.assert(
      fc.property(fc.record({ funds: amount, at: amount, step: grid, bps }), ({ funds, at, step, bps }) => {
        const rules = exchangeRules({ step: quantity(decimalOf(step)) });
        const terms = { feeBps: new Decimal(bps), rules };
        const bought = affordableQuantity(money(decimalOf(funds)), price(decimalOf(at)), terms);
        const tenthsOfBps = BigInt(bps * 10);
        const cost = (units: bigint): bigint => units * at * (100_000n + tenthsOfBps);
        const scaledFunds = funds * ONE * 100_000n;
        const units = countOf(bought);
        expect(units % step).toBe(0n);
        expect(cost(units) <= scaledFunds).toBe(true);
        expect(cost(units + step) > scaledFunds).toBe(true);
      }),
    );
  });

  it('use up funds that are exactly enough', () => {
    const terms = { feeBps: new Decimal(10), rules: exchangeRules({ step: quantity('1') }) };
    expect(affordableQuantity(money('100.1'), price('100'), terms).toFixed()).toBe('1');
    expect(affordableQuantity(money('100.09'), price('100'), terms).toFixed()).toBe('0');
  });

  it('are none without funds', () => {
    const terms = { feeBps: new Decimal(10), rules: exchangeRules() };
    for (const funds of ['0', '-5']) expect(affordableQuantity(money(funds), price('1'), terms).toFixed()).toBe('0');
  });
});

describe('prices on the tick', () => {
  const rounded = (value: bigint, tick: bigint, way: 'down' | 'up' | 'nearest'): bigint =>
    countOf(roundToTick(price(decimalOf(value)), exchangeRules({ tick: price(decimalOf(tick)) }), way));

  it('lie on the asked side, less than a tick away, and never at zero', () => {
    fc.assert(
      fc.property(amount, grid, (value, tick) => {
        const below = (value / tick) * tick;
        const above = below === value ? value : below + tick;
        const atLeastOne = (rounding: bigint): bigint => (rounding === 0n ? tick : rounding);
        expect(rounded(value, tick, 'down')).toBe(atLeastOne(below));
        expect(rounded(value, tick, 'up')).toBe(above);
        expect(rounded(value, tick, 'nearest')).toBe(atLeastOne(2n * (value - below) >= tick ? above : below));
      }),
    );
  });

  it('go up from the middle when the nearest is asked for', () => {
    expect(rounded(15n, 10n, 'nearest')).toBe(20n);
    expect(rounded(14n, 10n, 'nearest')).toBe(10n);
  });

  it('stay where they are when they lie on it', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 9n), grid, fc.constantFrom('down', 'up', 'nearest'), (ticks, tick, way) => {
        expect(rounded(ticks * tick, tick, way)).toBe(ticks * tick);
      }),
    );
  });

  it('leave a calculated price upwards even when only its last digit is above the tick', () => {
    const rules = exchangeRules({ tick: price('3') });
    expect(roundToTick(price(`3.${'0'.repeat(38)}1`), rules, 'up').toFixed()).toBe('6');
  });
});

interface Bounds {
  readonly min: bigint | null;
  readonly max: bigint | null;
}
// Halves, as the orders themselves, so that orders lie right at a bound, too.
const bound = fc.option(fc.oneof(fc.bigInt(0n, 40n), fc.bigInt(0n, 400n)).map((halves) => (halves * ONE) / 2n));
const bounds: fc.Arbitrary<Bounds> = fc.record({ min: bound, max: bound });
const inside = (value: bigint, { min, max }: Bounds): boolean =>
  (min === null || value >= min) && (max === null || value <= max);
const times = (value: bigint, hundredths: bigint | null): bigint | null =>
  hundredths === null ? null : (value * hundredths) / 100n;
const rangeOf = <Value extends Decimal>({ min, max }: Bounds): { min: Value | null; max: Value | null } => ({
  min: min === null ? null : (decimalOf(min) as Value),
  max: max === null ? null : (decimalOf(max) as Value),
});

const hundredths = fc.option(fc.bigInt(20n, 500n));
const drawnCase = fc.record({
  market: fc.constantFrom<Market>('spot', 'futures'),
  status: fc.constantFrom<Instrument['status']>('trading', 'trading', 'trading', 'halted', 'pre_trading', 'delisted'),
  tick: fc.constantFrom(ONE / 100n, ONE, 3n * ONE),
  step: fc.constantFrom(ONE / 10n, ONE, 7n),
  marketStep: fc.option(fc.constantFrom(ONE, 2n * ONE)),
  priceBounds: bounds,
  quantityBounds: bounds,
  marketBounds: bounds,
  notionalBounds: fc.record({
    min: fc.option(fc.bigInt(0n, 9_000n * ONE)),
    max: fc.option(fc.bigInt(0n, 9_000n * ONE)),
  }),
  appliesToMarket: fc.record({ min: fc.boolean(), max: fc.boolean() }),
  percent: fc.option(fc.record({ bidUp: hundredths, bidDown: hundredths, askUp: hundredths, askDown: hundredths })),
  trailing: fc.option(fc.array(fc.constantFrom(1, 10, 50, 51, 500, 2_000), { minLength: 4, maxLength: 4 })),
  maxOrders: fc.option(fc.integer({ min: 0, max: 5 })),
  maxAlgoOrders: fc.option(fc.integer({ min: 0, max: 5 })),
  side: fc.constantFrom<OrderFacts['side']>('buy', 'sell'),
  // Whole and half hundreds make multiples of ticks and steps likely.
  quantity: fc.bigInt(0n, 40n).map((halves) => (halves * ONE) / 2n),
  limit: fc.option(fc.bigInt(1n, 400n).map((halves) => (halves * ONE) / 2n)),
  trigger: fc.option(fc.bigInt(1n, 400n).map((halves) => (halves * ONE) / 2n)),
  deltaBps: fc.option(fc.constantFrom(1, 10, 50, 51, 500, 2_000)),
  reduceOnly: fc.boolean(),
  reference: fc.bigInt(1n, 200n).map((count) => count * ONE),
  working: fc.integer({ min: 0, max: 6 }),
  workingAlgo: fc.integer({ min: 0, max: 6 }),
});
type Case = typeof drawnCase extends fc.Arbitrary<infer Value> ? Value : never;

function rulesOf(drawn: Case): ExchangeRules {
  const multiplier = (of: bigint | null): Decimal | null =>
    of === null ? null : new Decimal(Number(of)).dividedBy(100);
  const [minAboveBps = 0, maxAboveBps = 0, minBelowBps = 0, maxBelowBps = 0] = drawn.trailing ?? [];
  return {
    tick: price(decimalOf(drawn.tick)),
    price: rangeOf<Price>(drawn.priceBounds),
    step: quantity(decimalOf(drawn.step)),
    quantity: rangeOf<Quantity>(drawn.quantityBounds),
    marketStep: drawn.marketStep === null ? null : quantity(decimalOf(drawn.marketStep)),
    marketQuantity: rangeOf<Quantity>(drawn.marketBounds),
    notional: rangeOf<Money>(drawn.notionalBounds),
    notionalAppliesToMarket: drawn.appliesToMarket,
    percentPrice: drawn.percent && {
      bidMultiplierUp: multiplier(drawn.percent.bidUp),
      bidMultiplierDown: multiplier(drawn.percent.bidDown),
      askMultiplierUp: multiplier(drawn.percent.askUp),
      askMultiplierDown: multiplier(drawn.percent.askDown),
    },
    trailingDelta: drawn.trailing && { minAboveBps, maxAboveBps, minBelowBps, maxBelowBps },
    maxOrders: drawn.maxOrders,
    maxAlgoOrders: drawn.maxAlgoOrders,
  };
}

function judged(drawn: Case): ErrorCode[] {
  const order: OrderFacts = {
    side: drawn.side,
    quantity: quantity(decimalOf(drawn.quantity)),
    limitPrice: drawn.limit === null ? null : price(decimalOf(drawn.limit)),
    triggerPrice: drawn.trigger === null ? null : price(decimalOf(drawn.trigger)),
    trailingDeltaBps: drawn.deltaBps,
    reduceOnly: drawn.reduceOnly,
  };
  const context: RuleContext = {
    referencePrice: price(decimalOf(drawn.reference)),
    workingOrders: drawn.working,
    workingAlgoOrders: drawn.workingAlgo,
  };
  const { market, status } = drawn;
  return ruleViolations(instrument({ market, status, rules: rulesOf(drawn) }), order, context).map(({ code }) => code);
}

/** Each rule as the exchange states it, in whole numbers: whether it lets the order pass. */
const RULES: Partial<Record<ErrorCode, (drawn: Case) => boolean>> = {
  SYMBOL_NOT_TRADING: ({ status }) => status === 'trading',
  PRICE_OFF_TICK: ({ limit, trigger, tick }) => [limit, trigger].every((at) => at === null || at % tick === 0n),
  PRICE_OUT_OF_RANGE: ({ limit, trigger, priceBounds, percent, side, reference }) => {
    const [down, up] = side === 'buy' ? [percent?.bidDown, percent?.bidUp] : [percent?.askDown, percent?.askUp];
    const band = { min: times(reference, down ?? null), max: times(reference, up ?? null) };
    return (
      [limit, trigger].every((at) => at === null || inside(at, priceBounds)) && (limit === null || inside(limit, band))
    );
  },
  QUANTITY_OFF_STEP: ({ limit, quantity: units, step, marketStep }) =>
    units % ((limit === null ? marketStep : null) ?? step) === 0n,
  QUANTITY_OUT_OF_RANGE: ({ limit, quantity: units, step, marketStep, quantityBounds, marketBounds }) =>
    units >= ((limit === null ? marketStep : null) ?? step) &&
    inside(units, quantityBounds) &&
    (limit !== null || inside(units, marketBounds)),
  NOTIONAL_OUT_OF_RANGE: ({
    market,
    limit,
    quantity: units,
    reference,
    notionalBounds,
    appliesToMarket,
    reduceOnly,
  }) => {
    const value = ((limit ?? reference) * units) / ONE;
    const { min, max } = notionalBounds;
    const minHolds = (limit !== null || appliesToMarket.min) && !(reduceOnly && market === 'futures');
    const maxHolds = limit !== null || appliesToMarket.max;
    return inside(value, { min: minHolds ? min : null, max: maxHolds ? max : null });
  },
  TRAILING_OUT_OF_RANGE: ({ trailing, deltaBps, side }) => {
    if (trailing === null || deltaBps === null) return true;
    const [min = 0, max = 0] = side === 'buy' ? trailing.slice(0, 2) : trailing.slice(2);
    return deltaBps >= min && deltaBps <= max;
  },
  TOO_MANY_ORDERS: ({ market, trigger, deltaBps, working, workingAlgo, maxOrders, maxAlgoOrders }) => {
    const isConditional = trigger !== null || deltaBps !== null;
    const ordersFit = maxOrders === null || working < maxOrders || (isConditional && market === 'futures');
    return ordersFit && (!isConditional || maxAlgoOrders === null || workingAlgo < maxAlgoOrders);
  },
};

describe('the exchange rules', () => {
  it('are broken exactly when the exchange would refuse, each by its own code', () => {
    fc.assert(
      fc.property(drawnCase, (drawn) => {
        const meant = Object.entries(RULES)
          .filter(([, permits]) => !permits(drawn))
          .map(([code]) => code);
        expect(new Set(judged(drawn))).toEqual(new Set(meant));
      }),
      { numRuns: 500 },
    );
  });

  it('take an order that floors, rounds and pays as the rules say', () => {
    const units = fc.bigInt(10n ** 7n, 10n ** 15n);
    fc.assert(
      fc.property(units, units, grid, (given, at, tick) => {
        const rules = exchangeRules({ tick: price(decimalOf(tick)), notional: { min: null, max: null } });
        const order: OrderFacts = {
          side: 'buy',
          quantity: floorToStep(quantity(decimalOf(given)), rules),
          limitPrice: roundToTick(price(decimalOf(at)), rules, 'nearest'),
          triggerPrice: null,
          trailingDeltaBps: null,
          reduceOnly: false,
        };
        const context = { referencePrice: price(decimalOf(at)), workingOrders: 0, workingAlgoOrders: 0 };
        expect(ruleViolations(instrument({ rules }), order, context)).toEqual([]);
      }),
    );
  });

  it('are named with what was given and what is allowed', () => {
    const rules = exchangeRules({
      quantity: { min: null, max: quantity('9') },
      notional: { min: money('5'), max: null },
    });
    const order: OrderFacts = {
      side: 'buy',
      quantity: quantity('0'),
      limitPrice: price('100.005'),
      triggerPrice: null,
      trailingDeltaBps: null,
      reduceOnly: false,
    };
    const context = { referencePrice: price('100'), workingOrders: 0, workingAlgoOrders: 0 };
    expect(ruleViolations(instrument({ rules }), order, context).map(({ message }) => message)).toEqual([
      'BTCUSDT: the price 100.005 is no multiple of the tick 0.01',
      'BTCUSDT: the quantity 0 lies outside 0.00001 .. 9',
      'BTCUSDT: the order is worth 0, the exchange takes 5 .. unlimited',
    ]);
  });
});
