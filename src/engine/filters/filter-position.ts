import type { Ticker } from '../../domain/candle.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import { averageEntryPrice } from '../../domain/position/ledger.ts';
import type { Position } from '../../domain/position/position.ts';
import { candleOpenTime, timeframeMs } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import type { FilterPosition } from '../../ports/filter-sandbox.ts';

/** An open position of a trader. */
export interface HeldPosition {
  readonly position: Position;
  /** Why it was opened: the conditions of its signal. */
  readonly conditions: readonly string[];
}

/** What positions are measured by. */
interface PositionMoment {
  /** Milliseconds UTC. */
  readonly at: number;
  readonly clockTimeframe: Timeframe;
  /** By symbol; the last price of one without a ticker is not known. */
  readonly tickers: ReadonlyMap<VenueSymbol, Ticker>;
}

/** The positions of a trader as its filter sees them, by symbol. */
export function filterPositions(
  held: readonly HeldPosition[],
  moment: PositionMoment,
): ReadonlyMap<VenueSymbol, FilterPosition> {
  return new Map(held.map((each) => [each.position.symbol, filterPosition(each, moment)]));
}

/**
 * A position as its filter sees it. Profit is that of the open part against its average entry, fees and leverage left out:
 * `profitPct` in per cent of the entry price, `profitR` in multiples of the first stop's distance. `bars` counts the candles
 * of the clock timeframe that closed since the entry. What is not known is NaN.
 */
function filterPosition({ position, conditions }: HeldPosition, moment: PositionMoment): FilterPosition {
  const { at, clockTimeframe, tickers } = moment;
  const { side, openedAt, bestPrice, initialRisk, protection } = position;
  const price = tickers.get(position.symbol)?.last ?? NaN;
  const entryPrice = averageEntryPrice(position)?.toNumber() ?? NaN;
  const profit = (reached: number): number => (side === 'long' ? reached - entryPrice : entryPrice - reached);
  const profitPct = (100 * profit(price)) / entryPrice;
  const bestPct = (100 * profit(bestPrice.toNumber())) / entryPrice;
  const elapsed = candleOpenTime(at, clockTimeframe) - candleOpenTime(openedAt, clockTimeframe);
  return {
    side,
    entryPrice,
    entryTime: openedAt,
    bars: Math.max(0, elapsed / timeframeMs(clockTimeframe)),
    profitPct,
    profitR: profit(price) / (initialRisk?.toNumber() ?? NaN),
    maxProfitPct: profitPct > bestPct ? profitPct : bestPct,
    stopLoss: protection.stopPrice?.toNumber() ?? NaN,
    conditions,
  };
}
