import { Decimal } from '../../domain/decimal.ts';
import type { Price } from '../../domain/decimal.ts';
import { levelDistance, levelOnTick, levelPrice } from '../../domain/level-price.ts';
import type { LevelUse } from '../../domain/level-price.ts';
import type { ExchangeRules } from '../../domain/instrument.ts';
import type { Level } from '../../domain/levels.ts';
import { averageEntryPrice } from '../../domain/position/ledger.ts';
import type { CloseReason, Position, PositionSide } from '../../domain/position/position.ts';

/** Holds when the fallback itself cannot be computed: far enough for noise, near enough to live on. */
const EMERGENCY_STOP: Level = { kind: 'percent', percent: new Decimal(5) };

/** The figures besides the position that its stop depends on. */
export interface StopBasis {
  readonly rules: ExchangeRules;
  /** Average true range (14) of the clock timeframe, null while unknown. */
  readonly atr: Decimal | null;
}

/** Whether a price has come to a level on the losing (a stop) or on the gaining side (a target). Standing on it counts. */
export function isReached(
  side: PositionSide,
  level: Price,
  at: { readonly price: Price; readonly use: LevelUse },
): boolean {
  const isBelow = (at.use === 'loss') === (side === 'long');
  return isBelow ? at.price.lessThanOrEqualTo(level) : at.price.greaterThanOrEqualTo(level);
}

/** The stop that risks less. */
export function tighterStop(side: PositionSide, one: Price, other: Price): Price {
  return (side === 'long' ? Decimal.max(one, other) : Decimal.min(one, other)) as Price;
}

/** How far a trailing stop follows behind `best`, null when it does not trail or what it counts by is unknown. */
export function trailingDistance(position: Position, best: Price, atr: Decimal | null): Decimal | null {
  const { trailing } = position.plan;
  return trailing && levelDistance(trailing, { from: best, atr, risk: position.initialRisk });
}

/** Where the trailing stop belongs after the price stood at `best`; null when it does not trail. */
export function trailedStop(position: Position, best: Price, { rules, atr }: StopBasis): Price | null {
  const distance = trailingDistance(position, best, atr);
  if (distance === null) return null;
  const exact = position.side === 'long' ? best.minus(distance) : best.plus(distance);
  return levelOnTick(exact, position.side, rules);
}

/** The entry as a stop, rounded away from the price. */
export function breakEvenStop(position: Position, rules: ExchangeRules): Price | null {
  const entry = averageEntryPrice(position);
  return entry && levelOnTick(entry, position.side, rules);
}

/** The stop of a position that was never given one. */
export function fallbackStop(position: Position, fallback: Level, basis: StopBasis): Price {
  const from = averageEntryPrice(position) ?? position.bestPrice;
  return stopFrom({ from, side: position.side }, fallback, basis);
}

/** A stop at a distance from a price; at a plain percentage of it where the distance counts by what is not known. */
export function stopFrom(
  { from, side }: { readonly from: Price; readonly side: PositionSide },
  fallback: Level,
  { rules, atr }: StopBasis,
): Price {
  const basis = { from, side, rules, atr, risk: null };
  const stop = levelPrice(fallback, basis, 'loss') ?? levelPrice(EMERGENCY_STOP, basis, 'loss');
  if (stop === null) throw new RangeError('a percentage of a price is always known');
  return stop;
}

/** What a close at the stop is called: by what brought the stop to where it stands. */
export function stopReason(position: Position, stop: Price, rules: ExchangeRules): CloseReason {
  if (breakEvenStop(position, rules)?.equals(stop) === true) return 'break_even';
  const entry = averageEntryPrice(position);
  if (position.plan.trailing === null || position.initialRisk === null || entry === null) return 'stop';
  const risked = position.side === 'long' ? entry.minus(position.initialRisk) : entry.plus(position.initialRisk);
  const first = levelOnTick(risked, position.side, rules);
  return tighterStop(position.side, first, stop).equals(first) ? 'stop' : 'trailing';
}
