import type { ClientOrderId, OrderId, PositionId } from '../../domain/ids.ts';
import { clientOrderId, parseClientOrderId } from '../../domain/order/client-order-id.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { OrderLeg } from '../../domain/order/client-order-id.ts';

/** A restart leaves out so many numbers at the most: one run stores nearly everything that it sends. */
const MOST_SKIPPED = 64;

/** The ids under which orders are sent. Exits, stops and targets of a position are numbered: every number is given once. */
export class OrderNames {
  readonly #instance: string;
  readonly #highest = new Map<string, Map<OrderLeg, number>>();

  /** @param instance the four characters of this program instance */
  constructor(instance: string) {
    this.#instance = instance;
  }

  entry(subject: OrderId, attempt: number): ClientOrderId {
    return clientOrderId({ instance: this.#instance, subject, leg: 'entry', number: attempt });
  }

  /** The next of this leg. */
  exit(subject: PositionId, leg: OrderLeg): ClientOrderId {
    const number = (this.#highest.get(subject)?.get(leg) ?? 0) + 1;
    this.#set(subject, leg, number);
    return clientOrderId({ instance: this.#instance, subject, leg, number });
  }

  /**
   * Leaves out numbers that a run before may have given and not stored; how many depends on the moment of the restart.
   * @param atMs when this run began, milliseconds UTC
   */
  skip(subject: OrderId | PositionId, atMs: number): void {
    const skipped = 1 + (Math.floor(atMs / SECOND_MS) % MOST_SKIPPED);
    for (const leg of ['exit', 'stop', 'target'] as const) {
      this.#set(subject, leg, (this.#highest.get(subject)?.get(leg) ?? 0) + skipped);
    }
  }

  /** Learns of an id that was given earlier, or by a run before. */
  note(text: string): void {
    const parts = parseClientOrderId(text);
    if (parts === null || parts.leg === 'entry') return;
    const known = this.#highest.get(parts.subject)?.get(parts.leg) ?? 0;
    if (parts.number > known) this.#set(parts.subject, parts.leg, parts.number);
  }

  forget(positionId: PositionId): void {
    this.#highest.delete(positionId);
  }

  /** Forgets all but these: the news of closed positions make theirs known again. */
  keepOnly(subjects: ReadonlySet<string>): void {
    for (const subject of this.#highest.keys()) if (!subjects.has(subject)) this.#highest.delete(subject);
  }

  #set(subject: string, leg: OrderLeg, number: number): void {
    const ofPosition = this.#highest.get(subject) ?? new Map<OrderLeg, number>();
    this.#highest.set(subject, ofPosition.set(leg, number));
  }
}
