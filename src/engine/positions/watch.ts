import { Decimal, priceFromMarketData } from '../../domain/decimal.ts';
import type { Price, Quantity } from '../../domain/decimal.ts';
import type { Instrument } from '../../domain/instrument.ts';
import { withPriceSeen } from '../../domain/position/protection.ts';
import type { Position } from '../../domain/position/position.ts';
import { isReached, tighterStop, trailedStop, trailingDistance } from './stop-price.ts';
import type { StopBasis } from './stop-price.ts';
import { targetShares } from './target-shares.ts';

/** What the monitor has to know of a position besides the position. */
export interface WatchTerms {
  readonly instrument: Instrument;
  /** Average true range (14) of the clock timeframe of its trader, null while unknown. */
  readonly atr: Decimal | null;
  /**
   * What closes on their way may yet take from the position. Orders that rest (a stop, a target) do not count: the position
   * stays watched beside them, and they are cancelled when the monitor closes.
   */
  readonly exitsInFlight: Quantity;
}

/** A target that the monitor itself watches. */
interface WatchedTarget {
  readonly price: Price;
  readonly quantity: Quantity;
  /** Its place in the plan. */
  readonly index: number;
  readonly isLast: boolean;
}

/**
 * Relative room that Float64 sums are given, so that a level computed in floats never lies beyond the exact one: thousands
 * of times the error of the few operations, and far below any tick.
 */
const FLOAT_ROOM = 1e-12;

/**
 * One open position under watch. The exact figures are Decimal; the `...Number` ones are their Float64 shadows, by which
 * almost every price is passed over. Shadows are signed: a short's prices are negated, so that for both sides lower is
 * worse, and rounding a decimal to the nearest float keeps every `at or below` true.
 */
export class Watch {
  readonly position: Position;
  readonly terms: WatchTerms;
  readonly sign: 1 | -1;
  /** The tightest stop so far. Only ever tightens. */
  stop: Price;
  /** The stop that the outside knows of. */
  toldStop: Price;
  /** Not yet on its way out. */
  open: Quantity;
  /** Not reached yet, nearest first. */
  targets: readonly WatchedTarget[];
  breakEvenAt: Price | null;
  /** Since when the stop at the venue should have been filled, milliseconds UTC. */
  venueStopDueSince: number | null = null;

  /** At or below it an exact look is needed: stop or trailed stop. */
  guardNumber = -Infinity;
  /** At or above it an exact look is needed: next target or break-even. */
  aheadNumber = Infinity;
  bestNumber: number;
  worstNumber: number;
  /** The trailed stop is best x factor - offset. */
  readonly #trailFactor: number;
  readonly #trailOffset: number;
  #hasTrailed = true;

  /** @param stop where the stop of the position stands, at least as tight as its protection says */
  constructor(position: Position, terms: WatchTerms, stop: Price) {
    this.position = position;
    this.terms = terms;
    this.sign = position.side === 'long' ? 1 : -1;
    this.stop = stop;
    this.toldStop = position.protection.stopPrice ?? stop;
    this.open = Decimal.max(position.quantity.minus(terms.exitsInFlight), 0) as Quantity;
    this.targets = watchedTargets(position, terms);
    this.breakEvenAt = position.plan.breakEvenAt;
    this.bestNumber = this.signed(position.bestPrice);
    this.worstNumber = this.signed(position.worstPrice);

    const { trailing } = position.plan;
    const isPercent = trailing?.kind === 'percent';
    const distance = trailingDistance(position, position.bestPrice, terms.atr);
    this.#trailFactor = distance === null ? 0 : isPercent ? 1 - (this.sign * trailing.percent.toNumber()) / 100 : 1;
    this.#trailOffset = distance === null ? Infinity : isPercent ? 0 : distance.toNumber();
    this.aim();
  }

  get basis(): StopBasis {
    return { rules: this.terms.instrument.rules, atr: this.terms.atr };
  }

  get seen(): Position {
    return this.seenBy(this.position);
  }

  get best(): Price {
    return this.#unsigned(this.bestNumber);
  }

  /** A version of the position with the best and worst price that were seen here. */
  seenBy(position: Position): Position {
    return withPriceSeen(withPriceSeen(position, this.best), this.#unsigned(this.worstNumber));
  }

  signed(price: Price): number {
    return this.sign * price.toNumber();
  }

  /** Whether a price means nothing, as it lies between what is guarded and what is aimed at. @param number the signed price */
  isPassedOver(number: number): boolean {
    return number > this.guardNumber && number < this.aheadNumber;
  }

  /** A new best price moves the trailed stop along. */
  raiseBest(number: number): void {
    this.bestNumber = number;
    this.#hasTrailed = true;
    const trailed = this.#trailedNumber();
    if (trailed > this.guardNumber && this.guardNumber !== -Infinity) this.guardNumber = trailed;
  }

  /** The exact stop after the best price so far. */
  trail(): void {
    if (!this.#hasTrailed) return;
    this.#hasTrailed = false;
    const trailed = trailedStop(this.position, this.best, this.basis);
    if (trailed !== null) this.stop = tighterStop(this.position.side, this.stop, trailed);
  }

  isBeyond(level: Price, price: Price): boolean {
    return isReached(this.position.side, level, { price, use: 'loss' });
  }

  isAhead(level: Price, price: Price): boolean {
    return isReached(this.position.side, level, { price, use: 'profit' });
  }

  /** Sets the shadows by the exact figures. */
  aim(): void {
    if (this.open.isZero()) {
      this.guardNumber = -Infinity;
      this.aheadNumber = Infinity;
      return;
    }
    this.guardNumber = Math.max(this.signed(this.stop), this.#trailedNumber());
    const target = this.targets[0];
    const aheads = [target?.price ?? null, this.breakEvenAt].map((level) => (level ? this.signed(level) : Infinity));
    // While the venue's stop is due, every price is looked at: one above the stop ends the wait.
    this.aheadNumber = this.venueStopDueSince === null ? Math.min(...aheads) : -Infinity;
  }

  #trailedNumber(): number {
    const trailed = this.bestNumber * this.#trailFactor - this.#trailOffset;
    return trailed + Math.abs(this.bestNumber) * FLOAT_ROOM;
  }

  #unsigned(number: number): Price {
    return priceFromMarketData(this.sign * number);
  }
}

function watchedTargets(position: Position, { instrument }: WatchTerms): readonly WatchedTarget[] {
  const { targets } = position.plan;
  const shares = targetShares(position.totals.entryQuantity, targets, {
    market: position.market,
    rules: instrument.rules,
  });
  return targets.flatMap(({ price, orderId, reachedAt }, index) => {
    const quantity = shares[index];
    const isWatched = orderId === null && reachedAt === null && quantity !== undefined && !quantity.isZero();
    return isWatched ? [{ price, quantity, index, isLast: index === targets.length - 1 }] : [];
  });
}
