import type { AitraderError } from '../../domain/errors.ts';
import type { Fill } from '../../domain/fill.ts';
import type { OrderId } from '../../domain/ids.ts';
import type { Order } from '../../domain/order/order.ts';
import type { Broker } from '../../ports/broker.ts';
import type { Clock } from '../../ports/clock.ts';

/** Why an order was given up before anything was sent: unlike one that failed, it is owed to nobody. */
export const NO_LONGER_WANTED = 'no longer wanted before it was sent';

/** Where the desk keeps its orders. */
export interface OrderBooks {
  get(id: OrderId): Order | undefined;
  put(order: Order, change: string): void;
  addFill(fill: Fill): void;
  /** Stores what the event at hand changes, durably. Resolves to false when it could not be stored. */
  commitDurably(): Promise<boolean>;
}

/** Who wants to know what becomes of orders. Called while an event is handled. */
export interface OrderListener {
  /** A fill was booked, for the first time. */
  filled(order: Order, fill: Fill): void;
  /** The order has come into another state and has not ended. */
  moved(order: Order): void;
  /** The venue was asked how the order stands and has answered; it has not ended. */
  answered(order: Order): void;
  /** The order has ended, and every fill that the venue has named is booked. */
  ended(order: Order): void;
  /** Whether an entry that was not executed may be sent again. */
  stillWanted(order: Order): boolean;
  /** Books and venue disagree. */
  disputed(order: Order, problem: AitraderError): void;
}

export interface OrderDeskOptions {
  readonly clock: Clock;
  readonly broker: Broker;
  /** The four characters of this program instance. */
  readonly instance: string;
  readonly books: OrderBooks;
  readonly listener: OrderListener;
  /** Runs the work as an event of its own, after those that came before it. */
  readonly later: (work: () => void) => void;
}
