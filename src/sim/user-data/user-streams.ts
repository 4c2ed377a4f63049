import type { ClientConnection } from '../transport/client-connection.ts';
import type { Frame } from '../transport/frame.ts';
import { textFrame } from '../transport/frame.ts';

/** Who listens to the account events of a spot account: a subscription of a WebSocket API connection. */
interface SpotSubscription {
  readonly accountId: string;
  readonly connection: ClientConnection;
  readonly subscriptionId: number;
}

/** A private futures connection. */
export interface FuturesListener {
  readonly connection: ClientConnection;
  readonly accountId: string;
  readonly listenKey: string;
  /** The events asked for; null for all. */
  readonly events: ReadonlySet<string> | null;
  readonly isCombined: boolean;
}

/** The way of a user data message to a connection; faults may lie on it. `delayMs` is the lateness of a single event. */
export type UserDelivery = (frame: Frame, connection: ClientConnection, delayMs: number) => void;

/** Account events on their way to those who listen. */
export class UserStreams {
  readonly #deliver: UserDelivery;
  #spot: SpotSubscription[] = [];
  #futures: FuturesListener[] = [];
  #sent = 0;

  constructor(deliver: UserDelivery) {
    this.#deliver = deliver;
  }

  get eventsSent(): number {
    return this.#sent;
  }

  /** Subscribes a connection to an account; gives the id under which its events come. */
  subscribeSpot(accountId: string, connection: ClientConnection): number {
    const own = this.#spot.filter((subscription) => subscription.connection === connection);
    const subscriptionId = Math.max(-1, ...own.map((subscription) => subscription.subscriptionId)) + 1;
    this.#spot.push({ accountId, connection, subscriptionId });
    return subscriptionId;
  }

  /** Ends one subscription of a connection, or all of them. */
  unsubscribeSpot(connection: ClientConnection, subscriptionId: number | null): void {
    this.#spot = this.#spot.filter(
      (known) =>
        known.connection !== connection || (subscriptionId !== null && known.subscriptionId !== subscriptionId),
    );
  }

  spotSubscriptions(connection: ClientConnection): number[] {
    return this.#spot.filter((known) => known.connection === connection).map(({ subscriptionId }) => subscriptionId);
  }

  listenFutures(listener: FuturesListener): void {
    this.#futures.push(listener);
  }

  /** Forgets a closed connection. */
  drop(connection: ClientConnection): void {
    this.unsubscribeSpot(connection, null);
    this.#futures = this.#futures.filter((listener) => listener.connection !== connection);
  }

  sendSpot(accountId: string, event: object, delayMs = 0): void {
    for (const subscription of this.#spot.filter((known) => known.accountId === accountId)) {
      const text = JSON.stringify({ subscriptionId: subscription.subscriptionId, event });
      this.#send(text, subscription.connection, delayMs);
    }
  }

  sendFutures(accountId: string, event: { readonly e: string }, delayMs = 0): void {
    for (const listener of this.#futures.filter((known) => known.accountId === accountId)) {
      if (listener.events !== null && !listener.events.has(event.e)) continue;
      const data = JSON.stringify(event);
      const text = listener.isCombined ? `{"stream":"${listener.listenKey}","data":${data}}` : data;
      this.#send(text, listener.connection, delayMs);
    }
  }

  /** The key's connections hear that it has expired, and then nothing more. */
  expire(listenKey: string, event: { readonly e: string }): void {
    const expired = this.#futures.filter((listener) => listener.listenKey === listenKey);
    for (const { accountId } of expired.slice(0, 1)) this.sendFutures(accountId, event);
    this.#futures = this.#futures.filter((listener) => listener.listenKey !== listenKey);
  }

  #send(text: string, connection: ClientConnection, delayMs: number): void {
    this.#sent += 1;
    this.#deliver(textFrame(text), connection, delayMs);
  }
}
