import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asId } from '../domain/ids.ts';
import type { VenueSymbol } from '../domain/ids.ts';
import { decimal } from '../domain/decimal.ts';
import type { Price, Quantity } from '../domain/decimal.ts';
import { atoms } from './atoms.ts';
import { Auditor, text } from '../testkit/matching/auditor.ts';
import { spotInstrument, START_MS } from '../testkit/matching/builders.ts';
import { Venue } from './venue.ts';
import type { OrderRequest, VenueEvent } from './venue-types.ts';

const ACCOUNTS = ['ann', 'bob', 'cat'] as const;
const BASES = ['BTC', 'ETH', 'BNB'] as const;

// ETHBTC has a tick and a step whose product is finer than an atom: its notionals are cut.
const INSTRUMENTS = [
  spotInstrument(),
  spotInstrument(
    { symbol: asId<VenueSymbol>('ETHBTC'), base: 'ETH', quote: 'BTC' },
    { tick: decimal('0.00001') as Price, step: decimal('0.0001') as Quantity },
  ),
  spotInstrument({ symbol: asId<VenueSymbol>('BNBUSDT'), base: 'BNB', quote: 'USDT' }),
];

const accountId = fc.constantFrom(...ACCOUNTS);
const instrument = fc.constantFrom(...INSTRUMENTS);
/** Prices of a few ticks around 1, so that orders meet often. */
const ticks = fc.integer({ min: 90, max: 110 });
const steps = fc.integer({ min: 1, max: 50 });

const placing = fc.record({
  type: fc.constant('place' as const),
  accountId,
  instrument,
  isBuy: fc.boolean(),
  ticks,
  steps,
  kind: fc.constantFrom(
    'limit',
    'limit',
    'limit',
    'ioc',
    'fok',
    'post',
    'market',
    'quote',
    'stop',
    'stop_limit',
    'target',
  ),
  triggerTicks: ticks,
  prevention: fc.constantFrom('none', 'expire_taker', 'expire_maker', 'expire_both'),
});
const operation = fc.oneof(
  { weight: 6, arbitrary: placing },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('cancel' as const), accountId, pick: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('oco' as const),
      accountId,
      instrument,
      isBuy: fc.boolean(),
      steps,
      near: fc.integer({ min: 1, max: 5 }),
      far: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('quote' as const), instrument, ticks, size: fc.nat(30) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('depth' as const),
      instrument,
      ticks,
      sizes: fc.array(fc.nat(30), { minLength: 4, maxLength: 4 }),
      isSnapshot: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('trade' as const),
      instrument,
      ticks,
      size: fc.integer({ min: 1, max: 30 }),
      buyerIsTaker: fc.boolean(),
    }),
  },
);
type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

const tickOf = ({ rules }: (typeof INSTRUMENTS)[number]) => atoms(rules.tick);
const stepOf = ({ rules }: (typeof INSTRUMENTS)[number]) => atoms(rules.step);

function requestOf(op: Extract<Operation, { type: 'place' }>, number: number): OrderRequest {
  const price = BigInt(op.ticks) * tickOf(op.instrument);
  const trigger = {
    type: 'fixed' as const,
    price: BigInt(op.triggerTicks) * tickOf(op.instrument),
    source: 'last' as const,
  };
  const limit = { type: 'limit' as const, price, timeInForce: 'GTC' as const, postOnly: false };
  const quantity = BigInt(op.steps) * stepOf(op.instrument);
  const plain: OrderRequest = {
    accountId: op.accountId,
    symbol: op.instrument.symbol,
    clientOrderId: `c${number}`,
    side: op.isBuy ? 'buy' : 'sell',
    size: { type: 'quantity', quantity },
    execution: limit,
    trigger: null,
    positionSide: 'both',
    reduceOnly: false,
    selfTradePrevention: op.prevention,
  };
  switch (op.kind) {
    case 'ioc':
      return { ...plain, execution: { ...limit, timeInForce: 'IOC' } };
    case 'fok':
      return { ...plain, execution: { ...limit, timeInForce: 'FOK' } };
    case 'post':
      return { ...plain, execution: { ...limit, postOnly: true } };
    case 'market':
      return { ...plain, execution: { type: 'market' } };
    case 'quote':
      return { ...plain, execution: { type: 'market' }, size: { type: 'quote', quoteQuantity: quantity } };
    case 'stop':
      return { ...plain, execution: { type: 'market' }, trigger: { ...trigger, kind: 'stop' } };
    case 'stop_limit':
      return { ...plain, trigger: { ...trigger, kind: 'stop' } };
    case 'target':
      return { ...plain, trigger: { ...trigger, kind: 'take_profit' } };
    default:
      return plain;
  }
}

function placeOco(venue: Venue, op: Extract<Operation, { type: 'oco' }>, number: number): void {
  const last = venue.views.prices(op.instrument.symbol).last;
  if (last === null) return;
  const tick = tickOf(op.instrument);
  const above = last + BigInt(op.isBuy ? op.far : op.near) * tick;
  const below = last - BigInt(op.isBuy ? op.near : op.far) * tick;
  const limit = (price: bigint) => ({
    clientOrderId: `l${number}`,
    execution: { type: 'limit' as const, price, timeInForce: 'GTC' as const, postOnly: true },
    trigger: null,
  });
  const stop = (price: bigint) => ({
    clientOrderId: `s${number}`,
    execution: { type: 'limit' as const, price, timeInForce: 'GTC' as const, postOnly: false },
    trigger: { type: 'fixed' as const, kind: 'stop' as const, price, source: 'last' as const },
  });
  venue.placeOco({
    accountId: op.accountId,
    symbol: op.instrument.symbol,
    listClientOrderId: `list${number}`,
    side: op.isBuy ? 'buy' : 'sell',
    quantity: BigInt(op.steps) * stepOf(op.instrument),
    above: op.isBuy ? stop(above) : limit(above),
    below: op.isBuy ? limit(below) : stop(below),
    selfTradePrevention: 'none',
  });
}

function apply(venue: Venue, op: Operation, number: number): void {
  if (op.type === 'place') return void venue.placeOrder(requestOf(op, number));
  if (op.type === 'oco') return placeOco(venue, op, number);
  if (op.type === 'cancel') {
    const open = venue.views.openOrders(op.accountId, null);
    const order = open[op.pick % Math.max(open.length, 1)];
    if (order === undefined) return;
    const { symbol, orderId } = order;
    return void venue.cancelOrder({ accountId: op.accountId, symbol, id: { orderId } });
  }
  const { symbol } = op.instrument;
  const tick = Number(tickOf(op.instrument)) / 1e8;
  const step = Number(stepOf(op.instrument)) / 1e8;
  const [price, above] = [op.ticks * tick, (op.ticks + 1) * tick];
  if (op.type === 'trade') {
    return venue.trade({ symbol, price, quantity: op.size * step, buyerIsTaker: op.buyerIsTaker });
  }
  if (op.type === 'quote') {
    return venue.quote({ symbol, bid: price, bidQuantity: op.size * step, ask: above, askQuantity: op.size * step });
  }
  const [a = 0, b = 0, c = 0, d = 0] = op.sizes.map((size) => size * step);
  const bids = [[price, a] as const, [price - tick, b] as const];
  const asks = [[above, c] as const, [above + tick, d] as const];
  venue.depth({ symbol, bids, asks, isSnapshot: op.isSnapshot });
}

/** Runs operations and audits after each; returns everything that was told. */
function run(operations: readonly Operation[], options: { slippageBeyondBookBps: number | null }): VenueEvent[] {
  const auditor = new Auditor('spot');
  const events: VenueEvent[] = [];
  const onEvent = (event: VenueEvent): void => {
    events.push(event);
    auditor.hear(event);
  };
  const venue = new Venue({ market: 'spot', startMs: START_MS, onEvent, ...options });
  for (const listed of INSTRUMENTS) venue.list({ instrument: listed });
  for (const id of ACCOUNTS) {
    const feeToken = id === 'ann' ? { asset: 'BNB', discount: atoms('0.25') } : null;
    venue.openAccount(id, { makerRate: atoms('0.00075'), takerRate: atoms('0.001'), feeToken });
    for (const [asset, amount] of [...BASES.map((base) => [base, '0.3'] as const), ['USDT', '0.4'] as const]) {
      venue.deposit(id, asset, atoms(amount));
      auditor.transfer(id, asset, atoms(amount));
    }
  }
  venue.setFeeTokenPrice('USDT', 1);
  operations.forEach((op, number) => {
    venue.advanceTo(START_MS + number * 10);
    apply(venue, op, number);
    auditor.check(venue, ACCOUNTS);
  });
  for (const id of ACCOUNTS) venue.cancelAllOrders(id, null);
  auditor.check(venue, ACCOUNTS);
  for (const id of ACCOUNTS) for (const { locked } of venue.views.balances(id)) expect(locked).toBe(0n);
  return events;
}

const operations = fc.array(operation, { minLength: 20, maxLength: 120 });
const slippage = fc.constantFrom(null, 5);

describe('a spot venue under random operations', () => {
  it('keeps every rule of trading, and money to the last digit', () => {
    fc.assert(
      fc.property(operations, slippage, (ops, slippageBeyondBookBps) => {
        run(ops, { slippageBeyondBookBps });
      }),
      { numRuns: 300 },
    );
  });

  it('tells the same tape for the same operations, byte for byte', () => {
    fc.assert(
      fc.property(operations, (ops) => {
        const tape = () => run(ops, { slippageBeyondBookBps: 5 }).map(text).join('\n');
        expect(tape()).toBe(tape());
      }),
      { numRuns: 30 },
    );
  });

  it('reaches what the rules are about: fills of every kind, lists, triggers, self-trades, refusals for lack of funds', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(operations, (ops) => {
        for (const event of run(ops, { slippageBeyondBookBps: null })) {
          if (event.type !== 'order') continue;
          const { order, fill, change, cause } = event;
          seen.add(`${change} ${cause ?? ''}`.trim());
          if (fill?.isMaker && order.orderListId !== null) seen.add('list fill');
          if (fill?.commissionAsset === 'BNB' && order.symbol === 'BTCUSDT') seen.add('token fee');
          if (fill && order.quoteQuantity !== null) seen.add('quote fill');
        }
      }),
      { numRuns: 200, seed: 1 },
    );
    const wanted = ['new', 'trade', 'triggered', 'cancelled requested', 'expired no_liquidity', 'expired fill_or_kill'];
    wanted.push('expired_in_match self_trade', 'expired list', 'list fill', 'token fee', 'quote fill');
    expect(wanted.filter((kind) => !seen.has(kind))).toEqual([]);
  });
});
