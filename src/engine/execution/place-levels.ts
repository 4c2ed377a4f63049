import type { Decimal, Price } from '../../domain/decimal.ts';
import { levelPrice } from '../../domain/level-price.ts';
import type { ExchangeRules } from '../../domain/instrument.ts';
import type { Level } from '../../domain/levels.ts';
import type { ExitPlan, PositionSide, PositionTarget } from '../../domain/position/position.ts';
import type { SettledExits } from './settle-exits.ts';

/** What distances are turned into prices with: the reference price before the entry, the fill's price after it. */
export interface LevelAnchor {
  readonly side: PositionSide;
  readonly from: Price;
  /** When the position begins, milliseconds UTC. */
  readonly at: number;
  readonly rules: ExchangeRules;
}

/** The stop and the rest of the plan in prices on the tick. */
export interface PlacedLevels {
  readonly stopPrice: Price;
  /** One R: the distance from `from` to the stop. */
  readonly risk: Decimal;
  readonly plan: ExitPlan;
}

/**
 * The exits as prices, targets in the order in which they are reached. Nothing is judged: after the fill a position keeps
 * its stop wherever the price went in between, and one that is beyond it already is closed by the position monitor.
 */
export function placeLevels(exits: SettledExits, anchor: LevelAnchor): PlacedLevels {
  const { side, from, rules } = anchor;
  const place = (level: Level, risk: Decimal | null): Price => {
    const price = levelPrice(level, { side, from, rules, atr: exits.atr, risk }, risk === null ? 'loss' : 'profit');
    if (price === null) throw new RangeError(`a level by ${level.kind} was settled without what it counts by`);
    return price;
  };
  const stopPrice = place(exits.stopLoss, null);
  const risk = from.minus(stopPrice).abs();

  const targets = exits.targets.map(({ at, part }): PositionTarget => ({
    price: place(at, risk),
    part,
    orderId: null,
    reachedAt: null,
  }));
  const sign = side === 'long' ? 1 : -1;
  return {
    stopPrice,
    risk,
    plan: {
      targets: targets.toSorted((a, b) => sign * a.price.comparedTo(b.price)),
      trailing: exits.trailing,
      breakEvenAt: exits.breakEven && place(exits.breakEven, risk),
      closeAt: exits.maxHoldMs === null ? null : anchor.at + exits.maxHoldMs,
      stopIsDefault: exits.stopIsDefault,
    },
  };
}
