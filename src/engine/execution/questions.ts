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
  readonly #asked = new Map<OrderId, { readonly timer: Timer; readonly dueAt: number }>();

  constructor(clock: Clock, ask: (id: OrderId) => void) {
    this.#clock = clock;
    this.#ask = ask;
  }

  get open(): number {
    return this.#asked.size;
  }

  /**
   * Begins to ask for an order, anew when something has happened to one that is asked for already: its pace is the first
   * one again, and no question comes later than it would have.
   * @param withinMs when at the latest
   */
  ask(id: OrderId, withinMs = FIRST_MS): void {
    const dueAt = this.#asked.get(id)?.dueAt ?? Infinity;
    this.#wait(id, { count: 1, delayMs: Math.min(withinMs, Math.max(0, dueAt - this.#clock.now())) });
  }

  /** Begins to ask for an order; one that is asked for already goes on at its pace. */
  goOn(id: OrderId): void {
    if (!this.#asked.has(id)) this.ask(id);
  }

  drop(id: OrderId): void {
    this.#asked.get(id)?.timer.cancel();
    this.#asked.delete(id);
  }

  stop(): void {
    for (const id of this.#asked.keys()) this.drop(id);
  }

  /** @param next the how manieth question it will be, from 1, and how long until then */
  #wait(id: OrderId, { count, delayMs }: { readonly count: number; readonly delayMs: number }): void {
    this.#asked.get(id)?.timer.cancel();
    const timer = this.#clock.setTimer(delayMs, () => {
      const nextMs = FIRST_MS * 2 ** Math.max(0, count + 1 - STEADY_QUESTIONS);
      this.#wait(id, { count: count + 1, delayMs: Math.min(nextMs, LONGEST_MS) });
      this.#ask(id);
    });
    this.#asked.set(id, { timer, dueAt: this.#clock.now() + delayMs });
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
