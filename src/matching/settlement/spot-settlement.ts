import { chargeCommission } from '../account/commission.ts';
import { lock, move } from '../account/holdings.ts';
import type { Balance } from '../account/holdings.ts';
import type { House } from '../account/house.ts';
import type { Atoms } from '../atoms.ts';
import type { SymbolMarket } from '../desk/symbol-market.ts';
import type { WorkingOrder } from '../orders/working-order.ts';
import type { RefusalReason } from '../venue-types.ts';
import type { Settled, Settlement, Trade } from './settlement.ts';

/** What a spot settlement shares with the rest of the venue. */
interface Books {
  readonly house: House;
  /** Quote units for one unit of the fee token, by quote asset. */
  readonly feeTokenPrices: ReadonlyMap<string, Atoms>;
}

/**
 * Spot: a working sell locks its base, a working buy its price x quantity in quote (raised to an atom; what better prices
 * leave over is set free with each fill). Market buys by quantity lock nothing: they pay as far as free money goes.
 */
export class SpotSettlement implements Settlement {
  readonly shortage = 'insufficient_funds';
  private readonly books: Books;

  constructor(books: Books) {
    this.books = books;
  }

  reserve(order: WorkingOrder, market: SymbolMarket): RefusalReason | null {
    const balance = this.source(order, market);
    const need = coverOf(order, market);
    if (balance.free < need || balance.free < costOfMarketOrder(order, market)) return 'insufficient_balance';
    this.bind(order, market, need);
    return null;
  }

  reserveList([first, second]: readonly [WorkingOrder, WorkingOrder], market: SymbolMarket): RefusalReason | null {
    const balance = this.source(first, market);
    const needs = [coverOf(first, market), coverOf(second, market)] as const;
    const need = needs[0] > needs[1] ? needs[0] : needs[1];
    if (balance.free < need) return 'insufficient_balance';
    this.bind(first, market, need);
    return null;
  }

  refit(order: WorkingOrder, market: SymbolMarket): void {
    this.bind(order, market, coverOf(order, market));
  }

  bind(order: WorkingOrder, market: SymbolMarket, amount: Atoms): void {
    lock(this.source(order, market), amount - order.bound);
    order.bound = amount;
  }

  capacity(order: WorkingOrder, market: SymbolMarket, ticks: number): number {
    if (order.quoteLeft === null && !(order.isBuy && order.isMarket)) return order.remainingSteps;
    const { scale, rules } = market;
    const lot = rules.quantity.every;
    const free = this.source(order, market).free;
    if (order.quoteLeft === null) {
      const steps = Math.min(order.remainingSteps, scale.affordableSteps(free, ticks));
      return steps === order.remainingSteps ? steps : steps - (steps % lot);
    }
    const wanted = scale.affordableSteps(order.quoteLeft, ticks);
    const steps = order.isBuy ? wanted : Math.min(wanted, Number(free / scale.quantityUnit));
    return steps - (steps % lot);
  }

  settle(trade: Trade): { buyer: Settled | null; seller: Settled | null } {
    const { market, buyer, seller, steps, quote } = trade;
    const { base: baseAsset, quote: quoteAsset } = market.instrument;
    if (buyer !== null) this.refit(buyer, market);
    if (seller !== null) this.refit(seller, market);
    const base = market.scale.quantity(steps);
    move(this.balance(buyer, quoteAsset), this.balance(seller, quoteAsset), quote);
    move(this.balance(seller, baseAsset), this.balance(buyer, baseAsset), base);
    return {
      buyer: buyer && this.charge(trade, buyer, { asset: baseAsset, amount: base }),
      seller: seller && this.charge(trade, seller, { asset: quoteAsset, amount: quote }),
    };
  }

  private charge(trade: Trade, order: WorkingOrder, received: { asset: string; amount: Atoms }): Settled {
    const { holdings, fees } = order.account;
    const commission = chargeCommission(
      fees,
      {
        isMaker: order.isBuy === trade.isBuyerMaker,
        from: holdings.of(received.asset),
        amount: received.amount,
        notional: trade.quote,
        feeTokenPrice: this.books.feeTokenPrices.get(trade.market.instrument.quote) ?? null,
      },
      { account: holdings, fees: this.books.house.fees },
    );
    return { commission, realizedPnl: 0n };
  }

  private balance(order: WorkingOrder | null, asset: string): Balance {
    return (order === null ? this.books.house.outside : order.account.holdings).of(asset);
  }

  /** What the order gives away: base for a sell, quote for a buy. */
  private source(order: WorkingOrder, market: SymbolMarket): Balance {
    return order.account.holdings.of(order.isBuy ? market.instrument.quote : market.instrument.base);
  }
}

/** What a spot order must have locked as it stands: nothing once it is done or nothing is left of it. */
function coverOf(order: WorkingOrder, market: SymbolMarket): Atoms {
  const { scale } = market;
  if (!order.isBuy) return scale.quantity(order.remainingSteps);
  if (order.quoteLeft !== null) return order.quoteLeft;
  if (!order.isMarket) return scale.notionalRaised(order.ticks, order.remainingSteps);
  const { waiting } = order;
  if (waiting === null || order.workingSince !== null) return 0n;
  const { ticks, trailingBps } = waiting.terms;
  // A trailing buy fires at most so far above the price it begins to track at.
  const begin = Number.isNaN(ticks) ? market.lastTicks : ticks;
  const worst = trailingBps === null ? begin : Math.ceil((begin * (10_000 + trailingBps)) / 10_000);
  return scale.notionalRaised(worst, order.remainingSteps);
}

/** What a market order that locks nothing would take from the book as it is; zero for others. */
function costOfMarketOrder(order: WorkingOrder, market: SymbolMarket): Atoms {
  if (!order.isMarket || order.workingSince === null) return 0n;
  if (order.isBuy && order.quoteLeft === null) return costToBuy(market, order.remainingSteps);
  if (!order.isBuy && order.quoteLeft !== null) return baseToRaise(market, order.quoteLeft);
  return 0n;
}

function costToBuy(market: SymbolMarket, steps: number): Atoms {
  let left = steps;
  let cost = 0n;
  for (const level of market.asks.levels()) {
    const taken = Math.min(left, level.outside + level.ownSteps);
    cost += market.scale.notional(level.ticks, taken);
    left -= taken;
    if (left === 0) break;
  }
  return cost;
}

function baseToRaise(market: SymbolMarket, quote: Atoms): Atoms {
  let left = quote;
  let steps = 0;
  for (const level of market.bids.levels()) {
    const taken = Math.min(market.scale.affordableSteps(left, level.ticks), level.outside + level.ownSteps);
    left -= market.scale.notional(level.ticks, taken);
    steps += taken;
    if (taken < level.outside + level.ownSteps) break;
  }
  return market.scale.quantity(steps);
}
