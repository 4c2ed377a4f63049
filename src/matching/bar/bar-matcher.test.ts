import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, price, quantity } from '../../domain/decimal.ts';
import type { Money, Price } from '../../domain/decimal.ts';
import { asId } from '../../domain/ids.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { PositionSide } from '../../domain/position/position.ts';
import { atomsDecimal } from '../atoms.ts';
import { futuresInstrument, spotInstrument } from '../../testkit/matching/builders.ts';
import { BarMatcher } from './bar-matcher.ts';
import type { BarColumns, BarEvent, BarTerms, ExitPlan } from './bar-types.ts';

const MINUTE = 60_000;

/** What is asked for after a close: in text and percent, so that matcher and reference make of it what they may. */
interface Ask {
  readonly symbol: string;
  readonly kind: 'enter' | 'reverse' | 'close';
  readonly side: PositionSide;
  /** Quote units to buy for; of equity in percent when negative. */
  readonly amount: number;
  readonly stopPct: number | null;
  readonly targetPcts: readonly number[];
  readonly parts: readonly (string | null)[];
  readonly trailing: { readonly kind: 'percent' | 'distance'; readonly value: number } | null;
  readonly breakEvenPct: number | null;
  readonly holdBars: number | null;
  readonly fraction: string;
}

interface Scenario {
  readonly market: 'spot' | 'futures';
  readonly leverage: number;
  readonly feeBps: string;
  readonly slippageBps: string;
  readonly maxPositions: number | null;
  readonly bars: Readonly<Record<string, BarColumns>>;
  /** By the number of the step after whose close they are asked. */
  readonly asks: ReadonlyMap<number, readonly Ask[]>;
}

function instrumentOf(symbol: string, market: 'spot' | 'futures'): Instrument {
  const make = market === 'spot' ? spotInstrument : futuresInstrument;
  return make({ symbol: asId<VenueSymbol>(symbol), base: symbol.slice(0, 3) });
}

/** A distance that changes from bar to bar, as an average range does. */
const distanceAt = (value: number, index: number): number => value + (index % 3) / 4;

/** A level so many percent from the fill, on the profitable side when `isGain`. */
function away(from: Decimal, ask: Ask, { pct, isGain }: { pct: number; isGain: boolean }): Decimal {
  const up = (ask.side === 'long') === isGain;
  return from.times(new Decimal(100).plus(up ? pct : -pct)).dividedBy(100);
}

function planOf(ask: Ask, fill: Price): ExitPlan {
  const levelAt = (pct: number | null, isGain: boolean) =>
    pct === null ? null : (away(fill, ask, { pct, isGain }) as Price);
  const { trailing } = ask;
  return {
    stop: levelAt(ask.stopPct, false),
    targets: ask.targetPcts.map((pct, index) => {
      const part = ask.parts[index] ?? null;
      return { price: levelAt(pct, true) as Price, part: part === null ? null : new Decimal(part) };
    }),
    trailing:
      trailing?.kind === 'percent'
        ? { kind: 'percent', percent: new Decimal(trailing.value) }
        : trailing && { kind: 'distance', distanceAt: (index) => distanceAt(trailing.value, index) },
    breakEvenAt: levelAt(ask.breakEvenPct, true),
    maxHoldMs: ask.holdBars === null ? null : ask.holdBars * MINUTE,
  };
}

function wantedOf(ask: Ask, equity: Decimal): Decimal {
  const amount = ask.amount < 0 ? equity.times(-ask.amount).dividedBy(100) : new Decimal(ask.amount);
  return amount.dividedBy(100).toDecimalPlaces(8, Decimal.ROUND_DOWN);
}

interface Exit {
  readonly price: Decimal;
  readonly part: Decimal;
  readonly reason: string;
  readonly isFree?: boolean;
}

/** One line per event, and one per close with the equity. */
function runMatcher(scenario: Scenario): string[] {
  const lines: string[] = [];
  const terms: BarTerms = {
    market: scenario.market,
    balance: new Decimal(1000) as Money,
    leverage: scenario.leverage,
    feeBps: new Decimal(scenario.feeBps),
    slippageBps: new Decimal(scenario.slippageBps),
    maxPositions: scenario.maxPositions,
    onEvent: (event) => lines.push(lineOf(event)),
  };
  const series = Object.entries(scenario.bars).map(([symbol, columns]) => ({
    instrument: instrumentOf(symbol, scenario.market),
    columns,
  }));
  const matcher = new BarMatcher(terms, series);
  for (let step = 0; matcher.next(); step += 1) {
    lines.push(`${matcher.time} equity ${matcher.equity().toFixed(8)}`);
    expect(matcher.equityNumber()).toBeCloseTo(matcher.equity().toNumber(), 6);
    for (const ask of scenario.asks.get(step) ?? []) {
      const { symbol, side } = ask;
      if (ask.kind !== 'enter') {
        const fraction = ask.kind === 'reverse' ? new Decimal(1) : new Decimal(ask.fraction);
        matcher.close({ symbol, fraction, reason: ask.kind === 'reverse' ? 'reversal' : 'signal' });
      }
      if (ask.kind === 'close') continue;
      matcher.enter({
        symbol,
        side,
        isReversal: ask.kind === 'reverse',
        quantity: ({ equity }) => quantity(wantedOf(ask, equity)),
        exits: (fill) => planOf(ask, fill.price),
        tag: `${step}`,
      });
    }
  }
  matcher.end();
  lines.push(`end ${matcher.equity().toFixed(8)}`);
  const { outside, fees, clearing, funding } = matcher.account.house;
  const elsewhere = [outside, fees, clearing, funding].reduce((sum, holder) => sum + holder.of('USDT').free, 0n);
  expect(atomsDecimal(elsewhere).plus(matcher.account.cashBalance).isZero()).toBe(true);
  return lines;
}

function lineOf(event: BarEvent): string {
  const head = `${event.time} ${event.type} ${event.symbol}`;
  if (event.type === 'refused') return `${head} ${event.reason}`;
  if (event.type === 'stop_moved') return `${head} ${event.stop.toFixed(8)}`;
  const fill = `${event.side} ${event.price.toFixed(12)} x ${event.quantity.toFixed(8)} = ${event.notional.toFixed(8)} fee ${event.fee.toFixed(8)}`;
  return event.type === 'entry' ? `${head} ${fill}` : `${head} ${fill} ${event.reason}`;
}

/** A position of the reference: everything in plain sight. */
interface Holding {
  readonly ask: Ask;
  readonly entry: Decimal;
  readonly entryTime: number;
  quantity: Decimal;
  cost: Decimal;
  stop: Decimal | null;
  reason: string;
  targets: { price: Decimal; quantity: Decimal }[];
  best: Decimal;
}

/** Contracts section 7, line by line, as slow and plain as can be. */
class Reference {
  readonly lines: string[] = [];
  private cash = new Decimal(1000);
  private readonly holdings = new Map<string, Holding>();
  private readonly closes: Ask[] = [];
  private readonly entries: { ask: Ask; step: number }[] = [];
  private readonly scenario: Scenario;
  private readonly lastClose = new Map<string, Decimal>();
  private time = 0;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
  }

  run(): string[] {
    const { bars, asks } = this.scenario;
    const times = [...new Set(Object.values(bars).flatMap(({ time }) => [...time]))].sort((a, b) => a - b);
    times.forEach((time, step) => {
      this.time = time;
      const now = Object.keys(bars).filter((symbol) => bars[symbol]?.time.includes(time));
      this.atOpen(now);
      for (const symbol of now) this.inside(symbol);
      for (const symbol of now) this.lastClose.set(symbol, this.bar(symbol).close);
      this.lines.push(`${time} equity ${this.equity().toFixed(8)}`);
      for (const ask of asks.get(step) ?? []) {
        if (ask.kind !== 'enter') this.closes.push(ask);
        if (ask.kind !== 'close') this.entries.push({ ask, step });
      }
    });
    for (const symbol of Object.keys(bars)) {
      const holding = this.holdings.get(symbol);
      if (holding === undefined) continue;
      this.exit(symbol, {
        price: this.slipped(this.closeOf(symbol), holding.ask.side === 'short'),
        part: holding.quantity,
        reason: 'end',
      });
    }
    this.lines.push(`end ${this.equity().toFixed(8)}`);
    return this.lines;
  }

  /** (1) at the open: signal closes, then reversals (sized on equity after the close), then entries, then expired time limits. */
  private atOpen(now: readonly string[]): void {
    const equityAtClose = this.equity();
    for (const symbol of now) {
      const ruin = this.ruinOf(symbol);
      if (ruin !== null && ruin.isAt(ruin.bankruptcy, this.bar(symbol).open)) this.liquidate(symbol, ruin.bankruptcy);
    }
    // Closes go symbol by symbol, those of one symbol in the order in which they were asked for.
    for (const symbol of now) {
      for (const ask of take(this.closes, (one) => one.symbol === symbol)) {
        const holding = this.holdings.get(symbol);
        if (holding === undefined) continue;
        const fraction = ask.kind === 'reverse' ? '1' : ask.fraction;
        const part = fraction === '1' ? holding.quantity : floorTo(holding.quantity.times(fraction), '0.001');
        if (part.isZero()) continue;
        const price = this.slipped(this.bar(symbol).open, holding.ask.side === 'short');
        this.exit(symbol, { price, part, reason: ask.kind === 'reverse' ? 'reversal' : 'signal' });
      }
    }
    const due = take(this.entries, ({ ask }) => now.includes(ask.symbol));
    for (const { ask } of due.filter((one) => one.ask.kind === 'reverse')) this.enter(ask, this.equity());
    for (const { ask } of due.filter((one) => one.ask.kind === 'enter')) this.enter(ask, equityAtClose);
    for (const symbol of now) {
      const holding = this.holdings.get(symbol);
      if (holding === undefined || holding.ask.holdBars === null) continue;
      if (this.time - holding.entryTime < holding.ask.holdBars * MINUTE) continue;
      const price = this.slipped(this.bar(symbol).open, holding.ask.side === 'short');
      this.exit(symbol, { price, part: holding.quantity, reason: 'time_limit' });
    }
  }

  private enter(ask: Ask, equity: Decimal): void {
    const { symbol, side } = ask;
    const { market, leverage, maxPositions, feeBps } = this.scenario;
    const refuse = (reason: string) => this.lines.push(`${this.time} refused ${symbol} ${reason}`);
    if (market === 'spot' && side === 'short') return void refuse('short_on_spot');
    if (this.holdings.has(symbol)) return void refuse('symbol_taken');
    if (maxPositions !== null && this.holdings.size >= maxPositions) return void refuse('no_slot');
    const fill = this.slipped(this.bar(symbol).open, side === 'long');
    const wanted = floorTo(wantedOf(ask, equity), '0.001');
    if (wanted.isZero()) return void refuse('QUANTITY_OUT_OF_RANGE');
    let bound = new Decimal(0);
    if (market === 'futures')
      for (const { cost } of this.holdings.values()) bound = bound.plus(cost.dividedBy(leverage));
    const funds = this.cash.minus(bound).times(leverage);
    const perUnit = fill.times(new Decimal(1).plus(new Decimal(feeBps).dividedBy(10_000)));
    const amount = Decimal.min(wanted, Decimal.max(floorTo(funds.dividedBy(perUnit), '0.001'), 0));
    if (amount.isZero()) return void refuse('CAPITAL_INSUFFICIENT');
    const notional = cut(fill.times(amount));
    const fee = this.feeOn(notional);
    if (market === 'spot') this.cash = this.cash.minus(notional);
    this.cash = this.cash.minus(fee);
    const plan = planOf(ask, fill as Price);
    this.holdings.set(symbol, {
      ask,
      entry: fill,
      entryTime: this.time,
      quantity: amount,
      cost: notional,
      stop: plan.stop && this.onTick(plan.stop, side),
      reason: 'stop',
      targets: this.targetsOf(plan, amount, side),
      best: fill,
    });
    this.lines.push(
      `${this.time} entry ${symbol} ${side} ${fill.toFixed(12)} x ${amount.toFixed(8)} = ${notional.toFixed(8)} fee ${fee.toFixed(8)}`,
    );
  }

  /** N targets share the quantity, rounded to the step, the rest on the last. */
  private targetsOf(plan: ExitPlan, amount: Decimal, side: PositionSide): Holding['targets'] {
    const given = plan.targets.map(({ part }) => (part === null ? null : floorTo(amount.times(part), '0.001')));
    const rest = given.reduce<Decimal>((left, one) => left.minus(one ?? 0), amount);
    const equal = floorTo(rest.dividedBy(Math.max(given.filter((one) => one === null).length, 1)), '0.001');
    return plan.targets.map((target, index) => ({
      price: this.onTick(target.price, side),
      quantity: given[index] ?? equal,
    }));
  }

  /** (2) then the stop; (3) then every touched target in order; at the close the stop is drawn after. */
  private inside(symbol: string): void {
    const holding = this.holdings.get(symbol);
    if (holding === undefined) return;
    const { open, high, low } = this.bar(symbol);
    const isLong = holding.ask.side === 'long';
    const { stop } = holding;
    const ruin = this.ruinOf(symbol);
    const comesFirst = ruin !== null && (stop === null || ruin.isAt(ruin.liquidation, stop));
    if (comesFirst && ruin.isAt(ruin.liquidation, isLong ? low : high)) {
      this.liquidate(symbol, ruin.bankruptcy);
      return;
    }
    if (stop !== null && (isLong ? low.lessThanOrEqualTo(stop) : high.greaterThanOrEqualTo(stop))) {
      const isBeyond = isLong ? open.lessThanOrEqualTo(stop) : open.greaterThanOrEqualTo(stop);
      const fill = this.slipped(isBeyond ? open : stop, !isLong);
      this.exit(symbol, { price: fill, part: holding.quantity, reason: holding.reason });
      return;
    }
    while (holding.targets[0] !== undefined && this.holdings.has(symbol)) {
      const [target] = holding.targets;
      if (isLong ? high.lessThan(target.price) : low.greaterThan(target.price)) break;
      const isBeyond = isLong ? open.greaterThanOrEqualTo(target.price) : open.lessThanOrEqualTo(target.price);
      holding.targets.shift();
      const part = holding.targets.length === 0 ? holding.quantity : Decimal.min(target.quantity, holding.quantity);
      if (!part.isZero()) this.exit(symbol, { price: isBeyond ? open : target.price, part, reason: 'target' });
    }
    if (this.holdings.has(symbol)) this.ratchet(symbol, holding);
  }

  private ratchet(symbol: string, holding: Holding): void {
    const { ask, entry } = holding;
    const { high, low } = this.bar(symbol);
    const isLong = ask.side === 'long';
    holding.best = isLong ? Decimal.max(holding.best, high) : Decimal.min(holding.best, low);
    const before = holding.stop;
    const draw = (to: Decimal, reason: string): void => {
      const level = this.onTick(to, ask.side);
      if (
        holding.stop !== null &&
        (isLong ? level.lessThanOrEqualTo(holding.stop) : level.greaterThanOrEqualTo(holding.stop))
      )
        return;
      holding.stop = level;
      holding.reason = reason;
    };
    if (ask.breakEvenPct !== null) {
      const level = away(entry, ask, { pct: ask.breakEvenPct, isGain: true });
      if (isLong ? holding.best.greaterThanOrEqualTo(level) : holding.best.lessThanOrEqualTo(level))
        draw(entry, 'break_even');
    }
    if (ask.trailing !== null) {
      const { kind, value } = ask.trailing;
      const distance =
        kind === 'percent'
          ? holding.best.times(value).dividedBy(100)
          : new Decimal(distanceAt(value, this.indexOf(symbol)));
      draw(isLong ? holding.best.minus(distance) : holding.best.plus(distance), 'trailing');
    }
    if (holding.stop !== null && !(before?.equals(holding.stop) ?? false)) {
      this.lines.push(`${this.time} stop_moved ${symbol} ${holding.stop.toFixed(8)}`);
    }
  }

  /** Where the margin (cost / leverage) has fallen to 0.4 % of the notional, and where it is gone; on the tick. */
  private ruinOf(symbol: string) {
    const holding = this.holdings.get(symbol);
    if (holding === undefined || this.scenario.market === 'spot') return null;
    const isLong = holding.ask.side === 'long';
    const lost = holding.cost.dividedBy(this.scenario.leverage);
    const gone = (isLong ? holding.cost.minus(lost) : holding.cost.plus(lost)).dividedBy(holding.quantity);
    const liquidation = gone.dividedBy(isLong ? '0.996' : '1.004');
    if (!liquidation.greaterThan(0)) return null;
    const onTick = (level: Decimal): Decimal => this.onTick(level, isLong ? 'short' : 'long');
    const isAt = (level: Decimal, price: Decimal): boolean =>
      isLong ? price.lessThanOrEqualTo(level) : price.greaterThanOrEqualTo(level);
    return { liquidation: onTick(liquidation), bankruptcy: onTick(gone), isAt };
  }

  private liquidate(symbol: string, price: Decimal): void {
    const { quantity: part } = this.holdings.get(symbol) as Holding;
    this.exit(symbol, { price, part, reason: 'liquidation', isFree: true });
  }

  private exit(symbol: string, { price: at, part, reason, isFree = false }: Exit): void {
    const holding = this.holdings.get(symbol) as Holding;
    const notional = cut(at.times(part));
    const fee = isFree ? new Decimal(0) : this.feeOn(notional);
    const cost = part.equals(holding.quantity)
      ? holding.cost
      : cut(holding.cost.times(part).dividedBy(holding.quantity));
    const gain = notional.minus(cost).times(holding.ask.side === 'long' ? 1 : -1);
    this.cash = this.cash.plus(this.scenario.market === 'spot' ? notional : gain).minus(fee);
    holding.quantity = holding.quantity.minus(part);
    holding.cost = holding.cost.minus(cost);
    if (holding.quantity.isZero()) this.holdings.delete(symbol);
    this.lines.push(
      `${this.time} exit ${symbol} ${holding.ask.side} ${at.toFixed(12)} x ${part.toFixed(8)} = ${notional.toFixed(8)} fee ${fee.toFixed(8)} ${reason}`,
    );
  }

  private equity(): Decimal {
    let equity = this.cash;
    for (const [symbol, { ask, quantity: held, cost }] of this.holdings) {
      const value = held.times(this.closeOf(symbol));
      if (this.scenario.market === 'spot') equity = equity.plus(value);
      else equity = equity.plus(value.minus(cost).times(ask.side === 'long' ? 1 : -1));
    }
    return equity;
  }

  private closeOf(symbol: string): Decimal {
    return this.lastClose.get(symbol) ?? this.bar(symbol).open;
  }

  private indexOf(symbol: string): number {
    return this.scenario.bars[symbol]?.time.indexOf(this.time) ?? -1;
  }

  private bar(symbol: string): Record<'open' | 'high' | 'low' | 'close', Decimal> {
    const columns = this.scenario.bars[symbol] as BarColumns;
    const index = this.indexOf(symbol);
    const at = (column: Float64Array) => new Decimal(column[index] ?? NaN);
    return { open: at(columns.open), high: at(columns.high), low: at(columns.low), close: at(columns.close) };
  }

  private feeOn(notional: Decimal): Decimal {
    return cut(notional.times(this.scenario.feeBps).dividedBy(10_000));
  }

  private slipped(at: Decimal, isBuy: boolean): Decimal {
    const share = new Decimal(this.scenario.slippageBps).dividedBy(10_000);
    return at.times(isBuy ? new Decimal(1).plus(share) : new Decimal(1).minus(share));
  }

  /** Stops away from the price, targets towards it: down for a long, up for a short. */
  private onTick(level: Decimal, side: PositionSide): Decimal {
    return level
      .times(100)
      .toDecimalPlaces(0, side === 'long' ? Decimal.ROUND_FLOOR : Decimal.ROUND_CEIL)
      .dividedBy(100);
  }
}

function take<Item>(list: Item[], isWanted: (item: Item) => boolean): Item[] {
  const taken = list.filter(isWanted);
  list.splice(0, list.length, ...list.filter((item) => !isWanted(item)));
  return taken;
}

const cut = (amount: Decimal): Decimal => amount.toDecimalPlaces(8, Decimal.ROUND_DOWN);
const floorTo = (amount: Decimal, step: string): Decimal => amount.dividedBy(step).floor().times(step);

const SYMBOLS = ['AAAUSDT', 'BBBUSDT'] as const;

/** Prices in cents near 100.00, so that levels are touched, gapped over and missed; some minutes are missing. */
const bar = fc.tuple(
  fc.integer({ min: -250, max: 250 }),
  fc.integer({ min: -250, max: 250 }),
  fc.nat(200),
  fc.nat(200),
  fc.boolean(),
);

function columnsOf(
  drawn: readonly (readonly [number, number, number, number, boolean])[],
  canMiss: boolean,
): BarColumns {
  const kept = drawn.flatMap(([gap, move, up, down, isMissing], minute) => {
    if (canMiss && isMissing && minute > 0) return [];
    const open = 10_000 + gap;
    const close = open + move;
    return [[minute * MINUTE, open, Math.max(open, close) + up, Math.min(open, close) - down, close] as const];
  });
  const column = (at: 0 | 1 | 2 | 3 | 4) => Float64Array.from(kept, (row) => (at === 0 ? row[0] : row[at] / 100));
  return { time: column(0), open: column(1), high: column(2), low: column(3), close: column(4) };
}

const ask = fc.record({
  symbol: fc.constantFrom(...SYMBOLS),
  kind: fc.constantFrom('enter' as const, 'enter' as const, 'reverse' as const, 'close' as const),
  side: fc.constantFrom('long' as const, 'short' as const),
  amount: fc.constantFrom(0.05, 40, 333, 2500, -15, -40, -60, -100),
  stopPct: fc.constantFrom(null, 0.5, 1.234, 3, -0.7),
  targetPcts: fc.constantFrom([], [1], [0.7, 1.5], [0.5, 1, 2]),
  parts: fc.constantFrom([null, null, null], ['0.5', null, null], ['0.3333', '0.3333', '0.1']),
  trailing: fc.constantFrom(null, { kind: 'percent' as const, value: 0.8 }, { kind: 'distance' as const, value: 1.37 }),
  breakEvenPct: fc.constantFrom(null, 0.6),
  holdBars: fc.constantFrom(null, 0, 2, 5),
  fraction: fc.constantFrom('1', '0.5', '0.001'),
});

const scenario = fc
  .record({
    market: fc.constantFrom('spot' as const, 'futures' as const),
    leverage: fc.constantFrom(1, 3, 40),
    feeBps: fc.constantFrom('0', '10', '7.5'),
    slippageBps: fc.constantFrom('0', '2', '12.5'),
    maxPositions: fc.constantFrom(null, null, 1),
    first: fc.array(bar, { minLength: 10, maxLength: 40 }),
    second: fc.array(bar, { minLength: 10, maxLength: 40 }),
    asks: fc.array(fc.tuple(fc.nat(35), ask), { minLength: 5, maxLength: 40 }),
  })
  .map(({ first, second, asks, ...terms }): Scenario => {
    const byStep = Map.groupBy(asks, ([step]) => step);
    return {
      ...terms,
      leverage: terms.market === 'spot' ? 1 : terms.leverage,
      bars: { [SYMBOLS[0]]: columnsOf(first, false), [SYMBOLS[1]]: columnsOf(second, true) },
      asks: new Map([...byStep].map(([step, list]) => [step, list.map(([, one]) => one)])),
    };
  });

describe('the bar matcher', () => {
  it('does what the rules say, bar by bar, as their plain implementation does it', () => {
    fc.assert(
      fc.property(scenario, (drawn) => {
        expect(runMatcher(drawn)).toEqual(new Reference(drawn).run());
      }),
      { numRuns: 1_500 },
    );
  });
});

/** Bars of one symbol from rows of open, high, low, close. */
function bars(...rows: readonly (readonly [number, number, number, number])[]): BarColumns {
  const column = (at: 0 | 1 | 2 | 3) => Float64Array.from(rows, (row) => row[at]);
  const time = Float64Array.from(rows, (_, index) => index * MINUTE);
  return { time, open: column(0), high: column(1), low: column(2), close: column(3) };
}

/** A long of 1 asked for after the first close, with the given exits; what was told of it. */
function tradeOver(columns: BarColumns, exits: Partial<ExitPlan>, slippageBps = '0'): BarEvent[] {
  const events: BarEvent[] = [];
  const matcher = new BarMatcher(
    {
      market: 'spot',
      balance: new Decimal(10_000) as Money,
      leverage: 1,
      feeBps: new Decimal(0),
      slippageBps: new Decimal(slippageBps),
      maxPositions: null,
      onEvent: (event) => events.push(event),
    },
    [{ instrument: spotInstrument(), columns }],
  );
  for (let step = 0; matcher.next(); step += 1) {
    if (step > 0) continue;
    matcher.enter({
      symbol: 'BTCUSDT',
      side: 'long',
      isReversal: false,
      quantity: () => quantity('1'),
      exits: () => ({ stop: null, targets: [], trailing: null, breakEvenAt: null, maxHoldMs: null, ...exits }),
      tag: 't',
    });
  }
  matcher.end();
  return events;
}

const exitsOf = (events: readonly BarEvent[]) =>
  events.flatMap((event) =>
    event.type === 'exit' ? [[event.time / MINUTE, event.price.toNumber(), event.reason]] : [],
  );

describe('an entry of the bar matcher', () => {
  it('fills at the open of the next bar, slippage against it, and at its end at the last close', () => {
    const events = tradeOver(bars([100, 101, 99, 100], [102, 103, 101, 102], [102, 105, 101, 104]), {}, '10');
    expect(events.map(({ type, time }) => [type, time])).toEqual([
      ['entry', MINUTE],
      ['exit', 2 * MINUTE],
    ]);
    expect(events[0]).toMatchObject({ price: new Decimal('102.102') });
    expect(exitsOf(events)).toEqual([[2, 103.896, 'end']]);
  });

  it('beyond its stop already closes at that very open, reason stop', () => {
    const events = tradeOver(bars([100, 101, 99, 100], [94, 96, 93, 95]), { stop: price('95') });
    expect(exitsOf(events)).toEqual([[1, 94, 'stop']]);
  });

  it('whose bar touches stop and target fills the stop', () => {
    const both = { stop: price('95'), targets: [{ price: price('105'), part: null }] };
    expect(exitsOf(tradeOver(bars([100, 101, 99, 100], [100, 110, 90, 100]), both))).toEqual([[1, 95, 'stop']]);
  });

  it('lets slippage touch gapped stops and never targets', () => {
    const plan = { stop: price('95'), targets: [{ price: price('105'), part: null }] };
    const gapped = tradeOver(bars([100, 101, 99, 100], [100, 101, 99, 100], [90, 91, 89, 90]), plan, '100');
    expect(exitsOf(gapped)).toEqual([[2, 89.1, 'stop']]);
    const reached = tradeOver(bars([100, 101, 99, 100], [100, 101, 99, 100], [107, 108, 106, 107]), plan, '100');
    expect(exitsOf(reached)).toEqual([[2, 107, 'target']]);
  });

  it('draws its stop at the close, to act from the next bar', () => {
    const trailing = { kind: 'percent', percent: new Decimal(1) } as const;
    const rows = bars([100, 100, 100, 100], [100, 110, 100, 109], [109, 109, 108.5, 109], [109, 120, 100, 110]);
    expect(exitsOf(tradeOver(rows, { stop: price('95'), trailing }))).toEqual([[2, 108.9, 'trailing']]);
  });

  it('takes each of several touched targets in order, the rest on the last', () => {
    const targets = ['101', '102', '103'].map((at) => ({ price: price(at), part: null }));
    const events = tradeOver(bars([100, 100, 100, 100], [100, 102.5, 100, 102], [102, 104, 102, 103]), { targets });
    const parts = events.flatMap((event) =>
      event.type === 'exit' ? [[event.price.toNumber(), event.quantity.toNumber()]] : [],
    );
    expect(parts).toEqual([
      [101, 0.333],
      [102, 0.333],
      [103, 0.334],
    ]);
  });
});

describe('a stop moved from outside', () => {
  it('tightens only, and not for a bar that has begun', () => {
    const events: BarEvent[] = [];
    const matcher = new BarMatcher(
      {
        market: 'futures',
        balance: new Decimal(10_000) as Money,
        leverage: 5,
        feeBps: new Decimal(0),
        slippageBps: new Decimal(0),
        maxPositions: null,
        onEvent: (event) => events.push(event),
      },
      [
        {
          instrument: futuresInstrument(),
          columns: bars([100, 100, 100, 100], [100, 101, 98, 100], [100, 101, 98, 100], [99, 99, 96, 97]),
        },
      ],
    );
    matcher.next();
    matcher.enter({
      symbol: 'BTCUSDT',
      side: 'short',
      isReversal: false,
      quantity: () => quantity('2'),
      exits: () => ({ stop: price('110'), targets: [], trailing: null, breakEvenAt: null, maxHoldMs: null }),
      tag: 't',
    });
    matcher.next();
    expect(matcher.tightenStop('BTCUSDT', price('111'))).toBe(false);
    expect(matcher.tightenStop('BTCUSDT', price('101'))).toBe(true);
    expect(matcher.payFunding('BTCUSDT', new Decimal('0.001'), 100).toFixed()).toBe('0.2');
    expect(matcher.positions()).toMatchObject([{ symbol: 'BTCUSDT', side: 'short', stop: new Decimal(101) }]);
    matcher.next();
    expect(exitsOf(events)).toEqual([[2, 101, 'stop']]);
    expect(matcher.equity().toFixed()).toBe('9998.2');
  });
});
