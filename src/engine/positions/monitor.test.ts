import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal, Decimal, price, priceFromMarketData, quantity, ZERO_QUANTITY } from '../../domain/decimal.ts';
import type { Price, Quantity } from '../../domain/decimal.ts';
import { asId } from '../../domain/ids.ts';
import type { OrderId } from '../../domain/ids.ts';
import type { Level } from '../../domain/levels.ts';
import { applyFill, averageEntryPrice } from '../../domain/position/ledger.ts';
import type { CloseReason, Position, PositionSide, PositionTarget } from '../../domain/position/position.ts';
import { withProtection } from '../../domain/position/protection.ts';
import { fill } from '../../testkit/builders/fills.ts';
import { exchangeRules, instrument } from '../../testkit/builders/instruments.ts';
import { openedPosition } from '../../testkit/builders/positions.ts';
import type { MonitorDecision } from './decision.ts';
import { PositionMonitor } from './monitor.ts';
import type { WatchTerms } from './watch.ts';

const SYMBOL = fill().symbol;
const BTC = instrument({ market: 'futures', rules: exchangeRules({ step: quantity('0.001') }) });
const TERMS: WatchTerms = { instrument: BTC, atr: decimal('1.37'), exitsInFlight: ZERO_QUANTITY };
const START = fill().time;

function monitorOf(...positions: readonly Position[]): PositionMonitor {
  const monitor = new PositionMonitor({
    fallbackStop: { kind: 'percent', percent: decimal('3') },
    venueGraceMs: 3_000,
  });
  for (const position of positions) monitor.put(position, TERMS);
  return monitor;
}

interface Sketch {
  readonly side: PositionSide;
  readonly size: string;
  readonly stop: string;
  readonly targets: readonly { readonly price: string; readonly part: Decimal }[];
  readonly trailing: Level | null;
  readonly breakEven: string | null;
}

const PLAIN: Sketch = { side: 'long', size: '3', stop: '98', targets: [], trailing: null, breakEven: null };

/** A position entered at 100. */
function positionOf(fields: Partial<Sketch> = {}): Position {
  const { side, size, stop, targets, trailing, breakEven } = { ...PLAIN, ...fields };
  return openedPosition(fill({ market: 'futures', side: side === 'long' ? 'buy' : 'sell', quantity: size }), {
    stopPrice: price(stop),
    initialRisk: decimal(stop).minus(100).abs(),
    plan: {
      targets: targets.map((target) => ({
        price: price(target.price),
        part: target.part,
        orderId: null,
        reachedAt: null,
      })),
      trailing,
      breakEvenAt: breakEven === null ? null : price(breakEven),
      closeAt: null,
      stopIsDefault: false,
    },
  });
}

type Exit = readonly [quantity: string, reason: CloseReason, target: number | null];

function exitsOf(decisions: readonly MonitorDecision[]): Exit[] {
  return decisions.flatMap((decision): Exit[] =>
    decision.kind === 'close' ? [[decision.quantity.toFixed(), decision.reason, decision.target]] : [],
  );
}

/** The exit rules once more, in nothing but Decimal, looking at every price. */
class BruteForce {
  readonly #position: Position;
  readonly #isLong: boolean;
  #best: Decimal;
  stop: Decimal;
  #open: Decimal;
  readonly #taken = new Set<number>();

  constructor(position: Position) {
    this.#position = position;
    this.#isLong = position.side === 'long';
    this.#best = new Decimal(100);
    this.stop = position.protection.stopPrice ?? new Decimal(NaN);
    this.#open = position.quantity;
  }

  #onTick(exact: Decimal): Decimal {
    return exact.dividedBy('0.01')[this.#isLong ? 'floor' : 'ceil']().times('0.01');
  }

  #tighten(to: Decimal): void {
    this.stop = this.#isLong ? Decimal.max(this.stop, to) : Decimal.min(this.stop, to);
  }

  #isGain(at: Decimal, level: Decimal): boolean {
    return this.#isLong ? at.gte(level) : at.lte(level);
  }

  see(at: Decimal): Exit[] {
    if (this.#open.isZero()) return [];
    const { trailing, breakEvenAt, targets } = this.#position.plan;
    if (this.#isGain(at, this.#best)) this.#best = at;
    if (trailing !== null && trailing.kind !== 'price') {
      const distance =
        trailing.kind === 'percent'
          ? this.#best.times(trailing.percent).dividedBy(100)
          : trailing.multiple.times(trailing.kind === 'atr' ? '1.37' : (this.#position.initialRisk ?? NaN));
      this.#tighten(this.#onTick(this.#isLong ? this.#best.minus(distance) : this.#best.plus(distance)));
    }
    if (this.#isGain(this.stop, at)) {
      const first = this.#position.protection.stopPrice ?? new Decimal(0);
      const moved = this.stop.equals(100) ? 'break_even' : trailing && !this.stop.equals(first) ? 'trailing' : 'stop';
      const exit: Exit = [this.#open.toFixed(), moved, null];
      this.#open = new Decimal(0);
      return [exit];
    }
    if (breakEvenAt !== null && this.#isGain(this.#best, breakEvenAt)) this.#tighten(new Decimal(100));
    return targets.flatMap((target, index) => this.#takeTarget(target, index, at));
  }

  #takeTarget(target: PositionTarget, index: number, at: Decimal): Exit[] {
    if (this.#taken.has(index) || !this.#isGain(at, target.price)) return [];
    this.#taken.add(index);
    const isLast = index === this.#position.plan.targets.length - 1;
    const steps = this.#position.totals.entryQuantity.times(target.part).times(1000).toDecimalPlaces(15).floor();
    const amount = isLast ? this.#open : Decimal.min(steps.dividedBy(1000), this.#open);
    this.#open = this.#open.minus(amount);
    return amount.isZero() ? [] : [[amount.toFixed(), 'target', index]];
  }
}

const arbitraryTrailing: fc.Arbitrary<Level | null> = fc.option(
  fc.oneof(
    fc.integer({ min: 1, max: 500 }).map((bps): Level => ({ kind: 'percent', percent: decimal(String(bps / 100)) })),
    fc.integer({ min: 1, max: 30 }).map((tenths): Level => ({ kind: 'atr', multiple: decimal(String(tenths / 10)) })),
    fc.integer({ min: 1, max: 30 }).map((tenths): Level => ({ kind: 'r', multiple: decimal(String(tenths / 10)) })),
  ),
  { nil: null },
);

/** Distances from the entry in ticks of 0.01 on either side. */
const arbitraryPosition: fc.Arbitrary<Position> = fc
  .record({
    side: fc.constantFrom<PositionSide>('long', 'short'),
    thousandths: fc.integer({ min: 1, max: 5_000 }),
    stopTicks: fc.integer({ min: 1, max: 600 }),
    targetTicks: fc.uniqueArray(fc.integer({ min: 1, max: 800 }), { maxLength: 4 }),
    weights: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 }),
    trailing: arbitraryTrailing,
    breakEvenTicks: fc.option(fc.integer({ min: 1, max: 400 }), { nil: null }),
  })
  .map(({ side, thousandths, stopTicks, targetTicks, weights, trailing, breakEvenTicks }) => {
    const at = (ticks: number): string =>
      new Decimal(100).plus(new Decimal(side === 'long' ? ticks : -ticks).times('0.01')).toFixed();
    const shares = weights.slice(0, targetTicks.length);
    const sum = shares.reduce((total, share) => total + share, 0);
    return positionOf({
      side,
      size: new Decimal(thousandths).dividedBy(1000).toFixed(),
      stop: at(-stopTicks),
      targets: targetTicks
        .toSorted((a, b) => a - b)
        .map((ticks, index) => ({ price: at(ticks), part: new Decimal(shares[index] ?? 1).dividedBy(sum) })),
      trailing,
      breakEven: breakEvenTicks === null ? null : at(breakEvenTicks),
    });
  });

/** The next price of a path: a number, or so many ticks before (above zero) or beyond the stop as it stands then. */
type Move = { readonly to: number } | { readonly ticksBeforeStop: number };

/** A walk around 100: mostly on the tick as a venue's prices are, sometimes any float, sometimes at the very stop. */
const arbitraryPath: fc.Arbitrary<readonly Move[]> = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.record({ ticks: fc.integer({ min: -150, max: 150 }), off: fc.constant(0) }) },
      { weight: 1, arbitrary: fc.record({ ticks: fc.constant(0), off: fc.double({ min: -1, max: 1, noNaN: true }) }) },
      { weight: 1, arbitrary: fc.record({ ticksBeforeStop: fc.integer({ min: 0, max: 2 }) }) },
    ),
    { maxLength: 120 },
  )
  .map((moves) => {
    let ticks = 10_000;
    return moves.map((move): Move => {
      if ('ticksBeforeStop' in move) return move;
      ticks = Math.max(8_000, Math.min(12_000, ticks + move.ticks));
      return { to: move.off === 0 ? Number((ticks / 100).toFixed(2)) : (ticks + move.off) / 100 };
    });
  });

function priceOf(move: Move, stop: Decimal, side: PositionSide): number {
  if ('to' in move) return move.to;
  const before = new Decimal(move.ticksBeforeStop).times('0.01');
  return Number((side === 'long' ? stop.plus(before) : stop.minus(before)).toFixed(2));
}

describe('the position monitor', () => {
  it('decides on every path what a monitor in Decimal that looks at every price decides', () => {
    fc.assert(
      fc.property(arbitraryPosition, arbitraryPath, (position, path) => {
        const monitor = monitorOf(position);
        const brute = new BruteForce(position);
        for (const [step, move] of path.entries()) {
          const seen = priceOf(move, brute.stop, position.side);
          const decided = exitsOf(monitor.price(SYMBOL, seen, START + step));
          expect(decided).toEqual(brute.see(priceFromMarketData(seen)));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('decides the same when the position comes back after every fill and moved stop', () => {
    fc.assert(
      fc.property(arbitraryPosition, arbitraryPath, (position, path) => {
        const monitor = monitorOf(position);
        const brute = new BruteForce(position);
        let book = position;
        for (const [step, move] of path.entries()) {
          const seen = priceOf(move, brute.stop, position.side);
          const at = START + step;
          const decisions = monitor.price(SYMBOL, seen, at);
          expect(exitsOf(decisions)).toEqual(brute.see(priceFromMarketData(seen)));
          const moved = step % 3 === 0 ? monitor.movedStops() : [];
          for (const decision of [...decisions, ...moved]) book = carriedOut(book, decision, priceFromMarketData(seen));
          monitor.put(book, TERMS);
          if (book.state.status !== 'open') return;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('knows a stop for every open position at any time, and only ever tightens it', () => {
    fc.assert(
      fc.property(arbitraryPosition, arbitraryPath, fc.array(fc.boolean()), (position, path, puts) => {
        const monitor = monitorOf(position);
        const { side } = position;
        let last = monitor.stopOf(position.id);
        for (const [step, move] of path.entries()) {
          monitor.price(SYMBOL, priceOf(move, last ?? new Decimal(NaN), side), START + step);
          // The book lags behind: its version still has the first stop.
          if (puts[step] === true) monitor.put(position, { ...TERMS, atr: decimal(String(1 + (step % 7))) });
          const stop = monitor.stopOf(position.id);
          if (stop === null || last === null) throw new Error('an open position without a stop');
          expect(side === 'long' ? stop.gte(last) : stop.lte(last)).toBe(true);
          last = stop;
        }
      }),
    );
  });

  it('never closes more than is open and not on its way already', () => {
    const inFlight = fc.integer({ min: 0, max: 5_000 });
    fc.assert(
      fc.property(arbitraryPosition, arbitraryPath, inFlight, (position, path, thousandths) => {
        const exitsInFlight = Decimal.min(position.quantity, new Decimal(thousandths).dividedBy(1000)) as Quantity;
        const monitor = monitorOf();
        monitor.put(position, { ...TERMS, exitsInFlight });
        const decisions = path.flatMap((move, step) =>
          monitor.price(
            SYMBOL,
            priceOf(move, monitor.stopOf(position.id) ?? new Decimal(NaN), position.side),
            START + step,
          ),
        );
        const late = monitor.time(START, () => 100);
        const closed = exitsOf([...decisions, ...late]).reduce((sum, [amount]) => sum.plus(amount), new Decimal(0));
        expect(closed.plus(exitsInFlight).lte(position.quantity)).toBe(true);
      }),
    );
  });

  it('closes the whole position, part by part, once every target is reached', () => {
    fc.assert(
      fc.property(arbitraryPosition, (position) => {
        fc.pre(position.plan.targets.length > 0);
        const plan = { ...position.plan, trailing: null, breakEvenAt: null };
        const monitor = monitorOf({ ...position, plan });
        const exits = plan.targets.flatMap((target) => exitsOf(monitor.price(SYMBOL, target.price.toNumber(), START)));
        const sum = exits.reduce((total, [amount]) => total.plus(amount), new Decimal(0));
        expect(sum.toFixed()).toBe(position.quantity.toFixed());
      }),
    );
  });

  it('decides an exit again only after the position came back', () => {
    const position = positionOf();
    const monitor = monitorOf(position);
    expect(exitsOf(monitor.price(SYMBOL, 97, START))).toEqual([['3', 'stop', null]]);
    expect(monitor.price(SYMBOL, 96, START)).toEqual([]);
    monitor.put(position, TERMS);
    expect(exitsOf(monitor.price(SYMBOL, 96, START))).toEqual([['3', 'stop', null]]);
  });

  it('passes over what is no price, and counts it', () => {
    const monitor = monitorOf(
      positionOf({ side: 'short', stop: '102', trailing: { kind: 'percent', percent: decimal('1') } }),
    );
    for (const wrong of [NaN, 0, -5, Infinity, -Infinity]) expect(monitor.price(SYMBOL, wrong, START)).toEqual([]);
    expect(monitor.refusedPrices).toBe(5);
    expect(monitor.price(SYMBOL, 100.5, START)).toEqual([]);
    expect(monitor.seen(positionOf().id)?.bestPrice.toFixed()).toBe('100');
  });

  it('gives a position that was never given a stop the fallback, or the emergency stop when that is unknown', () => {
    const bare = openedPosition(fill({ market: 'futures' }));
    expect(monitorOf().put(bare, TERMS)).toEqual([
      { kind: 'stop_moved', positionId: bare.id, stopPrice: price('97'), reason: 'fallback' },
    ]);
    const byAtr = new PositionMonitor({ fallbackStop: { kind: 'atr', multiple: decimal('2') }, venueGraceMs: 0 });
    byAtr.put(bare, { ...TERMS, atr: null });
    expect(byAtr.stopOf(bare.id)?.toFixed()).toBe('95');
  });

  it('books as dust what the exchange would not take', () => {
    const tiny = { ...positionOf(), quantity: quantity('0.0004') };
    expect(monitorOf(tiny).price(SYMBOL, 97, START)).toEqual([{ kind: 'dust', positionId: tiny.id, reason: 'stop' }]);
  });

  it('closes over the time limit, once', () => {
    const position = positionOf();
    const monitor = monitorOf({ ...position, plan: { ...position.plan, closeAt: START + 10 } });
    expect(monitor.time(START + 9, () => 100)).toEqual([]);
    expect(exitsOf(monitor.time(START + 10, () => NaN))).toEqual([['3', 'time_limit', null]]);
    expect(monitor.time(START + 11, () => 100)).toEqual([]);
  });

  it('leaves a stop at the exchange to the exchange, asks for it, and closes itself when it does not come', () => {
    const at = START;
    const guarded = withProtection(
      positionOf(),
      { guard: 'venue', stopPrice: price('98'), stopOrderId: asId<OrderId>('0order000000000000000001') },
      at,
    );
    const monitor = monitorOf(guarded);
    expect(monitor.price(SYMBOL, 97.9, at).map(({ kind }) => kind)).toEqual(['venue_stop_due']);
    expect(monitor.price(SYMBOL, 97.8, at + 2_999)).toEqual([]);
    expect(monitor.price(SYMBOL, 98.2, at + 3_100)).toEqual([]);
    expect(monitor.price(SYMBOL, 97.9, at + 9_000).map(({ kind }) => kind)).toEqual(['venue_stop_due']);
    expect(exitsOf(monitor.time(at + 12_000, () => 97.9))).toEqual([['3', 'stop', null]]);
  });

  it('closes by the last price when the stop at the exchange is lost and no other price comes', () => {
    const stop = {
      guard: 'venue',
      stopPrice: price('98'),
      stopOrderId: asId<OrderId>('0order000000000000000001'),
    } as const;
    const position = withProtection(positionOf(), stop, START);
    const monitor = monitorOf(position);
    expect(monitor.price(SYMBOL, 97.9, START).map(({ kind }) => kind)).toEqual(['venue_stop_due']);
    const lost = { guard: 'local', stopPrice: price('98'), cause: 'the stop at the exchange is expired' } as const;
    monitor.put(withProtection(position, lost, START), TERMS);
    expect(exitsOf(monitor.time(START + 1_000, () => 98.1))).toEqual([]);
    expect(exitsOf(monitor.time(START + 2_000, () => 97.9))).toEqual([['3', 'stop', null]]);
    expect(monitor.time(START + 3_000, () => 97.9)).toEqual([]);
  });

  it('closes itself where its own stop has trailed away from the one at the exchange', () => {
    const trailing = { kind: 'percent', percent: decimal('1') } as const;
    const resting = {
      guard: 'venue',
      stopPrice: price('98'),
      stopOrderId: asId<OrderId>('0order000000000000000001'),
    } as const;
    const monitor = monitorOf(withProtection(positionOf({ trailing }), resting, START));
    monitor.price(SYMBOL, 110, START);
    expect(exitsOf(monitor.price(SYMBOL, 108.9, START))).toEqual([['3', 'trailing', null]]);
  });

  it('tells a trailed stop once, and a stop at break-even at once', () => {
    const position = positionOf({ trailing: { kind: 'percent', percent: decimal('5') }, breakEven: '101' });
    const monitor = monitorOf(position);
    const moved = (stop: string, reason: string) => [
      { kind: 'stop_moved', positionId: position.id, stopPrice: price(stop), reason },
    ];
    expect(monitor.price(SYMBOL, 101, START)).toEqual(moved('100', 'break_even'));
    for (const seen of [106, 107, 108]) expect(monitor.price(SYMBOL, seen, START)).toEqual([]);
    expect(monitor.movedStops()).toEqual(moved('102.6', 'trailing'));
    expect(monitor.movedStops()).toEqual([]);
  });

  it('keeps best and worst price over the versions of a position', () => {
    const position = positionOf();
    const monitor = monitorOf(position);
    for (const seen of [103.5, 98.5, 101]) monitor.price(SYMBOL, seen, START);
    monitor.put(position, TERMS);
    const seen = monitor.seen(position.id);
    expect([seen?.bestPrice.toFixed(), seen?.worstPrice.toFixed()]).toEqual(['103.5', '98.5']);
  });

  it('watches several positions in one symbol, and forgets closed ones', () => {
    const one = positionOf();
    const other: Position = { ...positionOf({ stop: '95' }), id: asId('0position000000000000002') };
    const monitor = monitorOf(one, other);
    expect(monitor.price(SYMBOL, 94, START)).toHaveLength(2);
    monitor.put({ ...one, state: { status: 'closed', closedAt: START, reason: 'stop', dust: null } }, TERMS);
    expect(monitor.stopOf(one.id)).toBeNull();
    expect(monitor.stopOf(other.id)?.toFixed()).toBe('95');
  });
});

describe('the way to liquidation', () => {
  const position: Position = {
    ...positionOf(),
    futures: { leverage: 10, marginMode: 'isolated', liquidationPrice: price('90') },
  };
  const severities = (monitor: PositionMonitor, marks: readonly number[]): string[] =>
    marks.flatMap((mark) =>
      monitor.mark(SYMBOL, mark).map((alert) => (alert.kind === 'liquidation_near' ? alert.severity : alert.kind)),
    );

  it('is told once at half and once at a quarter of it, and again after it has been calm', () => {
    const marks = [99, 95.01, 95, 94, 92.5, 92, 95, 93, 97, 94];
    expect(severities(monitorOf(position), marks)).toEqual(['warning', 'critical', 'warning']);
  });

  it('is not told twice because the position came back', () => {
    const monitor = monitorOf(position);
    expect(severities(monitor, [94])).toEqual(['warning']);
    monitor.put(position, TERMS);
    expect(severities(monitor, [94, NaN])).toEqual([]);
  });

  it('is silent where the exchange names no liquidation price', () => {
    expect(severities(monitorOf(positionOf()), [50, 1])).toEqual([]);
  });
});

/** The book after a decision was carried out at a price. */
function carriedOut(position: Position, decision: MonitorDecision, at: Price): Position {
  if (decision.kind === 'stop_moved') {
    const guard = { guard: 'local', stopPrice: decision.stopPrice, cause: 'a test' } as const;
    return withProtection(position, guard, position.updatedAt);
  }
  if (decision.kind !== 'close' || averageEntryPrice(position) === null) return position;
  const targets = position.plan.targets.map((target, index) =>
    index === decision.target ? { ...target, reachedAt: position.updatedAt } : target,
  );
  const exit = fill({
    market: 'futures',
    side: position.side === 'long' ? 'sell' : 'buy',
    quantity: decision.quantity.toFixed(),
    price: at.toFixed(),
    venueTradeId: String(position.exits.length + 2),
  });
  const reduced = applyFill(position, exit, decision.reason).position;
  return { ...reduced, plan: { ...reduced.plan, targets } };
}
