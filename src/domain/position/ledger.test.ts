import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fee, fill } from '../../testkit/builders/fills.ts';
import { openedPosition } from '../../testkit/builders/positions.ts';
import { Decimal, money, price, quantity } from '../decimal.ts';
import type { Fee, Fill } from '../fill.ts';
import { asId } from '../ids.ts';
import type { Market } from '../instrument.ts';
import {
  applyFill,
  applyFunding,
  averageEntryPrice,
  boundCash,
  closeAsDust,
  marketValue,
  realizedPnl,
  removeVanished,
  unrealizedPnl,
  unrealizedPnlPct,
} from './ledger.ts';
import type { Position } from './position.ts';

// The brute-force ledger: exact fractions of whole numbers, and nothing but what was paid, received, held and taken away.

interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}
const whole = (count: bigint): Fraction => ({ over: count, under: 1n });
const plus = (a: Fraction, b: Fraction): Fraction => ({
  over: a.over * b.under + b.over * a.under,
  under: a.under * b.under,
});
const times = (a: Fraction, over: bigint, under = 1n): Fraction => ({ over: a.over * over, under: a.under * under });
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** Prices are whole ticks of 0.01, base units whole satoshis of 1e-8, quote amounts therefore of 1e-10. */
const TICK_DIGITS = 2;
const SATOSHI_DIGITS = 8;
const QUOTE_DIGITS = TICK_DIGITS + SATOSHI_DIGITS;
const decimalOf = (count: bigint, digits: number): Decimal =>
  new Decimal(count.toString()).dividedBy(new Decimal(10).pow(digits));
const quoteOf = ({ over, under }: Fraction): Decimal => decimalOf((over * 10n ** 50n) / under, QUOTE_DIGITS + 50);

interface Trade {
  readonly kind: 'fill';
  readonly side: 'buy' | 'sell';
  readonly ticks: bigint;
  readonly satoshis: bigint;
  readonly feeAsset: 'base' | 'quote' | 'third';
  /** Thousandths of what was traded; negative is a rebate. */
  readonly feePermille: bigint;
  /** Ticks for one unit of the third asset. */
  readonly thirdTicks: bigint;
}
type Happening =
  | Trade
  | { readonly kind: 'funding'; readonly amount: bigint }
  | { readonly kind: 'vanish'; readonly permille: bigint };

class BruteForceLedger {
  /** What the position's trades, fees and funding brought, 1e-10 quote units. */
  cash = whole(0n);
  /** Open satoshis by entry, oldest first. */
  queue: bigint[] = [];
  /** What the open units were entered for. */
  cost = whole(0n);
  vanished = 0n;
  readonly #market: Market;
  readonly #entrySide: 'buy' | 'sell';

  constructor(market: Market, entrySide: 'buy' | 'sell') {
    this.#market = market;
    this.#entrySide = entrySide;
  }

  get held(): bigint {
    return this.queue.reduce((sum, satoshis) => sum + satoshis, 0n);
  }

  /** Everything gained so far if the holding were turned into quote at `ticks`. */
  worthAt(ticks: bigint): Fraction {
    return plus(this.cash, whole(this.#direction * this.held * ticks));
  }

  trade(trade: Trade): void {
    const fees = feeSatoshis(trade);
    const baseFee = trade.feeAsset === 'base' && this.#market === 'spot' ? fees : 0n;
    if (baseFee === 0n) this.#pay(fees * (trade.feeAsset === 'third' ? trade.thirdTicks : trade.ticks));
    if (trade.side === this.#entrySide) {
      const added = trade.satoshis - baseFee;
      this.#pay(this.#direction * trade.satoshis * trade.ticks);
      this.cost = plus(this.cost, whole(added * trade.ticks));
      this.queue.push(added);
      return;
    }
    const own = least(trade.satoshis, this.held);
    const taken = least(trade.satoshis + baseFee, this.held);
    this.#pay(-this.#direction * own * trade.ticks);
    // The part of a fee in base that the holding cannot bear is paid from other holdings, at the price of the moment.
    this.#pay((own + baseFee - taken) * trade.ticks);
    this.#take(taken, 'oldest');
  }

  fund(amount: bigint): void {
    this.#pay(-amount);
  }

  /** Units leave as if exchanged for what they cost: neither gain nor loss. */
  vanish(satoshis: bigint): void {
    const taken = least(satoshis, this.held);
    const left = times(this.#take(taken, 'newest'), this.#direction);
    this.cash = plus(this.cash, left);
    this.vanished += taken;
  }

  get #direction(): bigint {
    return this.#entrySide === 'buy' ? 1n : -1n;
  }

  #pay(amount: bigint): void {
    this.cash = plus(this.cash, whole(-amount));
  }

  /** Takes units at their average cost, which is returned. */
  #take(satoshis: bigint, order: 'oldest' | 'newest'): Fraction {
    const { held } = this;
    const part = held === 0n ? whole(0n) : times(this.cost, satoshis, held);
    this.cost = plus(this.cost, times(part, -1n));
    let left = satoshis;
    const inOrder = order === 'oldest' ? this.queue : this.queue.toReversed();
    const kept = inOrder.map((lot) => {
      const taken = least(lot, left);
      left -= taken;
      return lot - taken;
    });
    this.queue = order === 'oldest' ? kept : kept.toReversed();
    return part;
  }
}

const feeSatoshis = (trade: Trade): bigint => (trade.satoshis * trade.feePermille) / 1000n;

/** The fee as a venue reports it. */
function feeOf(trade: Trade): Fee {
  const fees = feeSatoshis(trade);
  if (trade.feeAsset === 'quote') return fee('USDT', decimalOf(fees * trade.ticks, QUOTE_DIGITS).toFixed());
  const [asset, ticks] = trade.feeAsset === 'base' ? ['BTC', trade.ticks] : ['BNB', trade.thirdTicks];
  return fee(asset, decimalOf(fees, SATOSHI_DIGITS).toFixed(), decimalOf(ticks, TICK_DIGITS).toFixed());
}

const fillOf = (trade: Trade, market: Market, index: number): Fill =>
  fill({
    market,
    venueTradeId: String(index),
    side: trade.side,
    price: decimalOf(trade.ticks, TICK_DIGITS).toFixed(),
    quantity: decimalOf(trade.satoshis, SATOSHI_DIGITS).toFixed(),
    fee: feeOf(trade),
    time: index,
  });

const tradeBy = (side: fc.Arbitrary<Trade['side']>): fc.Arbitrary<Trade> =>
  fc.record({
    kind: fc.constant('fill'),
    side,
    ticks: fc.bigInt({ min: 1n, max: 10_000_000n }),
    satoshis: fc.oneof(fc.bigInt({ min: 100n, max: 900n }), fc.bigInt({ min: 100n, max: 10n ** 11n })),
    feeAsset: fc.constantFrom('base', 'quote', 'third'),
    feePermille: fc.bigInt({ min: -5n, max: 100n }),
    thirdTicks: fc.bigInt({ min: 1n, max: 100_000n }),
  });

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { arbitrary: tradeBy(fc.constantFrom('buy', 'sell')), weight: 8 },
  { arbitrary: fc.record({ kind: fc.constant('funding'), amount: fc.bigInt(-(10n ** 12n), 10n ** 12n) }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('vanish'), permille: fc.bigInt(1n, 1100n) }), weight: 1 },
);

const story = fc
  .constantFrom<{ market: Market; side: Trade['side'] }>(
    { market: 'spot', side: 'buy' },
    { market: 'futures', side: 'buy' },
    { market: 'futures', side: 'sell' },
  )
  .chain(({ market, side }) =>
    fc.record({
      market: fc.constant(market),
      entry: tradeBy(fc.constant(side)),
      happenings: fc.array(happening, { maxLength: 14 }),
      markTicks: fc.bigInt({ min: 1n, max: 10_000_000n }),
    }),
  );
type Story = typeof story extends fc.Arbitrary<infer Value> ? Value : never;

/** Tells a story to both ledgers until the position is closed, and shows both after each happening. */
function tell({ market, entry, happenings }: Story, show: (position: Position, truth: BruteForceLedger) => void): void {
  const truth = new BruteForceLedger(market, entry.side);
  let position = openedPosition(fillOf(entry, market, 0));
  truth.trade(entry);
  show(position, truth);
  for (const [index, one] of happenings.entries()) {
    if (position.state.status !== 'open') return;
    if (one.kind === 'fill') {
      const heldBefore = truth.held;
      const outcome = applyFill(position, fillOf(one, market, index + 1), 'signal');
      position = outcome.position;
      truth.trade(one);
      const beyond = one.side === entry.side ? 0n : one.satoshis - least(one.satoshis, heldBefore);
      expect(outcome.excess).toEqual(decimalOf(beyond, SATOSHI_DIGITS));
    } else if (one.kind === 'funding') {
      position = applyFunding(position, money(decimalOf(one.amount, QUOTE_DIGITS)), index + 1);
      truth.fund(one.amount);
    } else {
      const satoshis = (truth.held * one.permille) / 1000n;
      position = removeVanished(position, quantity(decimalOf(satoshis, SATOSHI_DIGITS)), index + 1);
      truth.vanish(satoshis);
    }
    show(position, truth);
  }
}

/** Equal but for the rounding of divisions at 40 digits, measured against the largest amounts that took part. */
function expectAlike(given: Decimal, meant: Decimal, scale: Decimal): void {
  const allowed = scale.abs().plus(1).times('1e-36');
  expect(given.minus(meant).abs().lessThanOrEqualTo(allowed), `${given.toFixed()} is not ${meant.toFixed()}`).toBe(
    true,
  );
}

describe('a position beside a brute-force ledger, over random trades, fees, funding and losses of units', () => {
  it('gains, realised and not yet realised, exactly what the cash flows and the holding are worth', () => {
    fc.assert(
      fc.property(story, (told) => {
        const mark = price(decimalOf(told.markTicks, TICK_DIGITS));
        tell(told, (position, truth) => {
          const { entryNotional, exitNotional, funding } = position.totals;
          const scale = entryNotional.plus(exitNotional).plus(funding.abs()).plus(position.quantity.times(mark));
          const gained = realizedPnl(position).plus(unrealizedPnl(position, mark));
          expectAlike(gained, quoteOf(truth.worthAt(told.markTicks)), scale);
        });
      }),
    );
  });

  it('holds to the last satoshi what was entered and not yet sold or lost, in lots that add up to it', () => {
    fc.assert(
      fc.property(story, (told) => {
        tell(told, (position, truth) => {
          expect(position.quantity).toEqual(decimalOf(truth.held, SATOSHI_DIGITS));
          expect(position.lots.map((lot) => lot.remainingQuantity)).toEqual(
            truth.queue.map((satoshis) => decimalOf(satoshis, SATOSHI_DIGITS)),
          );
          const { entryQuantity, exitQuantity } = position.totals;
          const unaccounted = entryQuantity.minus(exitQuantity).minus(position.quantity);
          expect(unaccounted).toEqual(decimalOf(truth.vanished, SATOSHI_DIGITS));
        });
      }),
    );
  });

  it('keeps the cost of the open part at the average, which no reduction changes', () => {
    fc.assert(
      fc.property(story, (told) => {
        let before: Position | null = null;
        tell(told, (position, truth) => {
          expectAlike(position.openCost, quoteOf(truth.cost), position.totals.entryNotional);
          const average = averageEntryPrice(position);
          const grew = before !== null && position.lots.length > before.lots.length;
          const previous = before === null || grew ? null : averageEntryPrice(before);
          // What rounding does to the cost of everything shows in the average of the little that is left.
          const scale = average && position.totals.entryNotional.dividedBy(position.quantity);
          if (average !== null && previous !== null && scale !== null) expectAlike(average, previous, scale);
          before = position;
        });
      }),
    );
  });

  it('is open exactly while something is held, and its sums never turn back', () => {
    fc.assert(
      fc.property(story, (told) => {
        let before: Position | null = null;
        tell(told, (position) => {
          expect(position.state.status === 'open').toBe(position.quantity.greaterThan(0));
          expect(position.openCost.isNegative()).toBe(false);
          for (const lot of position.lots) {
            expect(lot.remainingQuantity.isNegative()).toBe(false);
            expect(lot.remainingQuantity.greaterThan(lot.openedQuantity)).toBe(false);
          }
          for (const sum of ['entryQuantity', 'entryNotional', 'exitQuantity', 'exitNotional'] as const) {
            expect(before?.totals[sum].greaterThan(position.totals[sum]) ?? false).toBe(false);
          }
          before = position;
        });
      }),
    );
  });

  it('has exits that add up to its sums', () => {
    fc.assert(
      fc.property(story, (told) => {
        tell(told, ({ exits, totals }) => {
          const sum = (of: (exit: Position['exits'][number]) => Decimal): Decimal =>
            exits.reduce((total, exit) => total.plus(of(exit)), new Decimal(0));
          expect(sum((exit) => exit.quantity)).toEqual(totals.exitQuantity);
          expect(sum((exit) => exit.quantity.times(exit.price))).toEqual(totals.exitNotional);
          expectAlike(
            sum((exit) => exit.grossPnl),
            totals.grossPnl,
            totals.entryNotional.plus(totals.exitNotional),
          );
        });
      }),
    );
  });

  it('is worth its units at the mark on spot', () => {
    fc.assert(
      fc.property(story, (told) => {
        const mark = price(decimalOf(told.markTicks, TICK_DIGITS));
        tell(told, (position) => {
          if (position.market === 'futures') return;
          const units = position.quantity.times(mark);
          expectAlike(marketValue(position, mark), units, units.plus(position.openCost));
        });
      }),
    );
  });
});

describe('the ledger of a position', () => {
  const bought = (units: string, at = '100', fields = {}): Fill => fill({ quantity: units, price: at, ...fields });
  const sold = (units: string, at = '100', fields = {}): Fill =>
    fill({ side: 'sell', venueTradeId: '2', quantity: units, price: at, ...fields });

  it('counts a fee in base at the fill price, whatever the venue says it is worth', () => {
    const position = openedPosition(bought('1', '100', { fee: fee('BTC', '0.001', '250') }));
    expect(position.quantity.toFixed()).toBe('0.999');
    expect(position.totals.fees.toFixed()).toBe('0.1');
  });

  it('does not shrink by a fee in base on futures, where fees come from the wallet', () => {
    const entry = bought('1', '600', { market: 'futures', fee: fee('BTC', '0.001', '600') });
    const position = openedPosition(entry);
    expect(position.quantity.toFixed()).toBe('1');
    expect(position.totals.fees.toFixed()).toBe('0.6');
  });

  it('closes with the reason of its last exit, as liquidated when the venue took it', () => {
    const closed = applyFill(openedPosition(), sold('1'), 'target').position;
    expect(closed.state).toEqual({ status: 'closed', closedAt: sold('1').time, reason: 'target', dust: null });
    expect(applyFill(openedPosition(), sold('1'), 'liquidation').position.state.status).toBe('liquidated');
  });

  it('keeps what is too small to sell as dust at its cost, so that the profit is that of what was sold', () => {
    const almost = applyFill(openedPosition(bought('1.0005')), sold('1', '110'), 'target').position;
    const closed = closeAsDust(almost, 'target', 9);
    expect(closed.state).toMatchObject({ status: 'closed', closedAt: 9, reason: 'target' });
    expect(closed.state).toMatchObject({ dust: { quantity: quantity('0.0005'), cost: money('0.05') } });
    expect(closed.quantity.isZero() && closed.openCost.isZero()).toBe(true);
    expect(closed.lots.map((lot) => lot.remainingQuantity.toFixed())).toEqual(['0']);
    expect(realizedPnl(closed).toFixed()).toBe('10');
  });

  it('ends as external, without a profit, when all of it vanished', () => {
    const gone = removeVanished(openedPosition(), quantity('5'), 9);
    expect(gone.state).toEqual({ status: 'closed', closedAt: 9, reason: 'external', dust: null });
    expect(realizedPnl(gone).isZero()).toBe(true);
  });

  it('takes nothing more once it is closed, but for late funding', () => {
    const closed = applyFill(openedPosition(), sold('1'), 'stop').position;
    expect(() => applyFill(closed, sold('1'), 'stop')).toThrow(/sell 1 BTCUSDT .* after the close/);
    expect(() => closeAsDust(closed, 'stop', 9)).toThrow(/after the close/);
    expect(() => removeVanished(closed, quantity('1'), 9)).toThrow(/after the close/);
    expect(applyFunding(closed, money('-0.5'), 9)).toMatchObject({ state: closed.state });
  });

  it('refuses fills of another symbol or market, sales out of nothing on spot, and fills that are all fee', () => {
    expect(() => applyFill(openedPosition(), sold('1', '100', { symbol: asId('ETHUSDT') }), 'stop')).toThrow(/ETHUSDT/);
    expect(() => applyFill(openedPosition(), sold('1', '100', { market: 'futures' }), 'stop')).toThrow(/futures/);
    expect(() => openedPosition(sold('1'))).toThrow(/what is not held/);
    expect(() => openedPosition(bought('1', '100', { fee: fee('BTC', '1', '100') }))).toThrow(/all fee/);
  });

  it('binds the initial margin on futures, which its profit adds to', () => {
    const entry = bought('2', '100', { market: 'futures' });
    const long = openedPosition(entry, { futures: { leverage: 5, marginMode: 'isolated', liquidationPrice: null } });
    expect(boundCash(long).toFixed()).toBe('40');
    expect(marketValue(long, price('110')).toFixed()).toBe('60');
  });

  it('shows the unrealised profit as a percentage of the margin', () => {
    const entry = bought('2', '100', { market: 'futures' });
    const futures = { leverage: 5, marginMode: 'isolated', liquidationPrice: null } as const;
    const long = openedPosition(entry, { futures });
    expect(unrealizedPnlPct(long, price('110')).toFixed()).toBe('50');
    const short = openedPosition({ ...entry, side: 'sell' }, { futures });
    expect(unrealizedPnlPct(short, price('110')).toFixed()).toBe('-50');
  });
});
