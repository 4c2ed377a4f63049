import type { VenueEvent } from '../../matching/venue-types.ts';
import type { OrderFaults } from '../faults/order-faults.ts';
import type { Decimals } from '../futures/order-answers.ts';
import type { DeskListener } from '../state/desk.ts';
import {
  accountConfigUpdate,
  accountUpdate,
  algoUpdate,
  marginCall,
  orderTradeUpdate,
  tradeLite,
} from './futures-events.ts';
import { accountPosition, executionReport, listStatus } from './spot-events.ts';
import type { UserStreams } from './user-streams.ts';

type Context = Parameters<DeskListener['onEvent']>[1];
type OrderEvent = Extract<VenueEvent, { type: 'order' }>;

/** Lateness of an order's events, decided with its first fill and kept for the order's later ones. */
class Lateness {
  readonly #faults: OrderFaults;
  readonly #late = new Map<number, number>();

  constructor(faults: OrderFaults) {
    this.#faults = faults;
  }

  of({ order, fill }: OrderEvent): number {
    const known = this.#late.get(order.orderId);
    if (known !== undefined || fill === null) return known ?? 0;
    const delayMs = this.#faults.takeDelayMs(order.clientOrderId);
    if (delayMs > 0) this.#late.set(order.orderId, delayMs);
    return delayMs;
  }
}

/** Tells spot accounts what happened to them. */
export class SpotAccountEvents implements DeskListener {
  readonly #streams: UserStreams;
  readonly #lateness: Lateness;
  #executionId = 1_000_000;

  constructor(streams: UserStreams, faults: OrderFaults) {
    this.#streams = streams;
    this.#lateness = new Lateness(faults);
  }

  onEvent(event: VenueEvent, context: Context): void {
    if (event.type === 'order') {
      this.#executionId += 1;
      const { publicTradeId, cancelId } = context;
      const report = executionReport(event, { executionId: this.#executionId, publicTradeId, cancelId });
      this.#streams.sendSpot(event.order.accountId, report, this.#lateness.of(event));
    } else if (event.type === 'balances') {
      this.#streams.sendSpot(event.accountId, accountPosition(event));
    } else if (event.type === 'order_list') {
      this.#streams.sendSpot(event.list.accountId, listStatus(event));
    }
  }
}

/** Tells futures accounts what happened to them. */
export class FuturesAccountEvents implements DeskListener {
  readonly #streams: UserStreams;
  readonly #lateness: Lateness;
  readonly #decimalsOf: (symbol: string) => Decimals;
  /** Cross wallet balances last told, for margin calls. */
  readonly #crossWallets = new Map<string, bigint>();

  constructor(streams: UserStreams, faults: OrderFaults, decimalsOf: (symbol: string) => Decimals) {
    this.#streams = streams;
    this.#lateness = new Lateness(faults);
    this.#decimalsOf = decimalsOf;
  }

  onEvent(event: VenueEvent, { publicTradeId }: Context): void {
    switch (event.type) {
      case 'order':
        this.#sendOrder(event, publicTradeId);
        return;
      case 'algo_order': {
        const update = algoUpdate(event, this.#decimalsOf(event.order.symbol));
        this.#streams.sendFutures(event.order.accountId, update);
        return;
      }
      case 'futures_account':
        for (const { crossWalletBalance } of event.wallets) this.#crossWallets.set(event.accountId, crossWalletBalance);
        this.#streams.sendFutures(event.accountId, accountUpdate(event, this.#decimalsOf));
        return;
      case 'account_config':
        if (event.symbol === null || event.leverage === null) return;
        this.#streams.sendFutures(event.accountId, accountConfigUpdate(event.symbol, event.leverage, event.at));
        return;
      case 'margin_call': {
        const context = { crossWallet: this.#crossWallets.get(event.accountId) ?? 0n, at: event.at };
        this.#streams.sendFutures(event.accountId, marginCall(event.positions, this.#decimalsOf, context));
        return;
      }
      case 'order_list':
      case 'balances':
      case 'income':
      case 'liquidation':
      case 'funding_settled':
      case 'market_trade':
    }
  }

  #sendOrder(event: OrderEvent, publicTradeId: number): void {
    const { order } = event;
    const context = { ...this.#decimalsOf(order.symbol), publicTradeId, marginAsset: 'USDT' };
    const delayMs = this.#lateness.of(event);
    const lite = tradeLite(event, context);
    if (lite !== null) this.#streams.sendFutures(order.accountId, lite, delayMs);
    this.#streams.sendFutures(order.accountId, orderTradeUpdate(event, context), delayMs);
  }
}
