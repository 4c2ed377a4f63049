import type { Quantity } from '../../../domain/decimal.ts';
import { ZERO_QUANTITY } from '../../../domain/decimal.ts';
import type { Fill } from '../../../domain/fill.ts';
import type { OrderId, VenueOrderId } from '../../../domain/ids.ts';
import type { InstrumentRef } from '../../../domain/instrument.ts';
import type { OrderIntent } from '../../../domain/order/order.ts';
import type { OrderUpdate } from '../../../domain/order/update.ts';
import type { ReportedFill } from '../../../ports/broker.ts';
import { encode } from './tagged-json.ts';

/** How many ended orders are remembered, with their fills. */
const MOST_ENDED = 100;

/** An order that has reached the venue, with all that became of it. */
export interface PaperOrder
  extends InstrumentRef, Pick<OrderIntent, 'side' | 'quantity' | 'terms' | 'reduceOnly' | 'leg'> {
  readonly clientOrderId: string;
  /** Null for what the liquidation engine made. */
  readonly orderId: OrderId | null;
  venueOrderId: VenueOrderId | null;
  executed: Quantity;
  /** Everything that was told of it, in order. */
  readonly history: OrderUpdate[];
}

/** A new order, of which nothing is known yet. */
export function paperOrder(fields: Omit<PaperOrder, 'venueOrderId' | 'executed' | 'history'>): PaperOrder {
  return { ...fields, venueOrderId: null, executed: ZERO_QUANTITY, history: [] };
}

/** The orders of the account by client order id: all that work, and the last that have ended. */
export class PaperOrders {
  readonly #working = new Map<string, PaperOrder>();
  readonly #ended = new Map<string, PaperOrder>();
  /** Ended orders never change, so their text is made once. */
  readonly #endedTexts = new Map<string, string>();

  /** Takes up the orders of an earlier run, and says which of them work. */
  restore(orders: readonly PaperOrder[], isWorking: (order: PaperOrder) => boolean): void {
    for (const order of orders) {
      this.add(order);
      if (!isWorking(order)) this.end(order);
    }
  }

  add(order: PaperOrder): void {
    this.#working.set(order.clientOrderId, order);
  }

  /** It was refused: there never was such an order. */
  forget(order: PaperOrder): void {
    this.#working.delete(order.clientOrderId);
  }

  end(order: PaperOrder): void {
    const { clientOrderId } = order;
    this.#working.delete(clientOrderId);
    this.#ended.set(clientOrderId, order);
    this.#endedTexts.set(clientOrderId, encode(order));
    const [oldest] = this.#ended.keys();
    if (this.#ended.size <= MOST_ENDED || oldest === undefined) return;
    this.#ended.delete(oldest);
    this.#endedTexts.delete(oldest);
  }

  working(clientOrderId: string): PaperOrder | undefined {
    return this.#working.get(clientOrderId);
  }

  find(clientOrderId: string): PaperOrder | undefined {
    return this.#working.get(clientOrderId) ?? this.#ended.get(clientOrderId);
  }

  allWorking(): IterableIterator<PaperOrder> {
    return this.#working.values();
  }

  /** The remembered fills in a symbol from a time on, in the order in which they were made. */
  fills(instrument: InstrumentRef, sinceMs: number): ReportedFill[] {
    const found: ReportedFill[] = [];
    for (const order of [...this.#ended.values(), ...this.#working.values()]) {
      if (order.symbol !== instrument.symbol || order.market !== instrument.market) continue;
      for (const fill of fillsOf(order)) {
        if (fill.time >= sinceMs) found.push({ fill, clientOrderId: order.clientOrderId });
      }
    }
    return found.sort((a, b) => Number(a.fill.venueTradeId) - Number(b.fill.venueTradeId));
  }

  /** JSON of them all, ended ones first. */
  text(): string {
    return `[${[...this.#endedTexts.values(), ...[...this.#working.values()].map(encode)].join(',')}]`;
  }
}

function fillsOf({ history }: PaperOrder): Fill[] {
  return history.flatMap((update) => (update.type === 'fill' ? [update.fill] : []));
}
