import type { Decimal } from './decimal.ts';
import type { Level } from './levels.ts';

/** A target with the share of the position that it closes, above 0 and at most 1. */
export interface Target {
  readonly at: Level;
  /** Null: the targets without a part share equally what the others leave. */
  readonly part: Decimal | null;
}

/** How positions of a trader end. Null where the part is not used. */
export interface Exits {
  /** Null: the configured default applies and is marked so. Every position has a stop. */
  readonly stopLoss: Level | null;
  readonly takeProfit: readonly Target[];
  /** A distance that follows the best price and only tightens. */
  readonly trailing: Level | null;
  /** At which profit the stop moves to the entry price. */
  readonly breakEven: Level | null;
  readonly maxHoldMs: number | null;
}
