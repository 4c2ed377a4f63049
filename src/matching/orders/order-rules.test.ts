import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal, price, quantity } from '../../domain/decimal.ts';
import type { Money, Price, Quantity } from '../../domain/decimal.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import { ruleViolations } from '../../domain/exchange-rules.ts';
import type { Instrument } from '../../domain/instrument.ts';
import { atoms, atomsText } from '../atoms.ts';
import { checkRequest } from '../desk/check-request.ts';
import { Core } from '../desk/core.ts';
import { SymbolMarket } from '../desk/symbol-market.ts';
import { Account } from '../account/account.ts';
import { futuresInstrument, NO_FEES, spotInstrument, START_MS } from '../../testkit/matching/builders.ts';
import type { OrderRequest, RefusalReason } from '../venue-types.ts';

const DOMAIN_CODE: Partial<Record<RefusalReason, ErrorCode>> = {
  symbol_not_trading: 'SYMBOL_NOT_TRADING',
  price_precision: 'PRICE_OFF_TICK',
  price_filter_tick: 'PRICE_OFF_TICK',
  price_filter_range: 'PRICE_OUT_OF_RANGE',
  percent_price: 'PRICE_OUT_OF_RANGE',
  quantity_precision: 'QUANTITY_OFF_STEP',
  lot_size_step: 'QUANTITY_OFF_STEP',
  market_lot_size_step: 'QUANTITY_OFF_STEP',
  lot_size_range: 'QUANTITY_OUT_OF_RANGE',
  market_lot_size_range: 'QUANTITY_OUT_OF_RANGE',
  notional_min: 'NOTIONAL_OUT_OF_RANGE',
  notional_max: 'NOTIONAL_OUT_OF_RANGE',
  trailing_delta: 'TRAILING_OUT_OF_RANGE',
  max_num_orders: 'TOO_MANY_ORDERS',
  max_num_algo_orders: 'TOO_MANY_ORDERS',
};

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
const hundredth = (min: number, max: number) => fc.integer({ min, max }).map((digits) => (digits / 100).toFixed(2));

const rules = fc.record({
  tick: fc.constantFrom('0.01', '0.05', '0.25').map((text) => decimal(text) as Price),
  price: fc.record({ min: maybe(hundredth(100, 900).map(price)), max: maybe(hundredth(1100, 2000).map(price)) }),
  step: fc.constantFrom('0.001', '0.005').map((text) => decimal(text) as Quantity),
  quantity: fc.record({ min: maybe(fc.constant(quantity('0.01'))), max: maybe(fc.constant(quantity('5'))) }),
  marketStep: maybe(fc.constantFrom('0.001', '0.002', '0.01').map((text) => decimal(text) as Quantity)),
  marketQuantity: fc.record({ min: fc.constant(null), max: maybe(fc.constant(quantity('2'))) }),
  notional: fc.record({
    min: maybe(fc.constant(decimal('5') as Money)),
    max: maybe(fc.constant(decimal('40') as Money)),
  }),
  notionalAppliesToMarket: fc.record({ min: fc.boolean(), max: fc.boolean() }),
  percentPrice: maybe(
    fc.record({
      bidMultiplierUp: maybe(fc.constant(decimal('1.2'))),
      bidMultiplierDown: maybe(fc.constant(decimal('0.8'))),
      askMultiplierUp: maybe(fc.constant(decimal('1.3'))),
      askMultiplierDown: maybe(fc.constant(decimal('0.9'))),
    }),
  ),
  trailingDelta: maybe(fc.constant({ minAboveBps: 20, maxAboveBps: 500, minBelowBps: 30, maxBelowBps: 400 })),
  maxOrders: maybe(fc.nat(3)),
  maxAlgoOrders: maybe(fc.nat(3)),
});

/** Mostly on the grids, often near the bounds. */
const offer = fc.record({
  isFutures: fc.boolean(),
  isBuy: fc.boolean(),
  price: maybe(
    fc.oneof(
      fc.integer({ min: 200, max: 2400 }).map((n) => (n / 100).toFixed(2)),
      hundredth(780, 1320),
    ),
  ),
  quantity: fc.oneof(
    fc.nat(60).map((n) => (n / 10).toFixed(3)),
    fc.nat(60).map((n) => (n / 1000).toFixed(3)),
  ),
  trailingBps: maybe(fc.integer({ min: 1, max: 600 })),
  reduceOnly: fc.boolean(),
  working: fc.nat(3),
  workingAlgo: fc.nat(3),
});

function requestOf(order: typeof offer extends fc.Arbitrary<infer Value> ? Value : never): OrderRequest {
  const { isFutures, isBuy, price: limit, trailingBps } = order;
  return {
    accountId: 'a',
    symbol: 'BTCUSDT',
    clientOrderId: 'c',
    side: isBuy ? 'buy' : 'sell',
    size: { type: 'quantity', quantity: atoms(order.quantity) },
    execution:
      limit === null ? { type: 'market' } : { type: 'limit', price: atoms(limit), timeInForce: 'GTC', postOnly: false },
    trigger:
      trailingBps === null
        ? null
        : { type: 'trailing', kind: 'stop', deltaBps: trailingBps, activationPrice: null, source: 'last' },
    positionSide: 'both',
    reduceOnly: isFutures && order.reduceOnly,
    selfTradePrevention: 'none',
  };
}

function coreWith(instrument: Instrument): Core {
  const core = new Core({ market: instrument.market, startMs: START_MS, onEvent: () => undefined });
  const market = new SymbolMarket({ instrument });
  market.lastTicks = market.scale.ticks(atoms('10'));
  if (market.contract !== null) market.contract.mark = atoms('10');
  core.markets.set(instrument.symbol, market);
  core.accounts.set('a', new Account('a', NO_FEES, () => undefined));
  return core;
}

describe('the exchange rules in whole numbers', () => {
  it('refuse what the rules of the domain refuse, with a reason of the same kind, and nothing else', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(rules, offer, (drawn, order) => {
        const make = order.isFutures ? futuresInstrument : spotInstrument;
        const instrument = make({}, drawn);
        const core = coreWith(instrument);
        const request = requestOf(order);
        const counts = core.accounts.get('a')?.countsIn('BTCUSDT');
        Object.assign(counts ?? {}, { orders: order.working, algoOrders: order.workingAlgo });
        const checked = checkRequest(core, request);
        const violations = ruleViolations(
          instrument,
          {
            side: request.side,
            quantity: quantity(order.quantity),
            limitPrice: order.price === null ? null : price(order.price),
            triggerPrice: null,
            trailingDeltaBps: order.trailingBps,
            reduceOnly: request.reduceOnly,
          },
          { referencePrice: price('10'), workingOrders: order.working, workingAlgoOrders: order.workingAlgo },
        ).map(({ code }) => code);
        if (checked.ok) {
          expect(violations).toEqual([]);
          return;
        }
        seen.add(checked.error.reason);
        expect(violations).toContain(DOMAIN_CODE[checked.error.reason]);
      }),
      { numRuns: 5_000 },
    );
    const reached = Object.keys(DOMAIN_CODE).filter((reason) => seen.has(reason));
    expect(reached.length).toBeGreaterThan(9);
  });

  it('ask of take-profit trails what TRAILING_DELTA says of the side of the market they wait on', () => {
    const core = coreWith(
      spotInstrument({}, { trailingDelta: { minAboveBps: 10, maxAboveBps: 100, minBelowBps: 200, maxBelowBps: 300 } }),
    );
    const reasonOf = (side: 'buy' | 'sell', kind: 'stop' | 'take_profit', deltaBps: number): string | null => {
      const trigger = { type: 'trailing', kind, deltaBps, activationPrice: null, source: 'last' } as const;
      const request = {
        ...requestOf({
          isFutures: false,
          isBuy: side === 'buy',
          price: '10',
          quantity: '1',
          trailingBps: null,
          reduceOnly: false,
          working: 0,
          workingAlgo: 0,
        }),
        trigger,
      };
      const checked = checkRequest(core, request);
      return checked.ok ? null : checked.error.reason;
    };
    expect(reasonOf('sell', 'take_profit', 50)).toBeNull();
    expect(reasonOf('buy', 'stop', 50)).toBeNull();
    expect(reasonOf('sell', 'stop', 250)).toBeNull();
    expect(reasonOf('buy', 'take_profit', 250)).toBeNull();
    expect(reasonOf('sell', 'stop', 50)).toBe('trailing_delta');
    expect(reasonOf('sell', 'take_profit', 250)).toBe('trailing_delta');
  });

  it('tell too many decimals from a wrong multiple on futures alone', () => {
    const futures = coreWith(futuresInstrument({}, { tick: decimal('0.05') as Price }));
    const spot = coreWith(spotInstrument({}, { tick: decimal('0.05') as Price }));
    const reasonOf = (core: Core, limit: string): string | null => {
      const request = requestOf({
        isFutures: false,
        isBuy: true,
        price: limit,
        quantity: '1',
        trailingBps: null,
        reduceOnly: false,
        working: 0,
        workingAlgo: 0,
      });
      const checked = checkRequest(core, request);
      return checked.ok ? null : checked.error.reason;
    };
    expect(reasonOf(futures, '10.001')).toBe('price_precision');
    expect(reasonOf(futures, '10.02')).toBe('price_filter_tick');
    expect(reasonOf(spot, '10.001')).toBe('price_filter_tick');
    expect(reasonOf(spot, atomsText(10n ** 24n + 5n))).toBe('price_filter_tick');
    expect(reasonOf(spot, '90071992547409930000')).toBe('overflow');
  });
});
