import { Decimal, decimal, price, ZERO_QUANTITY } from '../src/domain/decimal.ts';
import { asId } from '../src/domain/ids.ts';
import type { VenueSymbol } from '../src/domain/ids.ts';
import type { Level } from '../src/domain/levels.ts';
import type { Position, PositionTarget } from '../src/domain/position/position.ts';
import { PositionMonitor } from '../src/engine/positions/monitor.ts';
import type { WatchTerms } from '../src/engine/positions/watch.ts';
import { seededRandom } from '../src/lib/random.ts';
import { fill } from '../src/testkit/builders/fills.ts';
import { instrument } from '../src/testkit/builders/instruments.ts';
import { openedPosition } from '../src/testkit/builders/positions.ts';
import { contest, median } from './harness.ts';
import type { BenchRow } from './harness.ts';

const TERMS: WatchTerms = {
  instrument: instrument({ market: 'futures' }),
  atr: decimal('1'),
  exitsInFlight: ZERO_QUANTITY,
};
const ONE_PERCENT: Level = { kind: 'percent', percent: decimal('1') };
/** Wide enough that the walks of a busy second stay open. */
const FOUR_PERCENT: Level = { kind: 'percent', percent: decimal('4') };
const SECOND_RUNS = 21;

interface Tick {
  readonly symbol: VenueSymbol;
  readonly price: number;
}

const target = (at: string): PositionTarget => ({
  price: price(at),
  part: new Decimal('0.5'),
  orderId: null,
  reachedAt: null,
});

/** Longs entered at 100 with a stop at 98 and targets at 103 and 104, every second one trailing by 1 %. */
function openPositions(count: number): Position[] {
  return Array.from({ length: count }, (_, index) =>
    openedPosition(fill({ market: 'futures', symbol: asId<VenueSymbol>(`S${index}USDT`) }), {
      id: asId(`0position${String(index).padStart(15, '0')}`),
      stopPrice: price('98'),
      initialRisk: decimal('2'),
      plan: {
        targets: [target('103'), target('104')],
        trailing: index % 2 === 0 ? ONE_PERCENT : null,
        breakEvenAt: null,
        closeAt: null,
        stopIsDefault: false,
      },
    }),
  );
}

function monitorOf(positions: readonly Position[]): PositionMonitor {
  const monitor = new PositionMonitor({ fallbackStop: ONE_PERCENT, venueGraceMs: 3_000 });
  for (const position of positions) monitor.put(position, TERMS);
  return monitor;
}

/** Prices in random order of symbols that stay between 99.2 and 100: inside every stop, trailed ones too. */
function quietTicks(positions: readonly Position[], count: number): Tick[] {
  const random = seededRandom(7);
  return Array.from({ length: count }, () => {
    const position = positions[Math.floor(random.next() * positions.length)];
    if (position === undefined) throw new RangeError('no positions');
    return { symbol: position.symbol, price: Number((99.2 + random.next() * 0.8).toFixed(2)) };
  });
}

/** What a monitor without float shadows does: the same levels, each price looked at in Decimal. */
function decimalMonitor(positions: readonly Position[]): (tick: Tick) => boolean {
  const levels = new Map(
    positions.map(({ symbol, plan }) => [
      symbol,
      { stop: price('98'), target: plan.targets[0]?.price ?? price('103') },
    ]),
  );
  return (tick) => {
    const level = levels.get(tick.symbol);
    const seen = new Decimal(tick.price);
    return level !== undefined && (seen.lte(level.stop) || seen.gte(level.target));
  };
}

function ticksRow(): BenchRow {
  const positions = openPositions(1_000);
  const monitor = monitorOf(positions);
  const ticks = quietTicks(positions, 10_000);
  const isCrossed = decimalMonitor(positions);
  return contest({
    name: 'price ticks over 1,000 open positions',
    things: 'ticks',
    count: ticks.length,
    ours: () => ticks.reduce((decided, tick) => decided + monitor.price(tick.symbol, tick.price, 0).length, 0),
    references: { 'comparing in Decimal': () => ticks.filter(isCrossed).length },
  });
}

/** Microseconds from a price that goes through the stop to the decision, for each position in turn. */
function exitTimesUs(positions: readonly Position[], monitor: PositionMonitor): number[] {
  return positions.map((position) => {
    const startedAt = performance.now();
    const decisions = monitor.price(position.symbol, 97.5, 0);
    const spentUs = (performance.now() - startedAt) * 1_000;
    if (decisions[0]?.kind !== 'close') throw new Error('the stop was not decided');
    monitor.put(position, TERMS);
    return spentUs;
  });
}

function p99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? NaN;
}

function exitRow(): BenchRow {
  const positions = openPositions(1_000);
  const monitor = monitorOf(positions);
  const isCrossed = decimalMonitor(positions);
  exitTimesUs(positions, monitor);
  const ours = Array.from({ length: 10 }, () => exitTimesUs(positions, monitor)).flat();
  const theirs = positions.map(({ symbol }) => {
    const startedAt = performance.now();
    isCrossed({ symbol, price: 97.5 });
    return (performance.now() - startedAt) * 1_000;
  });
  return {
    name: 'price tick to exit decision, 1,000 open positions, p99',
    value: p99(ours),
    unit: 'microseconds',
    reference: 'one comparison in Decimal, p99',
    referenceValue: p99(theirs),
    ratio: p99(ours) / p99(theirs),
  };
}

/** One second of 50 symbols that tick 1,000 times each: walks that often make new highs, which trailing stops follow. */
function secondOfTicks(positions: readonly Position[]): Tick[] {
  const random = seededRandom(3);
  const cents = new Map(positions.map(({ symbol }) => [symbol, 10_000]));
  return Array.from({ length: 1_000 }, () =>
    positions.map(({ symbol }) => {
      const next = Math.max(9_950, Math.min(10_250, (cents.get(symbol) ?? 0) + Math.round(random.next() * 10 - 5)));
      cents.set(symbol, next);
      return { symbol, price: next / 100 };
    }),
  ).flat();
}

function loadRow(): BenchRow {
  const trailing = FOUR_PERCENT;
  const positions = openPositions(50).map((position) => ({ ...position, plan: { ...position.plan, trailing } }));
  const ticks = secondOfTicks(positions);
  const isCrossed = decimalMonitor(positions);
  const percentOfCore = (work: () => unknown): number => {
    const startedAt = performance.now();
    work();
    return (performance.now() - startedAt) / 10;
  };
  const ours = (): number => {
    const monitor = monitorOf(positions);
    return percentOfCore(() => {
      for (const tick of ticks) monitor.price(tick.symbol, tick.price, 0);
      return monitor.movedStops();
    });
  };
  const theirs = (): number => percentOfCore(() => ticks.filter(isCrossed));
  const pairs = Array.from({ length: SECOND_RUNS }, () => ({ ours: ours(), theirs: theirs() }));
  return {
    name: '50 trailing positions x 1,000 ticks/s',
    value: median(pairs.map((pair) => pair.ours)),
    unit: '% of a core',
    reference: 'comparing in Decimal',
    referenceValue: median(pairs.map((pair) => pair.theirs)),
    ratio: median(pairs.map((pair) => pair.ours / pair.theirs)),
  };
}

/** What the position monitor costs: per tick, per decision, and over a second of a busy market. */
export function benchPositions(): Promise<BenchRow[]> {
  return Promise.resolve([ticksRow(), exitRow(), loadRow()]);
}
