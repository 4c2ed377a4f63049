import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asId } from '../domain/ids.ts';
import type { VenueSymbol } from '../domain/ids.ts';
import { atoms } from './atoms.ts';
import { Auditor, text } from '../testkit/matching/auditor.ts';
import { FUTURES_TERMS, futuresInstrument, START_MS } from '../testkit/matching/builders.ts';
import { Venue } from './venue.ts';
import type { OrderRequest, PositionLeg, VenueEvent } from './venue-types.ts';

/** `hal` trades in hedge mode, `iso` on isolated margin. */
const ACCOUNTS = ['ann', 'hal', 'iso'] as const;
const INSTRUMENTS = [
  futuresInstrument(),
  futuresInstrument({
    symbol: asId<VenueSymbol>('ETHUSDT'),
    base: 'ETH',
    futures: { ...FUTURES_TERMS, fundingIntervalMs: 3_600_000 },
  }),
];

const accountId = fc.constantFrom(...ACCOUNTS);
const symbol = fc.constantFrom('BTCUSDT', 'ETHUSDT');
/** Around 100.00; a step of the price is 10 ticks. */
const level = fc.integer({ min: -20, max: 20 });
const size = fc.integer({ min: 1, max: 60 });

const placing = fc.record({
  type: fc.constant('place' as const),
  accountId,
  symbol,
  isBuy: fc.boolean(),
  isLongLeg: fc.boolean(),
  level,
  size,
  kind: fc.constantFrom('limit', 'limit', 'post', 'fok', 'market', 'market', 'reduce', 'reduce', 'reduce_limit'),
  prevention: fc.constantFrom('none', 'expire_taker', 'expire_maker', 'expire_both'),
});
const conditional = fc.record({
  type: fc.constant('algo' as const),
  accountId,
  symbol,
  isBuy: fc.boolean(),
  isLongLeg: fc.boolean(),
  level,
  size,
  kind: fc.constantFrom('stop', 'take_profit', 'trailing', 'close_position', 'close_position', 'reduce'),
  source: fc.constantFrom('last', 'mark'),
});
const operation = fc.oneof(
  { weight: 6, arbitrary: placing },
  { weight: 2, arbitrary: conditional },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('cancel' as const), accountId, pick: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('amend' as const), accountId, pick: fc.nat(20), level, size }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('leverage' as const),
      accountId,
      symbol,
      leverage: fc.integer({ min: 1, max: 50 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('margin' as const),
      symbol,
      amount: fc.integer({ min: -20, max: 20 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('quote' as const), symbol, level, size }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('trade' as const), symbol, level, size, isBuy: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('mark' as const), symbol, level: fc.integer({ min: -80, max: 80 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('funding' as const),
      symbol,
      rate: fc.integer({ min: -50, max: 50 }),
      hours: fc.nat(9),
    }),
  },
);
type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

const TICK = atoms('0.1');
const STEP = atoms('0.1');
const priceAt = (at: number): bigint => atoms('100') + BigInt(at) * TICK;
const numberAt = (at: number): number => Math.round(1000 + at) / 10;

function legOf(op: { accountId: string; isLongLeg: boolean }): PositionLeg {
  if (op.accountId !== 'hal') return 'both';
  return op.isLongLeg ? 'long' : 'short';
}

function requestOf(op: Extract<Operation, { type: 'place' | 'algo' }>, number: number): OrderRequest {
  const limit = { type: 'limit' as const, price: priceAt(op.level), timeInForce: 'GTC' as const, postOnly: false };
  return {
    accountId: op.accountId,
    symbol: op.symbol,
    clientOrderId: `c${number}`,
    side: op.isBuy ? 'buy' : 'sell',
    size: { type: 'quantity', quantity: BigInt(op.size) * STEP },
    execution: limit,
    trigger: null,
    positionSide: legOf(op),
    reduceOnly: false,
    selfTradePrevention: 'none',
  };
}

function placed(op: Extract<Operation, { type: 'place' }>, number: number): OrderRequest {
  const selfTradePrevention = op.prevention;
  const plain = { ...requestOf(op, number), selfTradePrevention };
  const limit = { type: 'limit' as const, price: priceAt(op.level), timeInForce: 'GTC' as const, postOnly: false };
  const reduceOnly = op.accountId !== 'hal';
  switch (op.kind) {
    case 'post':
      return { ...plain, execution: { ...limit, postOnly: true } };
    case 'fok':
      return { ...plain, execution: { ...limit, timeInForce: 'FOK' } };
    case 'market':
      return { ...plain, execution: { type: 'market' } };
    case 'reduce':
      return { ...plain, execution: { type: 'market' }, reduceOnly };
    case 'reduce_limit':
      return { ...plain, reduceOnly };
    default:
      return plain;
  }
}

function conditionalOf(op: Extract<Operation, { type: 'algo' }>, number: number): OrderRequest {
  const source = op.source;
  const trigger = { type: 'fixed' as const, kind: 'stop' as const, price: priceAt(op.level), source };
  const plain = { ...requestOf(op, number), execution: { type: 'market' as const }, trigger };
  switch (op.kind) {
    case 'take_profit':
      return { ...plain, trigger: { ...trigger, kind: 'take_profit' } };
    case 'trailing':
      return {
        ...plain,
        trigger: { type: 'trailing', kind: 'take_profit', deltaBps: 10 + op.size, activationPrice: null, source },
      };
    case 'close_position':
      return { ...plain, size: { type: 'position' } };
    case 'reduce':
      return { ...plain, reduceOnly: op.accountId !== 'hal' };
    default:
      return plain;
  }
}

function pickOrder(venue: Venue, op: { accountId: string; pick: number }) {
  const open = venue.views.openOrders(op.accountId, null);
  return open[op.pick % Math.max(open.length, 1)];
}

function apply(venue: Venue, op: Operation, number: number): void {
  switch (op.type) {
    case 'place':
      return void venue.placeOrder(placed(op, number));
    case 'algo':
      return void venue.placeAlgoOrder(conditionalOf(op, number));
    case 'cancel': {
      const order = pickOrder(venue, op);
      const algos = venue.views.openAlgoOrders(op.accountId, null);
      if (order !== undefined && op.pick % 2 === 0) venue.cancelOrder({ ...order, id: { orderId: order.orderId } });
      else if (algos[0] !== undefined)
        venue.cancelAlgoOrder({ accountId: op.accountId, id: { venueId: algos[0].algoId } });
      return;
    }
    case 'amend': {
      const order = pickOrder(venue, op);
      if (order === undefined) return;
      const to = { price: priceAt(op.level), quantity: BigInt(op.size) * STEP };
      return void venue.amendOrder({ ...order, id: { orderId: order.orderId } }, to);
    }
    case 'leverage':
      return void venue.setLeverage({ accountId: op.accountId, symbol: op.symbol }, op.leverage);
    case 'margin': {
      const key = { accountId: 'iso', symbol: op.symbol, positionSide: 'both' as const };
      return void venue.moveIsolatedMargin(key, BigInt(op.amount) * STEP);
    }
    case 'quote': {
      const [bid, ask] = [numberAt(op.level), numberAt(op.level + 1)];
      const quantity = op.size / 10;
      return venue.quote({ symbol: op.symbol, bid, bidQuantity: quantity, ask, askQuantity: quantity });
    }
    case 'trade': {
      const [price, quantity] = [numberAt(op.level), op.size / 10];
      return venue.trade({ symbol: op.symbol, price, quantity, buyerIsTaker: op.isBuy });
    }
    case 'mark':
      // Off the tick: marks are averages.
      return venue.mark(op.symbol, numberAt(op.level) + 0.01234567);
    case 'funding':
      venue.setFundingRate(op.symbol, BigInt(op.rate) * 12_345n);
      return venue.advanceTo(venue.now + op.hours * 3_600_000);
  }
}

function run(operations: readonly Operation[], slippageBeyondBookBps: number | null): VenueEvent[] {
  const auditor = new Auditor('futures');
  const events: VenueEvent[] = [];
  const onEvent = (event: VenueEvent): void => {
    events.push(event);
    auditor.hear(event);
  };
  const venue = new Venue({ market: 'futures', startMs: START_MS, onEvent, slippageBeyondBookBps });
  for (const listed of INSTRUMENTS) {
    venue.list({ instrument: listed, liquidationFeeRate: atoms('0.0125') });
    venue.mark(listed.symbol, 100);
  }
  for (const id of ACCOUNTS) {
    const feeToken = id === 'hal' ? { asset: 'BNB', discount: atoms('0.1') } : null;
    venue.openAccount(id, { makerRate: atoms('0.0002'), takerRate: atoms('0.0005'), feeToken });
    for (const [asset, amount] of [
      ['USDT', '30'],
      ['BNB', '0.05'],
    ] as const) {
      venue.deposit(id, asset, atoms(amount));
      auditor.transfer(id, asset, atoms(amount));
    }
  }
  venue.setFeeTokenPrice('USDT', 3);
  venue.setPositionMode('hal', 'hedge');
  for (const { symbol } of INSTRUMENTS) venue.setMarginMode({ accountId: 'iso', symbol }, 'isolated');
  operations.forEach((op, number) => {
    venue.advanceTo(venue.now + 1000);
    apply(venue, op, number);
    auditor.check(venue, ACCOUNTS);
    if (op.type === 'mark') checkSolvency(venue, op.symbol);
  });
  for (const id of ACCOUNTS) venue.cancelAllOrders(id, null);
  auditor.check(venue, ACCOUNTS);
  return events;
}

/**
 * After a mark price nobody stands at or under the maintenance margin of what that mark moved, but for whom the mark's
 * own triggers traded into it: they are looked at with the next mark.
 */
function checkSolvency(venue: Venue, symbol: string): void {
  for (const id of ACCOUNTS) {
    const { wallets, positions } = venue.views.futuresAccount(id);
    if (positions.some(({ updatedAt }) => updatedAt === venue.now)) continue;
    const moved = positions.filter((position) => position.symbol === symbol && position.quantity !== 0n);
    for (const { marginMode, isolatedWallet, unrealizedPnl, maintenanceMargin } of moved) {
      if (marginMode === 'isolated') expect(isolatedWallet + unrealizedPnl > maintenanceMargin).toBe(true);
    }
    const wallet = wallets.find(({ asset }) => asset === 'USDT');
    if (moved[0]?.marginMode !== 'cross' || wallet === undefined) continue;
    expect(wallet.crossWalletBalance + wallet.crossUnrealizedPnl > wallet.maintenanceMargin).toBe(true);
  }
}

const operations = fc.array(operation, { minLength: 20, maxLength: 120 });

describe('a futures venue under random operations', () => {
  it('keeps every rule of trading, and money to the last digit, through funding and liquidation', () => {
    fc.assert(
      fc.property(operations, fc.constantFrom(null, 5), (ops, slippage) => {
        run(ops, slippage);
      }),
      { numRuns: 400 },
    );
  });

  it('tells the same tape for the same operations, byte for byte', () => {
    fc.assert(
      fc.property(operations, (ops) => {
        const tape = () => run(ops, null).map(text).join('\n');
        expect(tape()).toBe(tape());
      }),
      { numRuns: 30 },
    );
  });

  it('reaches what the rules are about: liquidations, insurance, funding, triggers, reduce-only ends, refused margin', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(operations, (ops) => {
        for (const event of run(ops, null)) {
          if (event.type === 'order') seen.add(`${event.change} ${event.cause ?? ''}`.trim());
          if (event.type === 'algo_order') seen.add(`algo ${event.order.status}`);
          if (event.type === 'income') seen.add(event.kind);
          if (event.type === 'liquidation') seen.add(`liquidation ${event.marginMode}`);
          if (event.type === 'liquidation' && event.insurancePaid > 0n) seen.add('insurance paid');
        }
      }),
      { numRuns: 300, seed: 1 },
    );
    const wanted = [
      'amended',
      'cancelled requested',
      'expired reduce_only',
      'expired liquidation',
      'expired fill_or_kill',
    ];
    wanted.push('algo triggered', 'algo finished', 'algo rejected', 'algo expired', 'algo cancelled');
    wanted.push('funding_fee', 'insurance_clear', 'liquidation cross', 'liquidation isolated', 'insurance paid');
    expect(wanted.filter((kind) => !seen.has(kind))).toEqual([]);
  });
});
