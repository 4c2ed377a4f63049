import { atomsFromMarketData } from '../atoms.ts';
import type { BookSide } from '../book/book-side.ts';
import type { WorkingOrder } from '../orders/working-order.ts';
import type { DepthUpdate, QuoteUpdate, TradeUpdate } from '../venue-types.ts';
import { concludeOperation } from './aftermath.ts';
import type { Core } from './core.ts';
import { checkMargins } from './liquidation.ts';
import { applyOutsideTrade, uncross } from './match.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { setLastPrice } from './trade.ts';

/**
 * The outside shows its best prices. Where no depth was ever given these are all that can be seen; else levels beyond
 * them stay as they are.
 */
export function applyQuote(core: Core, quote: QuoteUpdate): void {
  const market = marketNamed(core, quote.symbol);
  showBest(market, market.bids, { price: quote.bid, quantity: quote.bidQuantity });
  showBest(market, market.asks, { price: quote.ask, quantity: quote.askQuantity });
  uncross(core, market);
  concludeOperation(core);
}

function showBest(
  market: SymbolMarket,
  side: BookSide<WorkingOrder>,
  best: { readonly price: number; readonly quantity: number },
): void {
  if (Number.isNaN(best.price) || best.quantity === 0) {
    side.keepOnly(NOTHING);
    return;
  }
  const ticks = market.scale.marketTicks(best.price);
  const steps = market.scale.marketSteps(best.quantity);
  if (market.hasDepth) {
    side.showNothingBetter(ticks);
    side.showOutside(ticks, steps);
  } else {
    side.showOnly(ticks, steps);
  }
}

const NOTHING: ReadonlySet<number> = new Set();

/** The outside shows sizes at several prices. */
export function applyDepth(core: Core, depth: DepthUpdate): void {
  const market = marketNamed(core, depth.symbol);
  market.hasDepth = true;
  showLevels(market, market.bids, { levels: depth.bids, isSnapshot: depth.isSnapshot });
  showLevels(market, market.asks, { levels: depth.asks, isSnapshot: depth.isSnapshot });
  uncross(core, market);
  concludeOperation(core);
}

function showLevels(
  market: SymbolMarket,
  side: BookSide<WorkingOrder>,
  { levels, isSnapshot }: { readonly levels: DepthUpdate['bids']; readonly isSnapshot: boolean },
): void {
  const { scale } = market;
  if (isSnapshot) side.keepOnly(new Set(levels.map(([price]) => scale.marketTicks(price))));
  for (const [price, quantity] of levels) side.showOutside(scale.marketTicks(price), scale.marketSteps(quantity));
}

/** The outside traded. */
export function applyTrade(core: Core, trade: TradeUpdate): void {
  const market = marketNamed(core, trade.symbol);
  const ticks = market.scale.marketTicks(trade.price);
  const steps = market.scale.marketSteps(trade.quantity);
  applyOutsideTrade(core, market, { ticks, steps, isTakerBuy: trade.buyerIsTaker });
  setLastPrice(core, market, ticks);
  concludeOperation(core);
}

/** The mark price moved: conditional orders that watch it fire, and positions are held against it. */
export function applyMark(core: Core, symbol: string, markPrice: number): void {
  const market = marketNamed(core, symbol);
  const { contract } = market;
  if (contract === null) throw new RangeError(`${symbol} is a spot symbol and has no mark price`);
  contract.mark = atomsFromMarketData(markPrice);
  const fired = market.triggers.mark.fire(market.scale.fractionalTicks(contract.mark), core.now);
  if (fired.length > 0) core.fired.push(...fired);
  checkMargins(core, market);
  concludeOperation(core);
}

/** @throws RangeError for a symbol that was never listed */
export function marketNamed(core: Core, symbol: string): SymbolMarket {
  const market = core.markets.get(symbol);
  if (market === undefined) throw new RangeError(`${symbol} is not listed at this venue; list it first`);
  return market;
}
