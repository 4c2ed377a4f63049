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
import { NO_LONGER_WANTED } from './execution/order-desk-options.ts';
import { isOver } from './execution/questions.ts';
import { atOnce, mustFreeUnits, sellable } from './position-terms.ts';
import { approveReduction } from './risk/approval.ts';
import type { RiskDesk } from './risk-desk.ts';

const FIRST_RETRY_MS = SECOND_MS;
const LONGEST_RETRY_MS = 60 * SECOND_MS;
/** From this failure in a row on a person is told. */
const ALARM_AFTER = 3;
const NOTHING_TO_REDUCE: ReadonlySet<string> = new Set(['-2022', 'reduce_only_rejected', 'insufficient_balance']);
/** Spot has one code for many refusals; its words tell which. */
const SAID_OF_MANY = '-2010';
const LACK_WORDS = /insufficient balance/i;

/** Whether a refusal says that there is nothing to reduce: what the venue holds has to be asked for. */
export function saysNothingToReduce({ code, reason }: Extract<Order['state'], { status: 'rejected' }>): boolean {
  return NOTHING_TO_REDUCE.has(code) || (code === SAID_OF_MANY && LACK_WORDS.test(reason));
}

/** Whether a close was dropped before it was sent, as there was nothing left for it. */
function isGivenUp({ state }: Order): boolean {
  return state.status === 'cancelled' && state.reason === NO_LONGER_WANTED;
}

interface PendingExit {
  /** The order that closes; another one after each failure. */
  readonly orderId: OrderId;
  /** The one that failed and that it is sent in the place of. */
  readonly after: OrderId | null;
  readonly quantity: Quantity;
  readonly reason: CloseReason;
  /** `waiting`: written down, for units that a resting stop still locks; `failed`: for the next try. */
  readonly status: 'waiting' | 'sent' | 'failed';
  readonly failures: number;
}

/** What an order over a part of a position says, whatever it is for. */
export interface ReductionTerms {
  readonly id: OrderId;
  readonly leg: OrderLeg;
  readonly quantity: Quantity;
  readonly terms: OrderTerms;
  /** The close that failed and that this one is sent in the place of. */
  readonly parentOrderId?: OrderId | null;
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

export interface ExitDeskParts {
  readonly orders: OrderDesk;
  readonly risk: RiskDesk;
  /** Called when a failed exit is to be tried again. */
  readonly retry: (positionId: PositionId) => void;
  /** The venue holds something else than the books. */
  readonly mismatch: () => void;
}

/** Closes at the market that are on their way. None is given up while its position is open. */
export class ExitDesk {
  readonly #context: EngineContext;
  readonly #exits = new Map<PositionId, PendingExit[]>();
  readonly #parts: ExitDeskParts;

  constructor(context: EngineContext, parts: ExitDeskParts) {
    this.#context = context;
    this.#parts = parts;
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

  /**
   * Goes on with a close of an earlier run.
   * @param isTriedAgain another one was sent in its place: what it left is not owed twice
   */
  restore(order: Order, reason: CloseReason, isTriedAgain: boolean): void {
    const { positionId, id } = order.intent;
    if (positionId === null) return;
    if (!isOver(order)) {
      const { quantity } = order.intent;
      this.#add(positionId, { orderId: id, after: null, quantity, reason, status: 'sent', failures: 0 });
      return;
    }
    const quantity = remainingQuantity(order);
    if (isTriedAgain || isGivenUp(order) || quantity.isZero()) return;
    const orderId = asId<OrderId>(this.#context.ids.next());
    this.#add(positionId, { orderId, after: id, quantity, reason, status: 'waiting', failures: 1 });
  }

  /**
   * Closes so much of a position. Sent with `advance`, as soon as no resting stop locks the units.
   * @returns the id that the order has or will have
   */
  close(position: Position, quantity: Quantity, reason: CloseReason): OrderId {
    const orderId = asId<OrderId>(this.#context.ids.next());
    this.#add(position.id, { orderId, after: null, quantity, reason, status: 'waiting', failures: 0 });
    return orderId;
  }

  /**
   * Sends what can be sent, and drops what there is nothing left for.
   * @param locked units that resting stops hold at the venue; they count where they have to be free first
   * @returns whether something was dropped
   */
  advance(position: Position, locked: Quantity): boolean {
    const tried = new Set<OrderId>();
    let isDropped = false;
    // Looked for anew each time: what is sent comes back here before it returns.
    for (let exit = this.#waiting(position.id, tried); exit; exit = this.#waiting(position.id, tried)) {
      tried.add(exit.orderId);
      const sent = (this.#exits.get(position.id) ?? []).filter(({ status }) => status === 'sent');
      const onTheWay = sent.reduce<Decimal>((sum, each) => sum.plus(this.#left(each)), ZERO_QUANTITY);
      const open = Decimal.max(position.quantity.minus(onTheWay), 0);
      const wanted = sellable(this.#context, position, Decimal.min(exit.quantity, open) as Quantity);
      if (wanted.isZero()) {
        this.#parts.orders.cancel(exit.orderId);
        this.#remove(position.id, exit);
        isDropped = true;
        continue;
      }
      const quantity = atOnce(this.#context, position, wanted);
      const written = this.#written(position, { ...exit, quantity });
      if (quantity.lessThan(wanted)) this.#addRest(position.id, exit, wanted.minus(quantity) as Quantity);
      const free = open.minus(mustFreeUnits(this.#context, position) ? locked : 0);
      if (written !== null && free.greaterThanOrEqualTo(quantity)) this.#send(position.id, written);
    }
    return isDropped;
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
    if (order.state.status === 'rejected' && saysNothingToReduce(order.state)) this.#parts.mismatch();
    const isProgress = !order.execution.filledQuantity.isZero();
    const failures = isProgress ? 1 : exit.failures + 1;
    const orderId = asId<OrderId>(this.#context.ids.next());
    const quantity = Decimal.min(left, position.quantity) as Quantity;
    this.#add(positionId, { ...exit, orderId, after: id, quantity, status: 'failed', failures });
    if (failures >= ALARM_AFTER) this.#alarm(order, failures);
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS);
    this.#context.clock.setTimer(waitMs, () => {
      this.#change(positionId, orderId, (failed) => ({ ...failed, status: 'waiting' }));
      this.#parts.retry(positionId);
    });
  }

  /** The position has closed: what still waits is dropped, and what still works has nothing left to close. */
  forget(positionId: PositionId): void {
    const exits = this.#exits.get(positionId) ?? [];
    this.#exits.delete(positionId);
    for (const { orderId } of exits) this.#parts.orders.cancel(orderId);
  }

  /** What an exit may yet take by the fills that are booked: what the venue only has named is still in the position. */
  #left(exit: PendingExit): Decimal {
    const order = this.#context.books.orders.get(exit.orderId);
    return order === undefined ? exit.quantity : order.intent.quantity.minus(order.execution.filledQuantity);
  }

  #waiting(positionId: PositionId, tried: ReadonlySet<OrderId>): PendingExit | undefined {
    return this.#exits.get(positionId)?.find(({ status, orderId }) => status === 'waiting' && !tried.has(orderId));
  }

  /** What is more than one order may take goes with another one. */
  #addRest(positionId: PositionId, { after, reason, failures }: PendingExit, quantity: Quantity): void {
    const orderId = asId<OrderId>(this.#context.ids.next());
    this.#add(positionId, { orderId, after, quantity, reason, status: 'waiting', failures });
  }

  /**
   * Sees to it that a close is written down, so that a crash does not forget what waits for its units. One that was written
   * down for another quantity makes place for a new one.
   * @returns null when it may not be sent
   */
  #written(position: Position, exit: PendingExit): PendingExit | null {
    const { orders, risk } = this.#parts;
    const known = this.#context.books.orders.get(exit.orderId);
    if (known?.state.status === 'pending' && known.intent.quantity.equals(exit.quantity)) return exit;
    if (known !== undefined) orders.cancel(exit.orderId);
    const orderId = known === undefined ? exit.orderId : asId<OrderId>(this.#context.ids.next());
    const intent = reduction(position, {
      id: orderId,
      leg: 'exit',
      quantity: exit.quantity,
      terms: { type: 'market' },
      parentOrderId: exit.after,
      reason: exit.reason,
      createdAt: this.#context.clock.now(),
    });
    const approval = approveReduction(intent, position);
    if (!approval.ok) {
      this.#remove(position.id, exit);
      risk.raise({ type: 'exit_failed', severity: 'critical', message: approval.error.message });
      return null;
    }
    const written: PendingExit = { ...exit, orderId };
    this.#change(position.id, exit.orderId, () => written);
    orders.writeExit(approval.value, position.id);
    return written;
  }

  #send(positionId: PositionId, { orderId }: PendingExit): void {
    this.#change(positionId, orderId, (waiting) => ({ ...waiting, status: 'sent' }));
    this.#parts.orders.sendExit(orderId);
  }

  #alarm(order: Order, failures: number): void {
    const { symbol } = order.intent;
    const why = 'reason' in order.state ? order.state.reason : order.state.status;
    const message = `${symbol}: closing has failed ${failures} times (${why}); it is tried again until the position is flat`;
    this.#parts.risk.raise({ type: 'exit_failed', severity: 'critical', message, details: { symbol, failures } });
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
