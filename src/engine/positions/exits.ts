import { Decimal, ZERO_QUANTITY } from '../../domain/decimal.ts';
import type { Price, Quantity } from '../../domain/decimal.ts';
import type { CloseReason } from '../../domain/position/position.ts';
import type { MonitorDecision } from './decision.ts';
import { closable, isSellable } from './sellable.ts';
import { breakEvenStop, stopReason, tighterStop } from './stop-price.ts';
import type { Watch } from './watch.ts';

/** A price of the market and when it was seen, milliseconds UTC. */
export interface SeenPrice {
  readonly price: Price;
  readonly at: number;
}

/**
 * Decides exactly what a price means for a position, in the order of the fill rules: the stop first, then break-even, then
 * every touched target.
 * @param venueGraceMs how long a stop at the exchange may take before the monitor closes itself
 */
export function decideExits(watch: Watch, seen: SeenPrice, venueGraceMs: number): readonly MonitorDecision[] {
  if (watch.open.isZero()) return [];
  watch.trail();
  const decisions = watch.isBeyond(watch.stop, seen.price)
    ? decideStop(watch, seen, venueGraceMs)
    : decideAhead(watch, seen.price);
  watch.aim();
  return decisions;
}

/** Closes all that is still open. */
export function closeAll(watch: Watch, reason: CloseReason, at: Price): readonly MonitorDecision[] {
  return take(watch, watch.open, { reason, at, target: null });
}

/** Tells the outside where the stop stands, once however often it moved. */
export function tellStop(watch: Watch, reason: 'trailing' | 'break_even'): readonly MonitorDecision[] {
  if (watch.open.isZero() || watch.stop.equals(watch.toldStop)) return [];
  watch.toldStop = watch.stop;
  return [{ kind: 'stop_moved', positionId: watch.position.id, stopPrice: watch.stop, reason }];
}

function decideStop(watch: Watch, { price, at }: SeenPrice, venueGraceMs: number): readonly MonitorDecision[] {
  const { protection, id } = watch.position;
  const atVenue = protection.guard === 'venue' && watch.isBeyond(protection.stopPrice, price);
  if (atVenue && watch.venueStopDueSince === null) {
    watch.venueStopDueSince = at;
    return [{ kind: 'venue_stop_due', positionId: id, stopPrice: protection.stopPrice }];
  }
  if (atVenue && at - (watch.venueStopDueSince ?? at) < venueGraceMs) return [];
  return closeAll(watch, stopReason(watch.position, watch.stop, watch.basis.rules), price);
}

function decideAhead(watch: Watch, price: Price): readonly MonitorDecision[] {
  watch.venueStopDueSince = null;
  const decisions = [...breakEven(watch)];
  for (const target of watch.targets) {
    if (!watch.isAhead(target.price, price)) break;
    watch.targets = watch.targets.slice(1);
    const quantity = target.isLast ? watch.open : (Decimal.min(target.quantity, watch.open) as Quantity);
    decisions.push(...take(watch, quantity, { reason: 'target', at: price, target: target.index }));
  }
  return decisions;
}

/** Moves the stop to the entry once the best price has been far enough. */
export function breakEven(watch: Watch): readonly MonitorDecision[] {
  if (watch.breakEvenAt === null || !watch.isAhead(watch.breakEvenAt, watch.best)) return [];
  watch.breakEvenAt = null;
  const entry = breakEvenStop(watch.position, watch.basis.rules);
  if (entry !== null) watch.stop = tighterStop(watch.position.side, watch.stop, entry);
  return tellStop(watch, 'break_even');
}

interface Taking {
  readonly reason: CloseReason;
  readonly at: Price;
  readonly target: number | null;
}

/** Puts a quantity on its way out. What is then left below a step goes with it, as nothing could ever sell it. */
function take(watch: Watch, quantity: Quantity, { reason, at, target }: Taking): readonly MonitorDecision[] {
  const terms = { market: watch.position.market, rules: watch.basis.rules };
  const positionId = watch.position.id;
  const sold = closable(quantity, terms);
  const isAll = quantity.equals(watch.open);
  const fits = isSellable(sold, at, terms);
  if (isAll) watch.open = ZERO_QUANTITY;
  else if (fits) watch.open = watch.open.minus(sold) as Quantity;
  if (fits) return [{ kind: 'close', positionId, quantity: sold, reason, target }];
  // What is in flight may leave more than dust; the position comes back here when that is known.
  return isAll && quantity.equals(watch.position.quantity) ? [{ kind: 'dust', positionId, reason }] : [];
}
