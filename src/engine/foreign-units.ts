import { ZERO_QUANTITY } from '../domain/decimal.ts';
import type { Quantity } from '../domain/decimal.ts';
import type { Fill } from '../domain/fill.ts';
import type { VenueSymbol } from '../domain/ids.ts';
import type { Position } from '../domain/position/position.ts';
import { MINUTE_MS, SECOND_MS } from '../domain/time.ts';
import type { VenuePosition } from '../ports/broker.ts';

/** The clocks of venue and program may differ; a fill that is wrongly taken for counted is found when the venue is asked. */
const CLOCK_MARGIN_MS = 5 * SECOND_MS;

/** So long a difference may take to be believed, and the venue to be asked. */
const TAKEN_KEPT_MS = 5 * MINUTE_MS;

/**
 * Units of futures positions that are somebody else's. A symbol has but one position, so an order of ours would be netted
 * with them: nothing is opened where they are, or may be.
 */
export class ForeignUnits {
  readonly #known = new Map<VenueSymbol, Quantity>();
  /** Where somebody else has traded, or may have, and when that was heard: what it has made is not known until the venue was asked. */
  readonly #heardAt = new Map<VenueSymbol, number>();

  /** Fills of others against a position, in the order in which they were told, until the venue has said what is left. */
  readonly #taken = new Map<VenueSymbol, readonly Fill[]>();

  /** Until when the fills of others are in the figures of the books, as those were taken from the venue's; milliseconds UTC. */
  readonly #countedUntil = new Map<VenueSymbol, number>();

  /** Units that others have added to the position of a symbol, as far as is known. */
  in(symbol: VenueSymbol): Quantity {
    return this.#known.get(symbol) ?? ZERO_QUANTITY;
  }

  /** Whether units of others stand in the symbol, or may. */
  mayBeIn(symbol: VenueSymbol): boolean {
    return this.#known.has(symbol) || this.#heardAt.has(symbol);
  }

  /** @returns whether that is news */
  note(symbol: VenueSymbol, quantity: Quantity): boolean {
    const before = this.in(symbol);
    if (quantity.isZero()) this.#known.delete(symbol);
    else this.#known.set(symbol, quantity);
    return !before.equals(quantity);
  }

  /** The books follow what the venue has said of the symbol at `at`, milliseconds UTC: whatever others had done by then. */
  counted(symbol: VenueSymbol, at: number): void {
    this.#countedUntil.set(symbol, at);
  }

  /** Somebody else has reduced the position of a symbol. */
  tookFrom(fill: Fill): void {
    this.#taken.set(fill.symbol, [...this.takenFrom(fill.symbol), fill]);
  }

  takenFrom(symbol: VenueSymbol): readonly Fill[] {
    return this.#taken.get(symbol) ?? [];
  }

  /** What the venue has said at `at`, milliseconds UTC, takes into account what happened before. */
  forgetTaken(symbol: VenueSymbol, at: number): void {
    const later = this.takenFrom(symbol).filter(({ time }) => time > at - TAKEN_KEPT_MS);
    if (later.length > 0) this.#taken.set(symbol, later);
    else this.#taken.delete(symbol);
  }

  /** Whether what a fill of somebody else has done is in the books already: it may be told long after the venue was asked. */
  hasCounted({ symbol, time }: Pick<Fill, 'symbol' | 'time'>): boolean {
    return time <= (this.#countedUntil.get(symbol) ?? -Infinity) + CLOCK_MARGIN_MS;
  }

  /** Somebody else has traded, or the venue holds something else than the books. @param at milliseconds UTC */
  heard(symbol: VenueSymbol, at: number): void {
    this.#heardAt.set(symbol, at);
  }

  /**
   * The books were held against positions that the venue was asked for at `askedAt`, milliseconds UTC: what they explain is
   * in doubt no more.
   */
  compared(
    askedAt: number,
    { held, booked }: { readonly held: readonly VenuePosition[]; readonly booked: readonly Position[] },
  ): void {
    for (const symbol of new Set([...this.#known.keys(), ...this.#heardAt.keys()])) {
      const ours = booked.find((each) => each.symbol === symbol);
      const atVenue = held.find((each) => each.symbol === symbol);
      if ((this.#heardAt.get(symbol) ?? 0) > askedAt) continue;
      if (ours === undefined && atVenue === undefined) this.#known.delete(symbol);
      const explained = (ours?.quantity ?? ZERO_QUANTITY).plus(this.in(symbol));
      const isSameSide = ours === undefined || atVenue === undefined || ours.side === atVenue.side;
      const isImported = ours !== undefined || atVenue === undefined;
      if (isSameSide && isImported && explained.equals(atVenue?.quantity ?? 0)) this.#heardAt.delete(symbol);
    }
  }
}
