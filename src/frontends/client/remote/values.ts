import { Decimal, decimal, money, price } from '../../../domain/decimal.ts';
import type { Money, Price, Quantity } from '../../../domain/decimal.ts';
import type { Target } from '../../../domain/exits.ts';
import { asId } from '../../../domain/ids.ts';
import type { AnyId, UserId, VenueOrderId } from '../../../domain/ids.ts';
import { parseLevel } from '../../../domain/levels.ts';
import type { Level } from '../../../domain/levels.ts';
import type { Plot } from '../../../domain/signal.ts';
import type { TargetJson } from '../../shared/json/level-json.ts';

/** What the API's forms hold, read back into the values of the domain. */

/** Whose the things of a remote desk are: its API belongs to one user, whom it does not name. */
export const REMOTE_USER = asId<UserId>('remote');

/** Where the API names no order of the venue and the domain has one. */
export const NO_VENUE_ORDER = asId<VenueOrderId>('-');

export function idOf<Id extends AnyId>(text: string | null): Id | null {
  return text === null ? null : asId<Id>(text);
}

/** Market data: null is what the source lacks. */
export function figureOf(value: number | null): number {
  return value ?? NaN;
}

export function levelOf(text: string | null): Level | null {
  return text === null ? null : parseLevel(text);
}

export function priceOf(text: string | null): Price | null {
  return text === null ? null : price(text);
}

export function targetOf(json: TargetJson): Target {
  if (typeof json === 'string') return { at: parseLevel(json), part: null };
  return { at: parseLevel(json.at), part: shareOf(json.part) };
}

/** A share or percentage, which the API gives as a number. */
export function shareOf(value: number): Decimal {
  return decimal(new Decimal(value));
}

export function plotOf({ name, value, level }: { name: string; value: number | null; level: number | null }): Plot {
  return { name, value: figureOf(value), level };
}

/** What so much was worth at a price, zero without one. */
export function worthOf(amount: Quantity, at: Price | null): Money {
  return money(at === null ? '0' : amount.times(at));
}
