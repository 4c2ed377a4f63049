import type { Market } from '../../domain/instrument.ts';
import type { Result } from '../../lib/result.ts';
import type { Chance } from '../../ports/chance.ts';
import { Venue } from '../../matching/venue.ts';
import type {
  AlgoReport,
  BalanceReport,
  FeeTerms,
  GroupKey,
  OcoRequest,
  OrderKey,
  OrderListReport,
  OrderReport,
  OrderRequest,
  PlacedList,
  PlacedOrder,
  Refusal,
  VenueEvent,
} from '../../matching/venue-types.ts';
import type { OrderFaults } from '../faults/order-faults.ts';
import type { MarketData } from '../data/market-data.ts';
import type { SymbolData } from '../data/symbol-data.ts';
import type { PublicTrade } from '../data/trade-ring.ts';
import { randomKey } from '../user-data/listen-keys.ts';
import { AccountHistory } from './account-history.ts';
import { MarketMirror } from './market-mirror.ts';

/** Fees as the venue charges them to a new account. */
export const FEES: Readonly<Record<Market, FeeTerms>> = {
  spot: { makerRate: 100_000n, takerRate: 100_000n, feeToken: { asset: 'BNB', discount: 25_000_000n } },
  futures: { makerRate: 20_000n, takerRate: 50_000n, feeToken: null },
};

/** Taken of the notional at liquidation: 1.25 %. */
const LIQUIDATION_FEE = 1_250_000n;

/** What is told of the desk's doings, after it is written down. */
export interface DeskListener {
  /** @param publicTradeId the fill's id on the public trade stream; 0 without a fill */
  onEvent(event: VenueEvent, context: { readonly publicTradeId: number; readonly cancelId: string | null }): void;
}

/** One market's matching: the venue model, kept in line with the world outside, and the history of its accounts. */
export class Desk {
  readonly market: Market;
  readonly venue: Venue;
  readonly mirror: MarketMirror;
  readonly #data: () => MarketData;
  readonly #listener: DeskListener;
  readonly #random: Chance;
  readonly #histories = new Map<string, AccountHistory>();
  readonly #updatedAt = new Map<string, number>();
  /** Client ids of cancel requests, by the order that they end. */
  readonly #cancelIds = new Map<number, string>();
  /** Ids on the public stream of trades that the venue made, by symbol and the venue's own id. */
  readonly #publicIds = new Map<string, number>();
  readonly #faults: OrderFaults;

  constructor(options: {
    readonly market: Market;
    readonly startMs: number;
    /** Asked when needed: the market data is made with the desk. */
    readonly data: () => MarketData;
    readonly listener: DeskListener;
    readonly random: Chance;
    readonly firstOrderId: number;
    readonly faults: OrderFaults;
  }) {
    this.market = options.market;
    this.#data = options.data;
    this.#listener = options.listener;
    this.#random = options.random;
    this.#faults = options.faults;
    this.venue = new Venue({
      market: options.market,
      startMs: options.startMs,
      firstOrderId: options.firstOrderId,
      onEvent: (event) => this.#record(event),
    });
    this.mirror = new MarketMirror(options.market, this.venue, options.data);
  }

  /** Lists the symbols of the market. */
  open(symbols: readonly SymbolData[]): void {
    for (const data of symbols) {
      const instrument = data.instrument(this.market);
      if (instrument !== null) this.venue.list({ instrument, liquidationFeeRate: LIQUIDATION_FEE });
    }
  }

  openAccount(accountId: string, fees: FeeTerms = FEES[this.market]): void {
    this.venue.openAccount(accountId, fees);
  }

  balances(accountId: string): readonly BalanceReport[] {
    return this.venue.views.balances(accountId);
  }

  history(accountId: string): AccountHistory {
    const known = this.#histories.get(accountId);
    if (known !== undefined) return known;
    const history = new AccountHistory();
    this.#histories.set(accountId, history);
    return history;
  }

  /** When the account last changed; 0 before that. */
  updatedAt(accountId: string): number {
    return this.#updatedAt.get(accountId) ?? 0;
  }

  /** A client order id for an order that came without one. */
  nextClientId(length: number): string {
    return randomKey(this.#random, length);
  }

  // Requests

  placeOrder(data: SymbolData, request: OrderRequest): Result<PlacedOrder, Refusal> {
    this.mirror.show(data, this.#faults.takeBookSize(request));
    return this.venue.placeOrder(request);
  }

  cancelOrder(key: OrderKey, cancelId: string): Result<OrderReport, Refusal> {
    this.#noteCancel(key, cancelId);
    return this.venue.cancelOrder(key);
  }

  cancelAll(accountId: string, symbol: string): OrderReport[] {
    for (const { orderId } of this.venue.views.openOrders(accountId, symbol)) {
      this.#cancelIds.set(orderId, this.nextClientId(22));
    }
    return this.venue.cancelAllOrders(accountId, symbol);
  }

  cancelReplace(
    data: SymbolData,
    key: OrderKey,
    to: { readonly request: OrderRequest; readonly stopOnFailure: boolean; readonly cancelId: string },
  ): { cancelled: Result<OrderReport, Refusal>; placed: Result<PlacedOrder, Refusal> | null } {
    this.mirror.show(data);
    this.#noteCancel(key, to.cancelId);
    return this.venue.cancelReplace(key, to);
  }

  amendOrder(
    data: SymbolData,
    key: OrderKey,
    to: { readonly price: bigint; readonly quantity: bigint },
  ): Result<PlacedOrder, Refusal> {
    this.mirror.show(data);
    return this.venue.amendOrder(key, to);
  }

  placeOco(data: SymbolData, request: OcoRequest): Result<PlacedList, Refusal> {
    this.mirror.show(data);
    return this.venue.placeOco(request);
  }

  cancelList(key: GroupKey): Result<OrderListReport, Refusal> {
    for (const { orderId } of this.venue.views.openList(key)?.orders ?? []) {
      this.#cancelIds.set(orderId, this.nextClientId(22));
    }
    return this.venue.cancelList(key);
  }

  placeAlgoOrder(data: SymbolData, request: OrderRequest): Result<AlgoReport, Refusal> {
    this.mirror.show(data);
    return this.venue.placeAlgoOrder(request);
  }

  /** Moves the venue's clock on: scheduled actions and funding. */
  advanceTo(nowMs: number): void {
    this.venue.advanceTo(nowMs);
  }

  /** Shows the venue a symbol's market as it is now, and lets it follow from here on. */
  follow(data: SymbolData): void {
    this.mirror.show(data);
  }

  #noteCancel(key: OrderKey, cancelId: string): void {
    const order = this.venue.views.openOrder(key);
    if (order !== null) this.#cancelIds.set(order.orderId, cancelId);
  }

  #record(event: VenueEvent): void {
    const publicTradeId = this.#publicTradeId(event);
    if (event.type === 'market_trade') return;
    if ('accountId' in event) this.#updatedAt.set(event.accountId, event.at);
    const accountId = accountOf(event);
    if (accountId !== null) this.history(accountId).record(event, publicTradeId);
    const cancelId = event.type === 'order' ? (this.#cancelIds.get(event.order.orderId) ?? null) : null;
    if (event.type === 'order' && event.change === 'cancelled') this.#cancelIds.delete(event.order.orderId);
    this.#listener.onEvent(event, { publicTradeId, cancelId });
  }

  /** Trades of the venue join the public ones when they are first heard of; both of their sides carry the same id. */
  #publicTradeId(event: VenueEvent): number {
    switch (event.type) {
      case 'order':
        if (event.fill === null) return 0;
        return this.#joinPublic(event.order.symbol, event.fill.tradeId, {
          price: Number(event.fill.price) / 1e8,
          quantity: Number(event.fill.quantity) / 1e8,
          buyerIsMaker: (event.order.side === 'buy') === event.fill.isMaker,
        });
      case 'income':
        return event.tradeId === null ? 0 : (this.#publicIds.get(`${event.symbol ?? ''} ${event.tradeId}`) ?? 0);
      default:
        return 0;
    }
  }

  #joinPublic(
    symbol: string,
    tradeId: number,
    trade: Pick<PublicTrade, 'price' | 'quantity' | 'buyerIsMaker'>,
  ): number {
    const key = `${symbol} ${tradeId}`;
    const known = this.#publicIds.get(key);
    if (known !== undefined) return known;
    const data = this.#data().find(this.market, symbol);
    const id = data === null ? tradeId : this.#data().ownTrade(data, { ...trade, timeMs: this.venue.now });
    this.#publicIds.set(key, id);
    const [oldest] = this.#publicIds.keys();
    if (this.#publicIds.size > 1_000 && oldest !== undefined) this.#publicIds.delete(oldest);
    return id;
  }
}

function accountOf(event: VenueEvent): string | null {
  if ('accountId' in event) return event.accountId;
  if (event.type === 'order' || event.type === 'algo_order') return event.order.accountId;
  return event.type === 'order_list' ? event.list.accountId : null;
}
