import type { Account, Balance } from '../../../domain/account.ts';
import { asId } from '../../../domain/ids.ts';
import type { ClientOrderId, VenueSymbol } from '../../../domain/ids.ts';
import type { Price, Quantity } from '../../../domain/decimal.ts';
import { parseClientOrderId } from '../../../domain/order/client-order-id.ts';
import type { ForeignOrder } from '../../../domain/order/order.ts';
import { atomsDecimal } from '../../../matching/atoms.ts';
import type { Venue } from '../../../matching/venue.ts';
import type { PositionReport, WalletReport } from '../../../matching/venue-types.ts';
import type { AccountSnapshot, VenuePosition } from '../../../ports/broker.ts';
import type { PaperOrder, PaperOrders } from './paper-orders.ts';

/** The account in the program's words, as it is at the moment of asking. */
export class AccountViews {
  readonly #account: Account;
  readonly #instance: string;
  readonly #venue: Venue;
  readonly #orders: PaperOrders;

  constructor(parts: {
    readonly account: Account;
    readonly instance: string;
    readonly venue: Venue;
    readonly orders: PaperOrders;
  }) {
    this.#account = parts.account;
    this.#instance = parts.instance;
    this.#venue = parts.venue;
    this.#orders = parts.orders;
  }

  snapshot(at: number): AccountSnapshot {
    const working = [...this.#orders.allWorking()];
    return {
      at,
      balances: this.balances(at),
      positions: this.#positions(),
      ownOrders: working
        .filter((order) => this.isOwn(order.clientOrderId))
        .map(({ clientOrderId, history, market, symbol, side, quantity, terms }) => ({
          ...{ market, symbol, side, quantity, terms },
          clientOrderId: asId<ClientOrderId>(clientOrderId),
          updates: [...history],
        })),
      foreignOrders: working
        .filter((order) => !this.isOwn(order.clientOrderId))
        .flatMap((order) => foreignOrder(order, at) ?? []),
    };
  }

  /** Whether this instance of the program has made the id. */
  isOwn(clientOrderId: string): boolean {
    return parseClientOrderId(clientOrderId)?.instance === this.#instance;
  }

  balances(at: number): Balance[] {
    const { id: accountId, market } = this.#account;
    const { views } = this.#venue;
    if (market === 'futures') return views.futuresAccount(accountId).wallets.map((wallet) => this.#wallet(wallet, at));
    return views.balances(accountId).map(({ asset, free, locked }) => {
      return { accountId, asset, free: atomsDecimal(free), locked: atomsDecimal(locked), updatedAt: at };
    });
  }

  /** Of a wallet is free what new orders may use: without profit that is not realised, and less what losses bind. */
  #wallet({ asset, walletBalance, availableBalance }: WalletReport, at: number): Balance {
    const free = availableBalance < walletBalance ? availableBalance : walletBalance;
    const locked = walletBalance - free;
    return {
      accountId: this.#account.id,
      asset,
      free: atomsDecimal(free),
      locked: atomsDecimal(locked),
      updatedAt: at,
    };
  }

  #positions(): VenuePosition[] {
    if (this.#account.market === 'spot') return [];
    const { positions } = this.#venue.views.futuresAccount(this.#account.id);
    return positions.filter(({ quantity }) => quantity !== 0n).map(venuePosition);
  }
}

function venuePosition(report: PositionReport): VenuePosition {
  const { quantity, liquidationPrice, leverage, marginMode } = report;
  return {
    market: 'futures',
    symbol: asId<VenueSymbol>(report.symbol),
    side: quantity > 0n ? 'long' : 'short',
    quantity: atomsDecimal(quantity).abs() as Quantity,
    entryPrice: atomsDecimal(report.entryPrice) as Price,
    liquidationPrice: liquidationPrice === null ? null : (atomsDecimal(liquidationPrice) as Price),
    leverage,
    marginMode,
    unrealizedPnl: atomsDecimal(report.unrealizedPnl),
  };
}

function foreignOrder(order: PaperOrder, at: number): ForeignOrder | null {
  const { market, symbol, clientOrderId, venueOrderId, side, quantity, executed, terms, reduceOnly } = order;
  if (venueOrderId === null) return null;
  const instance = parseClientOrderId(clientOrderId)?.instance ?? null;
  return {
    ...{ market, symbol, venueOrderId, clientOrderId, instance, side, quantity, terms, reduceOnly },
    filledQuantity: executed,
    seenAt: at,
  };
}
