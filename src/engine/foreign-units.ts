import { ZERO_QUANTITY } from '../domain/decimal.ts';
import type { Quantity } from '../domain/decimal.ts';
import type { VenueSymbol } from '../domain/ids.ts';
import type { Position } from '../domain/position/position.ts';
import type { VenuePosition } from '../ports/broker.ts';

/**
 * Units of futures positions that are somebody else's. A symbol has but one position, so an order of ours would be netted
 * with them: nothing is opened where they are, or may be.
 */
export class ForeignUnits {
  readonly #known = new Map<VenueSymbol, Quantity>();
  /** Where somebody else has traded, and when that was heard: what it has made is not known until the venue has been asked. */
  readonly #heardAt = new Map<VenueSymbol, number>();

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

  /** Somebody else has traded. @param at milliseconds UTC */
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
