import { Decimal, ZERO, ZERO_QUANTITY } from '../domain/decimal.ts';
import type { Price, Quantity } from '../domain/decimal.ts';
import { asId } from '../domain/ids.ts';
import type { OrderId, PositionId } from '../domain/ids.ts';
import { isFinal, remainingQuantity } from '../domain/order/order.ts';
import type { Order, OrderStatus } from '../domain/order/order.ts';
import type { Position } from '../domain/position/position.ts';
import type { RiskApproved } from '../domain/risk-approval.ts';
import type { OrderIntent } from '../domain/order/order.ts';
import { SECOND_MS } from '../domain/time.ts';
import type { EngineContext } from './context.ts';
import type { OrderDesk } from './execution/order-desk.ts';
import { reduction } from './exit-desk.ts';
import { correctStop, restingStop } from './positions/resting-stop.ts';
import type { RestingStop } from './positions/resting-stop.ts';
import { approveReduction } from './risk/approval.ts';
import type { RiskDesk } from './risk-desk.ts';

/** A tighter stop alone is worth a new order at the venue from this share of the price on. */
const LEAST_MOVE_SHARE = '0.0005';
const FIRST_RETRY_MS = 2 * SECOND_MS;
const LONGEST_RETRY_MS = 60 * SECOND_MS;
const ALARM_AFTER = 3;

/** Refusals that say that the stop would have been set off at once. */
const WOULD_TRIGGER = new Set(['-2021', '-2010', 'WOULD_TRIGGER']);

/** Sent or about to be, and not known to work yet. */
const ON_ITS_WAY: ReadonlySet<OrderStatus> = new Set<OrderStatus>(['pending', 'sent', 'unknown', 'replacing']);

/** How an order that was to protect a position ended without doing so. */
export type StopLoss = 'would_trigger' | 'lost';

/** The stop orders that rest at the venue, one per position; during a change there are two for a moment. */
export class StopDesk {
  readonly #context: EngineContext;
  readonly #orders: OrderDesk;
  readonly #risk: RiskDesk;
  readonly #stops = new Map<PositionId, OrderId[]>();
  /** Refusals in a row, and until when no further try is made. */
  readonly #troubles = new Map<PositionId, { readonly failures: number; readonly until: number }>();
  readonly #retry: (positionId: PositionId) => void;

  constructor(
    context: EngineContext,
    parts: { readonly orders: OrderDesk; readonly risk: RiskDesk; readonly retry: (positionId: PositionId) => void },
  ) {
    this.#context = context;
    this.#orders = parts.orders;
    this.#risk = parts.risk;
    this.#retry = parts.retry;
  }

  /** Whether stops of this market can rest at the venue. */
  get canRest(): boolean {
    const { capabilities } = this.#context.broker;
    return capabilities.residentStops && capabilities.orderTypes[this.#context.settings.market].has('stop_market');
  }

  /** Whether the stop at the venue stands so near to this one that it need not follow; the position monitor does anyway. */
  isNearEnough({ protection }: Position, stopPrice: Price): boolean {
    if (protection.guard !== 'venue') return false;
    return stopPrice.minus(protection.stopPrice).abs().lessThan(leastMove(stopPrice));
  }

  /** Units that stop orders of the position hold at the venue. */
  locked(positionId: PositionId): Quantity {
    const remaining = this.#working(positionId).map(remainingQuantity);
    return remaining.reduce<Decimal>((most, each) => Decimal.max(most, each), ZERO_QUANTITY) as Quantity;
  }

  /** Goes on with a stop of an earlier run. */
  restore(order: Order): void {
    const { positionId, id } = order.intent;
    if (positionId !== null) this.#stops.set(positionId, [...(this.#stops.get(positionId) ?? []), id]);
  }

  /**
   * Brings what rests at the venue in line with the stop of the position.
   * @param exitsInFlight units that other closes are to take
   */
  align(position: Position, stopPrice: Price, exitsInFlight: Quantity): void {
    const instrument = this.#context.instrument(position.symbol);
    if (!this.canRest || instrument === null || this.#isHeldBack(position.id)) return;
    const working = this.#working(position.id);
    const isChanging = working.length > 1 || working.some(({ state }) => ON_ITS_WAY.has(state.status));
    if (isChanging) return;
    const current = working[0];
    if (current?.state.status === 'cancelling' || current?.state.status === 'triggered') return;
    const wanted = restingStop(position, stopPrice, { instrument, locked: exitsInFlight });
    const resting = current === undefined ? null : restingOf(current);
    // A stop that was told to stand elsewhere is followed however near; one that only trails is not worth every order.
    const least = position.protection.guard === 'venue' ? leastMove(stopPrice) : ZERO;
    const correction = correctStop(wanted, resting, least);
    switch (correction.action) {
      case 'keep':
        return;
      case 'cancel':
        if (current !== undefined) this.#orders.cancel(current.intent.id);
        return;
      case 'place':
        this.#place(position, correction.stop);
        return;
      case 'replace':
        if (current !== undefined) this.#replace(position, current, correction.stop);
    }
  }

  /**
   * A stop order has come into another state.
   * @returns the order that now guards the position, null while none does
   */
  moved(order: Order): Order | null {
    const { positionId, id } = order.intent;
    if (positionId === null || order.state.status !== 'open') return null;
    this.#troubles.delete(positionId);
    const working = this.#working(positionId);
    if (working.at(-1)?.intent.id !== id) return null;
    for (const older of working) if (older.intent.id !== id) this.#orders.cancel(older.intent.id);
    return order;
  }

  /**
   * A stop order has ended.
   * @returns null when the position does not need it any more, because it was filled or another one stands in its place
   */
  ended(order: Order, position: Position | undefined): StopLoss | null {
    const { positionId, id } = order.intent;
    if (positionId === null) return null;
    const others = (this.#stops.get(positionId) ?? []).filter((each) => each !== id);
    this.#stops.set(positionId, others);
    if (position === undefined || order.state.status === 'filled' || this.#working(positionId).length > 0) return null;
    if (order.state.status !== 'rejected') return 'lost';
    if (WOULD_TRIGGER.has(order.state.code)) return 'would_trigger';
    this.#holdBack(order, positionId);
    return 'lost';
  }

  /** Cancels whatever still rests for a position that has closed. */
  forget(positionId: PositionId): void {
    for (const order of this.#working(positionId)) this.#orders.cancel(order.intent.id);
    this.#stops.delete(positionId);
    this.#troubles.delete(positionId);
  }

  /** The working stop orders of a position, oldest first. */
  #working(positionId: PositionId): readonly Order[] {
    const ids = this.#stops.get(positionId) ?? [];
    return ids.flatMap((id) => {
      const order = this.#context.books.orders.get(id);
      return order === undefined || isFinal(order.state.status) ? [] : [order];
    });
  }

  #place(position: Position, stop: RestingStop): void {
    const intent = this.#approved(position, stop);
    if (intent === null) return;
    this.#note(position.id, intent.id);
    this.#orders.exit(intent, position.id);
  }

  /** On futures the new one comes first and the old one goes when it stands; on spot the units can be locked once only. */
  #replace(position: Position, current: Order, stop: RestingStop): void {
    if (position.market === 'futures') {
      this.#place(position, stop);
      return;
    }
    if (!this.#context.broker.capabilities.atomicReplace) {
      this.#orders.cancel(current.intent.id);
      return;
    }
    const intent = this.#approved(position, stop);
    if (intent === null) return;
    this.#note(position.id, intent.id);
    this.#orders.replace(current.intent.id, intent, position.id);
  }

  #approved(position: Position, stop: RestingStop): RiskApproved<OrderIntent> | null {
    const intent = reduction(position, {
      id: asId<OrderId>(this.#context.ids.next()),
      leg: 'stop',
      quantity: stop.quantity,
      terms: { type: 'stop_market', triggerPrice: stop.triggerPrice, triggerSource: 'last' },
      reason: 'stop',
      createdAt: this.#context.clock.now(),
    });
    const approval = approveReduction(intent, position);
    if (approval.ok) return approval.value;
    this.#risk.raise({ type: 'position_unprotected', severity: 'critical', message: approval.error.message });
    return null;
  }

  #note(positionId: PositionId, orderId: OrderId): void {
    this.#stops.set(positionId, [...(this.#stops.get(positionId) ?? []), orderId]);
  }

  #isHeldBack(positionId: PositionId): boolean {
    const trouble = this.#troubles.get(positionId);
    return trouble !== undefined && this.#context.clock.now() < trouble.until;
  }

  /** Waits before the next try; the position monitor guards in the meantime. */
  #holdBack(order: Order, positionId: PositionId): void {
    const failures = (this.#troubles.get(positionId)?.failures ?? 0) + 1;
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS);
    this.#troubles.set(positionId, { failures, until: this.#context.clock.now() + waitMs });
    this.#context.clock.setTimer(waitMs, () => this.#retry(positionId));
    const { symbol } = order.intent;
    const why = order.state.status === 'rejected' ? `${order.state.code} ${order.state.reason}` : order.state.status;
    const severity = failures >= ALARM_AFTER ? 'critical' : 'warning';
    const message = `${symbol}: the exchange refused the stop (${why}); this program watches it and tries again`;
    this.#risk.raise({ type: 'position_unprotected', severity, message, details: { symbol, failures } });
  }
}

function leastMove(stopPrice: Price): Decimal {
  return stopPrice.times(LEAST_MOVE_SHARE);
}

function restingOf(order: Order): RestingStop | null {
  const { terms, side } = order.intent;
  if (terms.type !== 'stop_market') return null;
  return { side, quantity: remainingQuantity(order), triggerPrice: terms.triggerPrice };
}
