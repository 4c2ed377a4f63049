import { asId } from '../../../domain/ids.ts';
import type { ClientOrderId, OrderId, VenueOrderId, VenueSymbol } from '../../../domain/ids.ts';
import { parseClientOrderId } from '../../../domain/order/client-order-id.ts';
import type { Order, OrderIntent, OrderTerms } from '../../../domain/order/order.ts';
import type { Clock } from '../../../ports/clock.ts';
import { SECOND_MS } from '../../../domain/time.ts';
import { RECV_WINDOW_MS } from './connection/venue-client.ts';

/** More are not remembered; those that were heard of longest ago are forgotten first. */
const MAX_REMEMBERED = 20_000;
/** After the last moment at which a request can arrive. */
const MARGIN_MS = 2 * SECOND_MS;

/** What is known of an own order besides what the venue says. */
interface KnownOrder {
  readonly orderId: OrderId;
  readonly symbol: VenueSymbol;
  readonly isConditional: boolean;
  /**
   * When its last request was answered or given up, by the monotonic clock: it was sent before that. Infinity while it is
   * under way, null when this process has sent none.
   */
  sentAtMs: number | null;
  /** Futures: the venue's id of the conditional order, whose child goes by another. */
  algoOrderId: VenueOrderId | null;
}

/** True for the kinds that wait for a price. */
export function isConditional({ type }: OrderTerms): boolean {
  return type !== 'market' && type !== 'limit';
}

/** Which orders are ours, by both of their ids. */
export class OwnOrders {
  readonly #instance: string;
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  readonly #arrivesWithinMs: number;
  readonly #known = new Map<string, KnownOrder>();
  /** By symbol and the venue's id: under which client id an order was made. */
  readonly #clientIds = new Map<string, string>();

  /** @param arrivesWithinMs after so long the venue knows of every request that was signed before, or never will */
  constructor(instance: string, clock: Clock, arrivesWithinMs = RECV_WINDOW_MS) {
    this.#arrivesWithinMs = arrivesWithinMs + MARGIN_MS;
    this.#instance = instance;
    this.#clock = clock;
    this.#startedAtMs = clock.monotonicMs();
  }

  /** Learns of an order of an earlier run, or one that is asked about. */
  learn({ intent, clientOrderId }: Pick<Order, 'intent' | 'clientOrderId'>): void {
    if (!this.#known.has(clientOrderId)) this.#add(clientOrderId, intent);
  }

  /** A request for the order is on its way from now on. */
  noteUnderWay(intent: OrderIntent, clientOrderId: ClientOrderId): void {
    this.learn({ intent, clientOrderId });
    this.#setSent(clientOrderId, Infinity);
  }

  /** The request was answered or given up. `isRepeatable`: surely nothing came of it, so that it may be sent again. */
  noteSettled(clientOrderId: ClientOrderId, isRepeatable: boolean): void {
    this.#setSent(clientOrderId, isRepeatable ? null : this.#clock.monotonicMs());
  }

  /** Whether something may have come of an earlier request of this process. */
  wasSent(clientOrderId: ClientOrderId): boolean {
    return (this.#known.get(clientOrderId)?.sentAtMs ?? null) !== null;
  }

  /**
   * Whether "not found" means never executed: no request for the order can arrive any more. What an earlier process sent
   * was under way at the latest when this one began.
   */
  isNotFoundFinal(clientOrderId: ClientOrderId, askedAtMs: number): boolean {
    return askedAtMs >= (this.#known.get(clientOrderId)?.sentAtMs ?? this.#startedAtMs) + this.#arrivesWithinMs;
  }

  /** In time of the program's clock: from when on "not found" is final for what is sent now. */
  notFoundFinalAt(): number {
    return this.#clock.now() + this.#arrivesWithinMs;
  }

  /** Whether this instance of the program has made the id, or an earlier one that has left its books to it. */
  isOwn(clientOrderId: string): clientOrderId is ClientOrderId {
    return parseClientOrderId(clientOrderId)?.instance === this.#instance || this.#known.has(clientOrderId);
  }

  /** The order of an own id. Null for others, and for an exit of an earlier run that nobody has told of. */
  ownerOf(clientOrderId: string): OrderId | null {
    if (!this.isOwn(clientOrderId)) return null;
    const known = this.#known.get(clientOrderId);
    if (known !== undefined) return known.orderId;
    const parts = parseClientOrderId(clientOrderId);
    // The id of an entry names its order; that of any other leg the position.
    return parts?.leg === 'entry' ? (parts.subject as OrderId) : null;
  }

  /** Whether the order is known to be one that waits for a price. */
  isConditional(clientOrderId: string): boolean {
    return this.#known.get(clientOrderId)?.isConditional ?? false;
  }

  /** The venue's id of a conditional futures order, once it was told. */
  algoOrderId(clientOrderId: string): VenueOrderId | null {
    return this.#known.get(clientOrderId)?.algoOrderId ?? null;
  }

  noteAlgoOrderId(clientOrderId: string, algoOrderId: VenueOrderId): void {
    const known = this.#known.get(clientOrderId);
    if (known !== undefined) known.algoOrderId = algoOrderId;
  }

  /** Notes under which client id the venue's order was made. */
  link(symbol: string, venueOrderId: string, clientOrderId: string): void {
    remember(this.#clientIds, `${symbol} ${venueOrderId}`, clientOrderId);
  }

  /** The client id of one of the venue's orders, undefined when it was not heard of. */
  clientIdOf(symbol: string, venueOrderId: string): string | undefined {
    return this.#clientIds.get(`${symbol} ${venueOrderId}`);
  }

  #setSent(clientOrderId: ClientOrderId, sentAtMs: number | null): void {
    const known = this.#known.get(clientOrderId);
    if (known !== undefined) known.sentAtMs = sentAtMs;
  }

  #add(clientOrderId: ClientOrderId, { id, symbol, terms }: OrderIntent): void {
    const known = { orderId: id, symbol, isConditional: isConditional(terms), sentAtMs: null, algoOrderId: null };
    remember(this.#known, clientOrderId, known);
  }
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MAX_REMEMBERED) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

/** The id under which a conditional futures order goes here: those of plain orders are counted apart at the venue. */
export function algoVenueId(algoId: string): VenueOrderId {
  return asId<VenueOrderId>(`algo-${algoId}`);
}
