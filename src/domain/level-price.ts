import { Decimal } from './decimal.ts';
import type { Price } from './decimal.ts';
import { roundToTick } from './exchange-rules.ts';
import type { ExchangeRules } from './instrument.ts';
import type { Level } from './levels.ts';
import type { PositionSide } from './position/position.ts';

/** What distances are measured by. A figure that is not known is null. */
export interface DistanceBasis {
  /** The price that distances count from: the entry. */
  readonly from: Price;
  /** The average true range (14) of the clock timeframe, quote units per unit. */
  readonly atr: Decimal | null;
  /** The stop's distance, quote units per unit: one R. */
  readonly risk: Decimal | null;
}

/** How far a level lies from `basis.from`, in quote units per unit, never negative. Null: what it counts by is not known. */
export function levelDistance(level: Level, basis: DistanceBasis): Decimal | null {
  switch (level.kind) {
    case 'price':
      return level.price.minus(basis.from).abs();
    case 'percent':
      return basis.from.times(level.percent).dividedBy(100);
    case 'atr':
      return basis.atr && level.multiple.times(basis.atr);
    case 'r':
      return basis.risk && level.multiple.times(basis.risk);
  }
}

/** Whether a level lies where a position loses (a stop) or where it gains (a target, break-even). */
export type LevelUse = 'loss' | 'profit';

/**
 * The price of a level on the tick: a price as given, a distance on the side of its use. Stops are rounded away from the
 * price and targets towards it, which both is down for a long and up for a short. At least one tick.
 * @returns null when what the level counts by is not known
 */
export function levelPrice(
  level: Level,
  basis: DistanceBasis & { readonly side: PositionSide; readonly rules: ExchangeRules },
  use: LevelUse,
): Price | null {
  if (level.kind === 'price') return levelOnTick(level.price, basis.side, basis.rules);
  const distance = levelDistance(level, basis);
  if (distance === null) return null;
  const isAbove = (use === 'profit') === (basis.side === 'long');
  const exact = isAbove ? basis.from.plus(distance) : basis.from.minus(distance);
  return levelOnTick(exact, basis.side, basis.rules);
}

/** A stop or target rounded to the tick: down for a long, up for a short. At least one tick. */
export function levelOnTick(exact: Decimal, side: PositionSide, rules: ExchangeRules): Price {
  const positive = Decimal.max(exact, rules.tick) as Price;
  return roundToTick(positive, rules, side === 'long' ? 'down' : 'up');
}
