import { Decimal, ZERO_QUANTITY } from '../domain/decimal.ts';
import type { Quantity } from '../domain/decimal.ts';
import { asId } from '../domain/ids.ts';
import type { OrderId, PositionId } from '../domain/ids.ts';
import { remainingQuantity } from '../domain/order/order.ts';
import type { Order, OrderIntent, OrderTerms } from '../domain/order/order.ts';
import type { OrderLeg } from '../domain/order/client-order-id.ts';
import type { CloseReason, Position } from '../domain/position/position.ts';
import { SECOND_MS } from '../domain/time.ts';
import type { EngineContext } from './context.ts';
import type { OrderDesk } from './execution/order-desk.ts';
import { approveReduction } from './risk/approval.ts';
import type { RiskDesk } from './risk-desk.ts';

const FIRST_RETRY_MS = SECOND_MS;
const LONGEST_RETRY_MS = 60 * SECOND_MS;
/** From this failure in a row on a person is told. */
const ALARM_AFTER = 3;

interface PendingExit {
  /** The order that closes; another one after each failure. */
  readonly orderId: OrderId;
  readonly quantity: Quantity;
  readonly reason: CloseReason;
  /** `waiting`: on spot, for units that a resting stop still locks; `failed`: for the next try. */
  readonly status: 'waiting' | 'sent' | 'failed';
  readonly failures: number;
}

/** What an order over a part of a position says, whatever it is for. */
export interface ReductionTerms {
  readonly id: OrderId;
  readonly leg: OrderLeg;
  readonly quantity: Quantity;
  readonly terms: OrderTerms;
  readonly reason: string;
  readonly createdAt: number;
}

/** An order that closes a position or a part of it. Reduce-only exists on futures; on spot the units themselves bound it. */
export function reduction(position: Position, terms: ReductionTerms): OrderIntent {
  const { userId, accountId, market, symbol, traderId, signalId } = position;
  return {
    userId,
    accountId,
    market,
    symbol,
    side: position.side === 'long' ? 'sell' : 'buy',
    reduceOnly: market === 'futures',
    traderId,
    agentId: null,
    signalId,
    positionId: position.id,
    parentOrderId: null,
    list: null,
    ...terms,
  };
}

/** Closes at the market that are on their way. None is given up while its position is open. */
export class ExitDesk {
  readonly #context: EngineContext;
  readonly #orders: OrderDesk;
  readonly #risk: RiskDesk;
  readonly #exits = new Map<PositionId, PendingExit[]>();
  /** Called when a failed exit is to be tried again. */
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

  /** What closes on their way may yet take from a position. */
  inFlight(positionId: PositionId): Quantity {
    const exits = this.#exits.get(positionId) ?? [];
    return exits.reduce<Decimal>((sum, exit) => sum.plus(this.#left(exit)), ZERO_QUANTITY) as Quantity;
  }

  /** Why an order of ours closes; null for orders of another kind, or of a run before this one. */
  reasonOf(order: Order): CloseReason | null {
    const { positionId, id } = order.intent;
    const exits = positionId === null ? undefined : this.#exits.get(positionId);
    return exits?.find((exit) => exit.orderId === id)?.reason ?? null;
  }

  /** Goes on with a close of an earlier run. */
  restore(order: Order, reason: CloseReason): void {
    const { positionId, id, quantity } = order.intent;
    if (positionId !== null) this.#add(positionId, { orderId: id, quantity, reason, status: 'sent', failures: 0 });
  }

  /**
   * Closes so much of a position. Sent with `advance`, as soon as no resting stop locks the units.
   * @returns the id that the order has or will have
   */
  close(position: Position, quantity: Quantity, reason: CloseReason): OrderId {
    const orderId = asId<OrderId>(this.#context.ids.next());
    this.#add(position.id, { orderId, quantity, reason, status: 'waiting', failures: 0 });
    return orderId;
  }

  /**
   * Sends what can be sent.
   * @param locked units that resting orders hold at the venue, spot only
   */
  advance(position: Position, locked: Quantity): void {
    for (const exit of this.#exits.get(position.id) ?? []) {
      if (exit.status !== 'waiting') continue;
      const sent = (this.#exits.get(position.id) ?? []).filter(({ status }) => status === 'sent');
      const onTheWay = sent.reduce<Decimal>((sum, each) => sum.plus(this.#left(each)), ZERO_QUANTITY);
      const free = position.quantity.minus(onTheWay).minus(position.market === 'spot' ? locked : 0);
      if (free.greaterThanOrEqualTo(exit.quantity)) this.#send(position, exit);
    }
  }

  /** An order of a position has ended: a close that did not take everything is tried again. */
  ended(order: Order, position: Position | undefined): void {
    const { positionId, id } = order.intent;
    if (positionId === null) return;
    const exit = this.#exits.get(positionId)?.find(({ orderId }) => orderId === id);
    if (exit === undefined) return;
    this.#remove(positionId, exit);
    const left = remainingQuantity(order);
    if (position === undefined || left.isZero()) return;
    const isProgress = !order.execution.filledQuantity.isZero();
    const failures = isProgress ? 1 : exit.failures + 1;
    const orderId = asId<OrderId>(this.#context.ids.next());
    const quantity = Decimal.min(left, position.quantity) as Quantity;
    this.#add(positionId, { ...exit, orderId, quantity, status: 'failed', failures });
    if (failures >= ALARM_AFTER) this.#alarm(order, failures);
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS);
    this.#context.clock.setTimer(waitMs, () => {
      this.#change(positionId, orderId, (failed) => ({ ...failed, status: 'waiting' }));
      this.#retry(positionId);
    });
  }

  /** The position has closed: what still waits is dropped. */
  forget(positionId: PositionId): void {
    this.#exits.delete(positionId);
  }

  #left(exit: PendingExit): Decimal {
    const order = this.#context.books.orders.get(exit.orderId);
    return order === undefined ? exit.quantity : remainingQuantity(order);
  }

  #send(position: Position, exit: PendingExit): void {
    const quantity = Decimal.min(exit.quantity, position.quantity) as Quantity;
    const intent = reduction(position, {
      id: exit.orderId,
      leg: 'exit',
      quantity,
      terms: { type: 'market' },
      reason: exit.reason,
      createdAt: this.#context.clock.now(),
    });
    const approval = approveReduction(intent, position);
    if (!approval.ok) {
      this.#remove(position.id, exit);
      this.#risk.raise({ type: 'exit_failed', severity: 'critical', message: approval.error.message });
      return;
    }
    this.#change(position.id, exit.orderId, (waiting) => ({ ...waiting, status: 'sent' }));
    this.#orders.exit(approval.value, position.id);
  }

  #alarm(order: Order, failures: number): void {
    const { symbol } = order.intent;
    const why = 'reason' in order.state ? order.state.reason : order.state.status;
    const message = `${symbol}: closing has failed ${failures} times (${why}); it is tried again until the position is flat`;
    this.#risk.raise({ type: 'exit_failed', severity: 'critical', message, details: { symbol, failures } });
  }

  #add(positionId: PositionId, exit: PendingExit): void {
    this.#exits.set(positionId, [...(this.#exits.get(positionId) ?? []), exit]);
  }

  #remove(positionId: PositionId, exit: PendingExit): void {
    const others = (this.#exits.get(positionId) ?? []).filter(({ orderId }) => orderId !== exit.orderId);
    this.#exits.set(positionId, others);
  }

  #change(positionId: PositionId, orderId: OrderId, change: (exit: PendingExit) => PendingExit): void {
    const exits = this.#exits.get(positionId);
    if (exits === undefined) return;
    const changed = exits.map((exit) => (exit.orderId === orderId ? change(exit) : exit));
    this.#exits.set(positionId, changed);
  }
}
