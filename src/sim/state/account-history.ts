import type {
  AlgoReport,
  IncomeKind,
  OrderListReport,
  OrderReport,
  VenueEvent,
  VenueFill,
} from '../../matching/venue-types.ts';

/** Kept of each kind; the oldest go first. */
const KEPT = 20_000;

/** A fill with its order's facts, and the id under which everybody sees the trade. */
export interface RecordedFill {
  readonly publicTradeId: number;
  readonly order: OrderReport;
  readonly fill: VenueFill;
}

/** An entry of a futures account's income history. */
export interface RecordedIncome {
  readonly incomeId: number;
  readonly kind: IncomeKind;
  readonly asset: string;
  readonly amount: bigint;
  readonly symbol: string | null;
  readonly tradeId: number | null;
  readonly time: number;
}

/** Puts a value at the end of a map and drops what has not changed for longest beyond the bound. */
function keep<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= KEPT) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

function push<Value>(list: Value[], value: Value): void {
  list.push(value);
  if (list.length >= 2 * KEPT) list.splice(0, KEPT);
}

const WORKING: readonly OrderReport['status'][] = ['new', 'partially_filled'];

/** True while the order can still be filled. */
function isWorking(order: OrderReport): boolean {
  return WORKING.includes(order.status);
}

/** What has happened in one account of one market: the venue itself knows working orders only. */
export class AccountHistory {
  readonly #orders = new Map<number, OrderReport>();
  readonly #orderIds = new Map<string, number>();
  readonly #algoOrders = new Map<number, AlgoReport>();
  readonly #lists = new Map<number, OrderListReport>();
  readonly fills: RecordedFill[] = [];
  readonly incomes: RecordedIncome[] = [];

  /** @param publicTradeId the id of the fill on the public trade stream, for events with a fill */
  record(event: VenueEvent, publicTradeId: number): void {
    switch (event.type) {
      case 'order':
        keep(this.#orders, event.order.orderId, event.order);
        keep(this.#orderIds, `${event.order.symbol} ${event.order.clientOrderId}`, event.order.orderId);
        if (event.fill !== null) push(this.fills, { publicTradeId, order: event.order, fill: event.fill });
        return;
      case 'algo_order':
        keep(this.#algoOrders, event.order.algoId, event.order);
        return;
      case 'order_list':
        keep(this.#lists, event.list.orderListId, event.list);
        return;
      case 'income':
        push(this.incomes, { ...event, time: event.at, tradeId: event.tradeId === null ? null : publicTradeId });
        return;
      default:
    }
  }

  orders(): OrderReport[] {
    return [...this.#orders.values()].sort((a, b) => a.orderId - b.orderId);
  }

  openOrders(): OrderReport[] {
    return this.orders().filter(isWorking);
  }

  /** An order by the venue's id, or the newest with a client order id; null when unknown. */
  order(
    symbol: string,
    id: { readonly orderId: number | null; readonly clientOrderId: string | null },
  ): OrderReport | null {
    const orderId = id.orderId ?? this.#orderIds.get(`${symbol} ${id.clientOrderId ?? ''}`);
    const order = orderId === undefined ? undefined : this.#orders.get(orderId);
    return order?.symbol === symbol ? order : null;
  }

  orderById(orderId: number): OrderReport | null {
    return this.#orders.get(orderId) ?? null;
  }

  algoOrders(): AlgoReport[] {
    return [...this.#algoOrders.values()].sort((a, b) => a.algoId - b.algoId);
  }

  openAlgoOrders(): AlgoReport[] {
    return this.algoOrders().filter(({ status }) => status === 'new' || status === 'triggering');
  }

  algoOrder(id: { readonly algoId: number | null; readonly clientAlgoId: string | null }): AlgoReport | null {
    if (id.algoId !== null) return this.#algoOrders.get(id.algoId) ?? null;
    return this.algoOrders().findLast(({ clientAlgoId }) => clientAlgoId === id.clientAlgoId) ?? null;
  }

  lists(): OrderListReport[] {
    return [...this.#lists.values()].sort((a, b) => a.orderListId - b.orderListId);
  }

  list(id: { readonly orderListId: number | null; readonly clientId: string | null }): OrderListReport | null {
    if (id.orderListId !== null) return this.#lists.get(id.orderListId) ?? null;
    return this.lists().findLast(({ listClientOrderId }) => listClientOrderId === id.clientId) ?? null;
  }

  fillsOf(orderId: number): RecordedFill[] {
    return this.fills.filter(({ order }) => order.orderId === orderId);
  }
}
