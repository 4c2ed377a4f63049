import type { OrderId } from '../../domain/ids.ts';
import { isFinal } from '../../domain/order/order.ts';
import type { Order } from '../../domain/order/order.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { Clock, Timer } from '../../ports/clock.ts';

/** How long an answer may take before it is asked for, and how long the waits between questions grow. */
const FIRST_MS = 2 * SECOND_MS;
const LONGEST_MS = 60 * SECOND_MS;

/** Which orders are to be asked for: after two seconds at first, then at growing intervals until they are dropped. */
export class Questions {
  readonly #clock: Clock;
  readonly #ask: (id: OrderId) => void;
  readonly #timers = new Map<OrderId, Timer>();

  constructor(clock: Clock, ask: (id: OrderId) => void) {
    this.#clock = clock;
    this.#ask = ask;
  }

  get open(): number {
    return this.#timers.size;
  }

  /** Begins to ask for an order; one that is asked for already goes on as it is. */
  ask(id: OrderId): void {
    if (!this.#timers.has(id)) this.#wait(id, FIRST_MS);
  }

  drop(id: OrderId): void {
    this.#timers.get(id)?.cancel();
    this.#timers.delete(id);
  }

  stop(): void {
    for (const id of this.#timers.keys()) this.drop(id);
  }

  #wait(id: OrderId, delayMs: number): void {
    const timer = this.#clock.setTimer(delayMs, () => {
      this.#wait(id, Math.min(2 * delayMs, LONGEST_MS));
      this.#ask(id);
    });
    this.#timers.set(id, timer);
  }
}

/** The venue has named more than is booked. */
function lacksFills({ execution }: Order): boolean {
  return execution.reportedQuantity.greaterThan(execution.filledQuantity);
}

/** The order has ended, and every fill that the venue has named is booked. */
export function isOver(order: Order): boolean {
  return isFinal(order.state.status) && !lacksFills(order);
}

/** Whether the venue has to be asked, unless it answers by itself. */
export function needsAnswer(order: Order): boolean {
  return lacksFills(order) || ['sent', 'unknown', 'cancelling', 'replacing', 'triggered'].includes(order.state.status);
}
