import { Decimal, ZERO, ZERO_QUANTITY } from '../domain/decimal.ts';
import type { Price, Quantity } from '../domain/decimal.ts';
import { roundToTick } from '../domain/exchange-rules.ts';
import { asId } from '../domain/ids.ts';
import type { OrderId, PositionId } from '../domain/ids.ts';
import { isFinal, remainingQuantity } from '../domain/order/order.ts';
import type { Order, OrderStatus } from '../domain/order/order.ts';
import type { Position } from '../domain/position/position.ts';
import type { RiskApproved } from '../domain/risk-approval.ts';
import type { OrderIntent, TriggerSource } from '../domain/order/order.ts';
import { SECOND_MS } from '../domain/time.ts';
import type { EngineContext } from './context.ts';
import { isOver } from './execution/questions.ts';
import { reduction, saysNothingToReduce } from './exit-desk.ts';
import type { ExitDeskParts } from './exit-desk.ts';
import { guardHere } from './guard.ts';
import { mustFreeUnits } from './position-terms.ts';
import { correctStop, restingStop } from './positions/resting-stop.ts';
import type { RestingStop } from './positions/resting-stop.ts';
import { approveReduction } from './risk/approval.ts';

/** A tighter stop alone is worth a new order at the venue from this share of the price on. */
const LEAST_MOVE_SHARE = '0.0005';
const FIRST_RETRY_MS = 2 * SECOND_MS;
const LONGEST_RETRY_MS = 60 * SECOND_MS;
const ALARM_AFTER = 3;

/** Refusals that say that the stop would have been set off at once. */
const WOULD_TRIGGER = new Set(['-2021', 'would_trigger_immediately']);
/** Spot has one code for many refusals, such as units that are locked and ids given twice; its words tell which. */
const SAID_OF_MANY = '-2010';
const TRIGGER_WORDS = /trigger/i;

/** States in which a stop can be changed or cancelled. In any other, what becomes of it has to be known first. */
const SETTLED: ReadonlySet<OrderStatus> = new Set<OrderStatus>(['open', 'partial']);

/** States in which a stop may not have reached the venue yet, or is taken back: it is not counted on. */
const UNSURE: ReadonlySet<OrderStatus> = new Set<OrderStatus>(['pending', 'sent', 'unknown', 'cancelling']);

const TOO_SMALL = 'the exchange takes no stop over so little';

interface Trouble {
  readonly failures: number;
  /** No further try is made before. */
  readonly until: number;
  /** The order that failed last: a later one that stands ends the trouble. */
  readonly orderId: OrderId;
}

/** How an order that was to protect a position ended while some of it is still open. */
export type StopLoss = 'would_trigger' | 'lost';

/** The stop orders that rest at the venue, one per position; during a change there are two for a moment. */
export class StopDesk {
  readonly #context: EngineContext;
  readonly #parts: ExitDeskParts;
  readonly #stops = new Map<PositionId, OrderId[]>();
  /** Stops in a row that the exchange refused or took away. */
  readonly #troubles = new Map<PositionId, Trouble>();
  /** Working stops that this desk cancels or replaces: their end is no loss. */
  readonly #unwanted = new Set<OrderId>();
  /** Positions of an earlier run of which the venue may hold a stop that no book knows. */
  readonly #unheard = new Set<PositionId>();

  constructor(context: EngineContext, parts: ExitDeskParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** Whether stops of this market can rest at the venue. */
  get canRest(): boolean {
    const { capabilities } = this.#context.broker;
    return capabilities.residentStops && capabilities.orderTypes[this.#context.settings.market].has('stop_market');
  }

  /** The last price, as the position monitor goes by it, where the venue has such triggers. */
  get #triggerSource(): TriggerSource {
    return this.#context.broker.capabilities.triggerSources.has('last') ? 'last' : 'mark';
  }

  /** Whether the stop at the venue stands so near to this one that it need not follow; the position monitor does anyway. */
  isNearEnough({ protection }: Position, stopPrice: Price): boolean {
    if (protection.guard !== 'venue') return false;
    return stopPrice.minus(protection.stopPrice).abs().lessThan(leastMove(stopPrice));
  }

  /** Units that stop orders of the position hold at the venue, or have sold by news that are not booked yet. */
  locked(positionId: PositionId): Quantity {
    const held = this.#working(positionId).map(unbookedQuantity);
    return held.reduce<Decimal>((most, each) => Decimal.max(most, each), ZERO_QUANTITY) as Quantity;
  }

  /** Goes on with a stop that was found at the venue alone: sent before whatever is known here. */
  found(positionId: PositionId, orderId: OrderId): void {
    this.#stops.set(positionId, [orderId, ...(this.#stops.get(positionId) ?? [])]);
  }

  /** On spot no stop is placed beside one that may rest unknown: it would lock units that are not of the position. */
  awaitVenue(positionId: PositionId): void {
    this.#unheard.add(positionId);
  }

  /** The venue has told which stops rest. */
  venueHeard(): void {
    this.#unheard.clear();
  }

  /** Whether the venue has said, since this program runs, which stops of the position rest. */
  isHeard(positionId: PositionId): boolean {
    return !this.#unheard.has(positionId);
  }

  /** Goes on with a stop of an earlier run. */
  restore(order: Order): void {
    const { positionId, id } = order.intent;
    if (positionId !== null && !isOver(order)) this.#note(positionId, id);
  }

  /**
   * Brings what rests at the venue in line with the stop of the position.
   * @param exitsInFlight units that other closes are to take
   */
  align(position: Position, stopPrice: Price, exitsInFlight: Quantity): void {
    const instrument = this.#context.instrument(position.symbol);
    if (!this.canRest || instrument === null) return;
    const working = this.#working(position.id);
    this.#dropSurplus(working);
    const current = working[0];
    const isChanging = working.some(({ state }) => !SETTLED.has(state.status));
    if (working.length > 1 || isChanging) return;
    const locked = mustFreeUnits(this.#context, position) ? exitsInFlight : ZERO_QUANTITY;
    const wanted = restingStop(position, stopPrice, { instrument, locked });
    if (wanted === null && locked.isZero()) this.#noteUntakable(position);
    const resting = current === undefined ? null : restingOf(current);
    // A stop that was told to stand elsewhere is followed however near; one that only trails is not worth every order.
    const least = position.protection.guard === 'venue' ? leastMove(stopPrice) : ZERO;
    const correction = correctStop(wanted, resting, least);
    // Units that are wanted free are set free at once, whatever was refused before.
    if (correction.action !== 'cancel' && this.#isHeldBack(position.id)) return;
    switch (correction.action) {
      case 'keep':
        return;
      case 'cancel':
        if (current !== undefined) this.#cancel(current);
        return;
      case 'place':
        if (position.market === 'spot' && this.#unheard.has(position.id)) return;
        this.#place(position, correction.stop);
        return;
      case 'replace':
        if (current !== undefined) this.#replace(position, current, correction.stop);
    }
  }

  /** A stop order has come into another state. */
  moved(order: Order): void {
    const { positionId, id } = order.intent;
    if (positionId === null || order.state.status !== 'open') return;
    const trouble = this.#troubles.get(positionId);
    if (trouble !== undefined && id > trouble.orderId) this.#troubles.delete(positionId);
    this.#dropSurplus(this.#working(positionId));
  }

  /** The stop that stands at the venue: of two the one that was sent last. Null when none does. */
  standing(positionId: PositionId): { readonly stopPrice: Price; readonly stopOrderId: OrderId } | null {
    const order = this.#working(positionId).findLast(({ state }) => state.status === 'open');
    const terms = order?.intent.terms;
    if (order === undefined || terms?.type !== 'stop_market') return null;
    return { stopPrice: terms.triggerPrice, stopOrderId: order.intent.id };
  }

  /**
   * A stop order has ended.
   * @returns null when the position does not need it any more, because it has closed or another one stands in its place
   */
  ended(order: Order, position: Position | undefined): StopLoss | null {
    const { positionId, id } = order.intent;
    const ids = positionId === null ? undefined : this.#stops.get(positionId);
    const isUnwanted = this.#unwanted.delete(id);
    if (positionId === null || ids === undefined) return null;
    this.#stops.set(
      positionId,
      ids.filter((each) => each !== id),
    );
    const { state } = order;
    if (position === undefined) return null;
    const isRefused = state.status === 'rejected';
    if (isRefused && saysNothingToReduce(state)) this.#parts.mismatch();
    const isBeyond = isRefused && wouldTrigger(state);
    // One that was filled has done its part; what an exit was to take beside it may still be there.
    if (!isUnwanted && state.status !== 'filled') {
      const failures = this.#holdBack(positionId, id);
      if (!isBeyond) this.#alarm(order, failures);
    }
    if (isBeyond) return 'would_trigger';
    return this.#working(positionId).some(({ state: { status } }) => !UNSURE.has(status)) ? null : 'lost';
  }

  /** Cancels whatever still rests for a position that has closed. */
  forget(positionId: PositionId): void {
    for (const order of this.#working(positionId)) this.#cancel(order);
    this.#stops.delete(positionId);
    this.#troubles.delete(positionId);
  }

  /** The working stop orders of a position, oldest first. */
  #working(positionId: PositionId): readonly Order[] {
    const ids = this.#stops.get(positionId) ?? [];
    return ids.flatMap((id) => {
      const order = this.#context.books.orders.get(id);
      return order === undefined || isOver(order) ? [] : [order];
    });
  }

  /** Once the newest stop stands, the ones before it go, also those of which a run before could not say so any more. */
  #dropSurplus(working: readonly Order[]): void {
    const newest = working.at(-1);
    for (const order of working) {
      if (newest?.state.status === 'open' && order !== newest) this.#cancel(order);
    }
  }

  #place(position: Position, stop: RestingStop): void {
    const intent = this.#approved(position, stop);
    if (intent === null) return;
    this.#note(position.id, intent.id);
    this.#parts.orders.exit(intent, position.id);
  }

  /** On futures the new one comes first and the old one goes when it stands; on spot the units can be locked once only. */
  #replace(position: Position, current: Order, stop: RestingStop): void {
    if (position.market === 'futures') {
      this.#place(position, stop);
      return;
    }
    if (!this.#context.broker.capabilities.atomicReplace) {
      this.#cancel(current);
      return;
    }
    const intent = this.#approved(position, stop);
    if (intent === null) return;
    this.#note(position.id, intent.id);
    this.#unwanted.add(current.intent.id);
    this.#parts.orders.replace(current.intent.id, intent, position.id);
  }

  #cancel({ intent: { id } }: Order): void {
    this.#unwanted.add(id);
    this.#parts.orders.cancel(id);
  }

  #approved(position: Position, stop: RestingStop): RiskApproved<OrderIntent> | null {
    const instrument = this.#context.instrument(position.symbol);
    // The tick may have grown since the stop was set: it goes to the next one inwards, as it never moves back.
    const inwards = position.side === 'long' ? 'up' : 'down';
    const triggerPrice =
      instrument === null ? stop.triggerPrice : roundToTick(stop.triggerPrice, instrument.rules, inwards);
    const intent = reduction(position, {
      id: asId<OrderId>(this.#context.ids.next()),
      leg: 'stop',
      quantity: stop.quantity,
      terms: { type: 'stop_market', triggerPrice, triggerSource: this.#triggerSource },
      reason: 'stop',
      createdAt: this.#context.clock.now(),
    });
    const approval = approveReduction(intent, position);
    if (approval.ok) return approval.value;
    this.#parts.risk.raise({ type: 'position_unprotected', severity: 'critical', message: approval.error.message });
    return null;
  }

  /** Who is told of the position hears the cause. */
  #noteUntakable(position: Position): void {
    const { protection } = position;
    if (protection.guard !== 'local' || protection.cause === TOO_SMALL) return;
    guardHere(this.#context, position, { stopPrice: protection.stopPrice, cause: TOO_SMALL });
  }

  #note(positionId: PositionId, orderId: OrderId): void {
    this.#stops.set(positionId, [...(this.#stops.get(positionId) ?? []), orderId]);
  }

  #isHeldBack(positionId: PositionId): boolean {
    const trouble = this.#troubles.get(positionId);
    return trouble !== undefined && this.#context.clock.now() < trouble.until;
  }

  /** Waits before the next try; the position monitor guards in the meantime. @returns how many have failed in a row */
  #holdBack(positionId: PositionId, orderId: OrderId): number {
    const failures = (this.#troubles.get(positionId)?.failures ?? 0) + 1;
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS);
    this.#troubles.set(positionId, { failures, until: this.#context.clock.now() + waitMs, orderId });
    this.#context.clock.setTimer(waitMs, () => this.#parts.retry(positionId));
    return failures;
  }

  #alarm({ intent: { symbol }, state }: Order, failures: number): void {
    const reason = 'reason' in state ? ` ${state.reason}` : '';
    const why = state.status === 'rejected' ? `${state.code}${reason}` : `${state.status}${reason}`;
    const { monitorPositions } = this.#context.settings;
    const severity = failures >= ALARM_AFTER || !monitorPositions ? 'critical' : 'warning';
    const watcher = monitorPositions
      ? 'this program watches it'
      : 'NOBODY watches it (ENABLE_POSITION_MONITORING=false)';
    const message = `${symbol}: the exchange does not keep the stop (${why}); ${watcher}; it is tried again`;
    this.#parts.risk.raise({ type: 'position_unprotected', severity, message, details: { symbol, failures } });
  }
}

function wouldTrigger({ code, reason }: Extract<Order['state'], { status: 'rejected' }>): boolean {
  return WOULD_TRIGGER.has(code) || (code === SAID_OF_MANY && TRIGGER_WORDS.test(reason));
}

/** What an order may still take out of the books: it may have traded more than is booked, and after its end only that. */
function unbookedQuantity({ intent, execution, state }: Order): Decimal {
  const most = isFinal(state.status) ? execution.reportedQuantity : intent.quantity;
  return most.minus(execution.filledQuantity);
}

function leastMove(stopPrice: Price): Decimal {
  return stopPrice.times(LEAST_MOVE_SHARE);
}

function restingOf(order: Order): RestingStop | null {
  const { terms, side } = order.intent;
  if (terms.type !== 'stop_market') return null;
  return { side, quantity: remainingQuantity(order), triggerPrice: terms.triggerPrice };
}
