import type { OrderId } from '../../domain/ids.ts';
import { isFinal } from '../../domain/order/order.ts';
import type { Order } from '../../domain/order/order.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { Clock, Timer } from '../../ports/clock.ts';

/** How long an answer may take before it is asked for, how often at that pace, and how long the waits grow after that. */
const FIRST_MS = 2 * SECOND_MS;
const STEADY_QUESTIONS = 10;
const LONGEST_MS = 60 * SECOND_MS;

/** Which orders are to be asked for: every two seconds at first, then at growing intervals until they are dropped. */
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
    if (!this.#timers.has(id)) this.#wait(id, 1);
  }

  drop(id: OrderId): void {
    this.#timers.get(id)?.cancel();
    this.#timers.delete(id);
  }

  stop(): void {
    for (const id of this.#timers.keys()) this.drop(id);
  }

  /** @param count the how manieth question it will be, from 1 */
  #wait(id: OrderId, count: number): void {
    const delayMs = Math.min(FIRST_MS * 2 ** Math.max(0, count - STEADY_QUESTIONS), LONGEST_MS);
    const timer = this.#clock.setTimer(delayMs, () => {
      this.#wait(id, count + 1);
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

/** Whether the venue has to be asked, unless it answers by itself. An order at the market never just rests. */
export function needsAnswer(order: Order): boolean {
  const { status } = order.state;
  const isAtMarket = order.intent.terms.type === 'market' && (status === 'open' || status === 'partial');
  const isUnderWay = ['sent', 'unknown', 'cancelling', 'replacing', 'triggered'].includes(status);
  return isAtMarket || isUnderWay || lacksFills(order);
}
