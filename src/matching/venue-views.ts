import type { Instrument } from '../domain/instrument.ts';
import type { Account } from './account/account.ts';
import type { Holdings } from './account/holdings.ts';
import { positionReport, walletState } from './account/margin.ts';
import type { Atoms } from './atoms.ts';
import type { BookSide } from './book/book-side.ts';
import { findAlgo } from './desk/algo.ts';
import { findList, findOrder } from './desk/cancel.ts';
import type { Core } from './desk/core.ts';
import { marketNamed } from './desk/market-data.ts';
import type { SymbolMarket } from './desk/symbol-market.ts';
import { algoReport, orderListReport, orderReport } from './orders/working-order.ts';
import type { WorkingOrder } from './orders/working-order.ts';
import type {
  AlgoReport,
  BalanceReport,
  FuturesAccountReport,
  GroupKey,
  OrderKey,
  OrderListReport,
  OrderReport,
  PositionReport,
} from './venue-types.ts';

/** One price with all that rests there, outside and accounts. */
type DepthLevel = readonly [price: Atoms, quantity: Atoms];

export interface DepthReport {
  readonly bids: readonly DepthLevel[];
  readonly asks: readonly DepthLevel[];
}

/** The prices of a symbol; null while unknown. */
export interface PriceReport {
  readonly last: Atoms | null;
  readonly mark: Atoms | null;
  readonly bestBid: DepthLevel | null;
  readonly bestAsk: DepthLevel | null;
}

/** Who else holds money: the other ends of all payments. With the accounts they hold nothing in sum. */
export interface HouseReport {
  readonly outside: readonly BalanceReport[];
  readonly fees: readonly BalanceReport[];
  readonly insurance: readonly BalanceReport[];
  readonly clearing: readonly BalanceReport[];
  readonly funding: readonly BalanceReport[];
  /** What the outside holds against the accounts' futures positions, and what it paid for it; negative for a short. */
  readonly outsidePositions: readonly { readonly symbol: string; readonly quantity: Atoms; readonly cost: Atoms }[];
}

/** Reading a venue. Every answer is a copy that never changes. */
export class VenueViews {
  private readonly core: Core;

  constructor(core: Core) {
    this.core = core;
  }

  instruments(): readonly Instrument[] {
    return [...this.core.markets.values()].map(({ instrument }) => instrument);
  }

  /** Working orders, oldest first. @param symbol null: of all symbols */
  openOrders(accountId: string, symbol: string | null): readonly OrderReport[] {
    return this.core.orders
      .ofAccount(accountId)
      .filter(({ request }) => symbol === null || request.symbol === symbol)
      .map((order) => orderReport(order, this.core.marketOf(order).scale));
  }

  /** Null when no such order works (any more). */
  openOrder(key: OrderKey): OrderReport | null {
    const order = findOrder(this.core, key);
    return order === undefined ? null : orderReport(order, this.core.marketOf(order).scale);
  }

  openAlgoOrders(accountId: string, symbol: string | null): readonly AlgoReport[] {
    return this.core.algos
      .ofAccount(accountId)
      .filter(({ request }) => symbol === null || request.symbol === symbol)
      .map((algo) => algoReport(algo, this.core.marketOf(algo).scale));
  }

  openAlgoOrder(key: GroupKey): AlgoReport | null {
    const algo = findAlgo(this.core, key);
    return algo === undefined ? null : algoReport(algo, this.core.marketOf(algo).scale);
  }

  openLists(accountId: string): readonly OrderListReport[] {
    return this.core.lists.ofAccount(accountId).map(orderListReport);
  }

  openList(key: GroupKey): OrderListReport | null {
    const list = findList(this.core, key);
    return list === undefined ? null : orderListReport(list);
  }

  /** All assets that the account ever had. @throws RangeError for an unknown account */
  balances(accountId: string): readonly BalanceReport[] {
    return balancesOf(this.account(accountId).holdings);
  }

  /** @throws RangeError for an unknown account */
  futuresAccount(accountId: string): FuturesAccountReport {
    const account = this.account(accountId);
    const legs = [...account.allSlots()].flatMap((slot) => slot.legs);
    return {
      positionMode: account.positionMode,
      wallets: balancesOf(account.holdings).map(({ asset }) => walletState(account, asset)),
      positions: legs
        .filter((leg) => leg.updatedAt >= 0 || leg.openBuy !== 0n || leg.openSell !== 0n)
        .map((leg) => positionReport(account, leg)),
    };
  }

  /** The account's leverage and margin mode in a futures symbol. @throws RangeError for an unknown account or symbol */
  symbolConfig(accountId: string, symbol: string): Pick<PositionReport, 'leverage' | 'marginMode'> {
    const { contract } = marketNamed(this.core, symbol);
    if (contract === null) throw new RangeError(`${symbol} is a spot symbol and has no leverage`);
    const { leverage, marginMode } = this.account(accountId).slotIn(contract);
    return { leverage, marginMode };
  }

  /** The best levels of both sides. @throws RangeError for an unlisted symbol */
  depth(symbol: string, limit: number): DepthReport {
    const market = marketNamed(this.core, symbol);
    return { bids: levelsOf(market, market.bids, limit), asks: levelsOf(market, market.asks, limit) };
  }

  /** @throws RangeError for an unlisted symbol */
  prices(symbol: string): PriceReport {
    const market = marketNamed(this.core, symbol);
    const mark = market.contract?.mark ?? 0n;
    return {
      last: Number.isNaN(market.lastTicks) ? null : market.scale.price(market.lastTicks),
      mark: mark === 0n ? null : mark,
      bestBid: levelsOf(market, market.bids, 1)[0] ?? null,
      bestAsk: levelsOf(market, market.asks, 1)[0] ?? null,
    };
  }

  house(): HouseReport {
    const { outside, fees, insurance, clearing, funding } = this.core.house;
    const contracts = [...this.core.markets.values()].flatMap(({ contract }) => (contract === null ? [] : [contract]));
    return {
      outside: balancesOf(outside),
      fees: balancesOf(fees),
      insurance: balancesOf(insurance),
      clearing: balancesOf(clearing),
      funding: balancesOf(funding),
      outsidePositions: contracts.map(({ symbol, scale, outsideSteps, outsideCost }) => ({
        symbol,
        quantity: scale.quantity(outsideSteps),
        cost: outsideCost,
      })),
    };
  }

  private account(accountId: string): Account {
    const account = this.core.accounts.get(accountId);
    if (account === undefined) throw new RangeError(`there is no account ${accountId}`);
    return account;
  }
}

function balancesOf(holdings: Holdings): BalanceReport[] {
  return [...holdings.all()].map(({ asset, free, locked }) => ({ asset, free, locked }));
}

function levelsOf(market: SymbolMarket, side: BookSide<WorkingOrder>, limit: number): DepthLevel[] {
  const found: DepthLevel[] = [];
  for (const { ticks, outside, ownSteps } of side.levels()) {
    if (found.length >= limit) break;
    if (outside + ownSteps > 0) found.push([market.scale.price(ticks), market.scale.quantity(outside + ownSteps)]);
  }
  return found;
}
