import { Decimal, ZERO_QUANTITY } from '../domain/decimal.ts';
import type { Price, Quantity } from '../domain/decimal.ts';
import type { AitraderError } from '../domain/errors.ts';
import type { Fill } from '../domain/fill.ts';
import type { OrderId, PositionId, VenueSymbol } from '../domain/ids.ts';
import type { Order, OrderIntent } from '../domain/order/order.ts';
import { applyFill, closeAsDust, hasBooked, openPosition } from '../domain/position/ledger.ts';
import { isLeftAlone, isTighterOrEqual } from '../domain/position/protection.ts';
import type { CloseReason, Position, PositionOpening } from '../domain/position/position.ts';
import type { ProtectionChange } from '../domain/command.ts';
import { SECOND_MS } from '../domain/time.ts';
import { ok } from '../lib/result.ts';
import type { Result } from '../lib/result.ts';
import { BareWatch } from './bare-watch.ts';
import { lastPrice, lastPriceSince } from './context.ts';
import type { EngineContext } from './context.ts';
import { ExitDesk } from './exit-desk.ts';
import { guardAtVenue, guardHere, guardLost, noteTarget } from './guard.ts';
import { closeReasonOf, namedReason } from './named-reason.ts';
import type { MonitorDecision } from './positions/decision.ts';
import { partToClose } from './positions/edit.ts';
import { PositionMonitor } from './positions/monitor.ts';
import { tellExcess, tellLiquidationNear, tellUnlisted } from './position-alerts.ts';
import { OrderHolds } from './order-holds.ts';
import { monitorOptions } from './position-desk-parts.ts';
import type { PositionDeskParts } from './position-desk-parts.ts';
import { isDust, positionTerms, sellable } from './position-terms.ts';
import { changedProtection } from './protection-change.ts';
import { StopDesk } from './stop-desk.ts';

/** The open positions: from the first fill to the last, guarded all the way. */
export class PositionDesk {
  readonly #context: EngineContext;
  readonly #parts: PositionDeskParts;
  readonly #monitor: PositionMonitor;
  readonly #exits: ExitDesk;
  readonly #stops: StopDesk;
  readonly #bare: BareWatch;
  readonly #holds: OrderHolds;

  constructor(context: EngineContext, parts: PositionDeskParts) {
    this.#context = context;
    this.#parts = parts;
    this.#monitor = new PositionMonitor(monitorOptions(context.settings));
    const { orders, risk, mismatch } = parts;
    const retry = (id: PositionId): void => parts.later(() => this.#settle(id));
    this.#holds = new OrderHolds(context, { risk, released: retry, isHeard: (id) => this.#stops.isHeard(id) });
    this.#exits = new ExitDesk(context, { orders, risk, retry, mismatch });
    this.#stops = new StopDesk(context, { orders, risk, retry, mismatch });
    this.#bare = new BareWatch(context, { risk, stops: this.#stops });
  }

  /**
   * Learns of the stops and exits of an earlier run, and watches its positions. Their orders are left alone until `resume`.
   * @param orders oldest first
   */
  restore(orders: readonly Order[]): void {
    const triedAgain = new Set(orders.map(({ intent }) => intent.parentOrderId));
    for (const order of orders) {
      const { id, leg } = order.intent;
      if (leg === 'stop') this.#stops.restore(order);
      if (leg === 'exit') this.#exits.restore(order, namedReason(order), triedAgain.has(id));
    }
    this.#holds.untold.begin();
    for (const position of this.#context.books.positions.values()) {
      this.#context.market.watch(position.symbol, true);
      this.#stops.awaitVenue(position.id);
      this.#holds.untold.wait(position);
      const terms = this.#terms(position);
      if (terms !== null && !isLeftAlone(position)) this.#monitor.put(position, terms);
    }
  }

  /** Goes on with the positions of an earlier run, now that the books are held against the venue. */
  resume(): void {
    const { orders, positions } = this.#context.books;
    // Stops and exits of a position that has closed: left alone they would trade what is not its own.
    for (const { intent } of [...orders.values()])
      if (intent.positionId !== null && !positions.has(intent.positionId)) this.#parts.orders.cancel(intent.id);
    for (const { id, symbol } of [...positions.values()]) {
      this.#settle(id);
      if (this.#context.instrument(symbol) === null) tellUnlisted(this.#parts.risk, symbol);
    }
  }

  /**
   * The books were held against the venue: its stops that no book knew are in them now.
   * @param unheard symbols of which it has not told the fills
   */
  compared(unheard: ReadonlySet<VenueSymbol>): void {
    this.#stops.venueHeard();
    this.#holds.untold.told(unheard);
    for (const id of [...this.#context.books.positions.keys()]) this.#settle(id);
  }

  /** A price moved: stops, targets and break-evens are judged by it at once. */
  priceMoved(symbol: VenueSymbol, last: number, mark: number): void {
    if (!this.#context.settings.monitorPositions) return;
    const decisions = this.#monitor.price(symbol, last, this.#context.clock.now());
    if (decisions.length > 0) this.#carryOut(decisions);
    if (!(mark > 0)) return;
    this.#carryOut(this.#monitor.mark(symbol, mark));
  }

  /** Time passed: time limits, stops that the venue should have filled, trailing stops that have moved. */
  timePassed(): void {
    this.#bare.look();
    if (!this.#context.settings.monitorPositions || this.#context.books.positions.size === 0) return;
    this.#carryOut(this.#monitor.time(this.#context.clock.now(), (each) => lastPriceSince(this.#context, each)));
    this.#carryOut(this.#monitor.movedStops());
  }

  /** @param entry the order that has opened it; null: it stands at the venue without an order of ours that tells of it */
  open(opening: PositionOpening, entry: Order | null): Position {
    const position = openPosition(opening);
    this.#context.books.putPosition(position, 'opened');
    this.#context.market.watch(position.symbol, true);
    this.#parts.opened();
    this.#holds.opened(position, entry);
    this.#settle(position.id);
    return position;
  }

  /** An order of this position was filled: by an entry it grows, by anything else it shrinks. */
  filled(position: Position, order: Order, fill: Fill): void {
    // It was told before it was known whose it is.
    if (hasBooked(position, fill)) return;
    const reason = this.#exits.reasonOf(order) ?? closeReasonOf(this.#context, position, order);
    const { position: after, excess } = applyFill(position, fill, reason);
    if (!excess.isZero()) tellExcess(this.#parts.risk, fill, excess);
    this.unitsMoved(after, 'filled');
  }

  /** A stop of ours was found at the venue alone. For a position that was left alone its owner has wanted it, before a crash. */
  stopFound(position: Position, { id, terms }: OrderIntent): void {
    this.#stops.found(position.id, id);
    if (!isLeftAlone(position) || terms.type !== 'stop_market') return;
    guardHere(this.#context, position, { stopPrice: terms.triggerPrice, cause: 'its stop was found at the exchange' });
  }

  /** Closes whatever is open, ours and not on its way out: the kill switch is on. */
  closeAll(): void {
    const open = [...this.#context.books.positions.values()].filter((position) => !isLeftAlone(position));
    for (const position of open) this.close(position, 'all', 'kill');
  }

  orderMoved(order: Order): void {
    const position = this.#positionOf(order);
    if (position === undefined) return;
    if (order.intent.leg === 'stop') this.#stops.moved(order);
    this.#settle(position.id);
  }

  /** The venue has told how an order stands. A stop that still rests there while the price is beyond it is waited for no more. */
  orderAnswered({ intent: { id, leg, positionId, symbol }, state }: Order): void {
    if (leg !== 'stop' || positionId === null || state.status !== 'open') return;
    const now = this.#context.clock.now();
    const decisions = this.#monitor.venueStopRests(positionId, lastPrice(this.#context, symbol), now);
    if (decisions === null) this.#parts.orders.inquire(id, SECOND_MS);
    else this.#carryOut(decisions);
  }

  orderEnded(order: Order): void {
    const position = this.#positionOf(order);
    if (order.intent.leg === 'exit') this.#exits.ended(order, position);
    if (order.intent.leg === 'stop') {
      const loss = this.#stops.ended(order, position);
      if (loss === 'would_trigger' && position !== undefined) this.close(position, 'all', 'stop');
      if (loss === 'lost' && position !== undefined) guardLost(this.#context, position, order);
    }
    if (position !== undefined) this.#settle(position.id);
  }

  /**
   * Closes so much of a position, or all of it. What the exchange would not take is dust when it is all that is left.
   * @returns the order that closes, null when there is nothing to send
   */
  close(position: Position, quantity: Quantity | 'all', reason: CloseReason): OrderId | null {
    const open = position.quantity.minus(this.#exits.inFlight(position.id)) as Quantity;
    const wanted = quantity === 'all' ? open : (Decimal.min(quantity, open) as Quantity);
    const sold = sellable(this.#context, position, Decimal.max(wanted, 0) as Quantity);
    if (sold.isZero()) {
      if (quantity === 'all' && open.equals(position.quantity)) this.#closeAsDust(position, reason);
      return null;
    }
    const orderId = this.#exits.close(position, sold, reason);
    this.#settle(position.id);
    return orderId;
  }

  /** Closes a share of a position, floored to the step. */
  closePart(position: Position, part: Decimal, reason: CloseReason): Result<OrderId | null, AitraderError> {
    const terms = this.#terms(position);
    if (terms === null) return ok(this.close(position, part.equals(1) ? 'all' : position.quantity, reason));
    const quantity = partToClose(position, part, terms);
    return quantity.ok ? ok(this.close(position, quantity.value, reason)) : quantity;
  }

  /** Changes stop, targets or trailing distance; the stop only tightens. */
  changeProtection(position: Position, change: ProtectionChange): Result<null, AitraderError> {
    const terms = this.#terms(position);
    if (terms === null) return ok(null);
    const changed = changedProtection(this.#context, position, { change, terms });
    if (!changed.ok) return changed;
    const { position: after, isPlanChanged, stopPrice } = changed.value;
    if (isPlanChanged) this.#context.books.putPosition(after, 'edited');
    if (stopPrice !== null) this.#tighten(after, stopPrice);
    else this.#settle(position.id);
    return ok(null);
  }

  /** Takes over a newer version in which units have moved; a closed one is finished. */
  unitsMoved(position: Position, change: string): void {
    const seen = this.#monitor.seen(position.id);
    const after = seen === null ? position : { ...position, bestPrice: seen.bestPrice, worstPrice: seen.worstPrice };
    this.#context.books.putPosition(after, position.state.status === 'open' ? change : 'closed');
    if (position.state.status === 'open') this.#settle(position.id);
    else this.#finish(after);
  }

  /** Takes over a newer version of an open position in which no units have moved. */
  changed(position: Position, change: string): void {
    this.#context.books.putPosition(position, change);
    this.#settle(position.id);
  }

  /** The position with the best and worst price seen; the one in the books when it is not watched. */
  seen(position: Position): Position {
    return this.#monitor.seen(position.id) ?? position;
  }

  #positionOf(order: Order): Position | undefined {
    const { positionId } = order.intent;
    return positionId === null ? undefined : this.#context.books.positions.get(positionId);
  }

  #finish(position: Position): void {
    this.#monitor.drop(position.id);
    this.#exits.forget(position.id);
    this.#stops.forget(position.id);
    const others = [...this.#context.books.positions.values()].some(({ symbol }) => symbol === position.symbol);
    if (!others) this.#context.market.watch(position.symbol, false);
    this.#parts.closed(position);
  }

  #terms(position: Position) {
    return positionTerms(this.#context, position, this.#exits.inFlight(position.id));
  }

  /** Brings watch, resting stop and waiting closes in line with the position as it is now. */
  #settle(positionId: PositionId): void {
    const position = this.#context.books.positions.get(positionId);
    const terms = position && this.#terms(position);
    if (position === undefined || !terms) return;
    if (isLeftAlone(position)) {
      if (!this.#holds.holdsBack(position, terms.exitsInFlight)) this.#exits.advance(position, ZERO_QUANTITY);
      return;
    }
    if (this.#isNothingButDust(position)) {
      // As an event of its own: several fills that were missed are told at once, and the next may take the rest.
      this.#parts.later(() => this.#closeRest(positionId));
      return;
    }
    const standing = this.#stops.standing(positionId);
    if (standing !== null) guardAtVenue(this.#context, position, standing);
    this.#carryOut(this.#monitor.put(this.#context.books.positions.get(positionId) ?? position, terms));
    this.#rest(positionId);
  }

  /** The parts of `#settle` that act on the venue. */
  #rest(positionId: PositionId): void {
    const position = this.#context.books.positions.get(positionId);
    if (position === undefined) return;
    const { stopPrice, guard } = position.protection;
    const isBare = guard === 'none' && stopPrice !== null;
    if (isBare) guardHere(this.#context, position, { stopPrice, cause: 'the stop is on its way' });
    if (this.#holds.isUnwritten(positionId)) return;
    const stop = this.#monitor.stopOf(positionId) ?? stopPrice;
    const current = this.#context.books.positions.get(positionId) ?? position;
    const inFlight = this.#exits.inFlight(positionId);
    const isHeld = this.#holds.holdsBack(current, inFlight);
    // For a close that may not be sent yet no stop gives its units free.
    if (stop !== null && (inFlight.isZero() || !isHeld)) this.#stops.align(current, stop, inFlight);
    if (isHeld) return;
    // What was dropped is open again, for the monitor to watch.
    if (this.#exits.advance(current, this.#stops.locked(positionId))) this.#settle(positionId);
  }

  /** Whether nothing can take the rest any more, neither a new order nor one that is at the venue. */
  #isNothingButDust(position: Position): boolean {
    const { id } = position;
    return (
      [this.#exits.inFlight(id), this.#stops.locked(id)].every((each) => each.isZero()) &&
      isDust(this.#context, position)
    );
  }

  #closeRest(positionId: PositionId): void {
    const position = this.#context.books.positions.get(positionId);
    if (position !== undefined && this.#isNothingButDust(position))
      this.#closeAsDust(position, position.exits.at(-1)?.reason ?? 'end');
  }

  #closeAsDust(position: Position, reason: CloseReason): void {
    this.unitsMoved(closeAsDust(position, reason, this.#context.clock.now()), 'closed');
  }

  #carryOut(decisions: readonly MonitorDecision[]): void {
    for (const decision of decisions) {
      const position = this.#context.books.positions.get(decision.positionId);
      if (position !== undefined) this.#carryOutOne(position, decision);
    }
  }

  #carryOutOne(position: Position, decision: MonitorDecision): void {
    switch (decision.kind) {
      case 'close':
        if (decision.target !== null) noteTarget(this.#context, position, decision.target);
        this.#exits.close(position, decision.quantity, decision.reason);
        this.#rest(position.id);
        return;
      case 'dust':
        this.#closeAsDust(position, decision.reason);
        return;
      case 'stop_moved': {
        if (decision.reason === 'trailing' && this.#stops.isNearEnough(position, decision.stopPrice)) return;
        const plan = decision.reason === 'break_even' ? { ...position.plan, breakEvenAt: null } : position.plan;
        if (plan !== position.plan) this.#context.books.putPosition({ ...position, plan }, 'break-even reached');
        this.#tighten({ ...position, plan }, decision.stopPrice);
        return;
      }
      case 'venue_stop_due':
        if (position.protection.guard === 'venue') this.#parts.orders.inquire(position.protection.stopOrderId, 0);
        return;
      case 'liquidation_near':
        tellLiquidationNear(this.#parts.risk, position.symbol, decision);
    }
  }

  /** The stop stands tighter from now on: watched here until the order at the venue has followed. */
  #tighten(position: Position, stopPrice: Price): void {
    const isNews = position.protection.stopPrice?.equals(stopPrice) !== true;
    if (!isNews || !isTighterOrEqual(position, stopPrice)) {
      this.#settle(position.id);
      return;
    }
    guardHere(this.#context, position, { stopPrice, cause: 'the stop has moved' });
    this.#settle(position.id);
  }
}
