import { averageEntryPrice, unrealizedPnl } from '../../../domain/position/ledger.ts';
import { notional, priceFromMarketData } from '../../../domain/decimal.ts';
import type { Candle } from '../../../domain/candle.ts';
import type { Filter } from '../../../domain/filter.ts';
import type { TraderId, VenueSymbol } from '../../../domain/ids.ts';
import type { Position } from '../../../domain/position/position.ts';
import type { Order } from '../../../domain/order/order.ts';
import type { Signal } from '../../../domain/signal.ts';
import type { Timeframe } from '../../../domain/time.ts';
import type { EngineHandle, EngineStatus, MarketRow } from '../../../ports/engine-handle.ts';
import type { LogLine, Offline, TuiInfo } from '../options.ts';
import { shown } from '../style/text.ts';
import type { Line } from '../style/line.ts';
import type { CandleBook } from './candle-book.ts';
import type { ClosedTrade } from './closed-trade.ts';
import type { PriceMemory } from './price-memory.ts';

export type TraderRow = ReturnType<EngineHandle['traders']>[number];

/** A log line with the number by which the screen knows it. */
export interface NumberedLog extends LogLine {
  readonly number: number;
}

/** Everything that one frame is made of, taken at one moment. */
export interface DeskView {
  /** The desk's time, milliseconds UTC. */
  readonly now: number;
  readonly info: TuiInfo;
  readonly status: EngineStatus;
  readonly markets: readonly MarketRow[];
  readonly traders: readonly TraderRow[];
  readonly signals: readonly Signal[];
  readonly orders: readonly Order[];
  readonly positions: readonly Position[];
  readonly trades: readonly ClosedTrade[];
  readonly logs: readonly NumberedLog[];
  readonly prices: PriceMemory;
  readonly story: Line;
  readonly notice: string | null;
  readonly offline: Offline | null;
  marketOf(symbol: VenueSymbol): MarketRow | null;
  /** The trader's name as the screen takes it. */
  traderName(id: TraderId | null): string;
  /** What the trader is made of, null when it is removed or not a trader's. */
  filterOf(id: TraderId | null): Filter | null;
  /**
   * The closed candles of the symbol on the clock of the trader, or of the first one where none is named; asked for in the
   * background, empty until they are there.
   */
  chartOf(symbol: VenueSymbol, trader: TraderId | null): ChartCandles;
}

export interface ChartCandles {
  readonly timeframe: Timeframe;
  /** Oldest first. */
  readonly candles: readonly Candle[];
}

/** What charts show where no filter says what it looks at. */
const PLAIN_TIMEFRAME: Timeframe = '5m';
/** The widest chart shows no more. */
const MOST_CANDLES = 240;

/** The parts of a view that do not come from the engine. */
export interface DeskSurroundings extends Pick<
  DeskView,
  'now' | 'info' | 'trades' | 'logs' | 'prices' | 'story' | 'notice' | 'offline'
> {
  readonly book: CandleBook;
}

export function takeView(engine: EngineHandle, { book, ...surroundings }: DeskSurroundings): DeskView {
  const markets = engine.markets();
  const traders = engine.traders();
  const bySymbol = new Map(markets.map((market) => [market.symbol, market]));
  const names = new Map(traders.map(({ trader }) => [trader.id, shown(trader.name)]));
  const filterOf = (id: TraderId | null): Filter | null => {
    const filterId = traders.find(({ trader }) => trader.id === id)?.trader.filterId;
    return engine.filters().find((filter) => filter.id === filterId) ?? null;
  };
  return {
    ...surroundings,
    status: engine.status(),
    markets,
    traders,
    signals: engine.signals(),
    orders: engine.orders(),
    positions: engine.positions().filter(({ state }) => state.status === 'open'),
    marketOf: (symbol) => bySymbol.get(symbol) ?? null,
    traderName: (id) => (id === null ? 'by hand' : (names.get(id) ?? 'removed')),
    filterOf,
    chartOf: (symbol, trader) => {
      // As many as the filter needs are at hand; more would be asked for at the exchange.
      const meta = (filterOf(trader) ?? filterOf(traders[0]?.trader.id ?? null))?.meta;
      const timeframe = meta?.timeframes[0] ?? PLAIN_TIMEFRAME;
      const limit = Math.min(MOST_CANDLES, meta?.lookback ?? MOST_CANDLES);
      return { timeframe, candles: book.of({ symbol, timeframe, limit }, surroundings.now) };
    },
  };
}

/** An open position in figures for reading; null where no price is known. */
export interface PositionFigures {
  readonly entry: number | null;
  readonly now: number | null;
  /** Of the open part, before fees, quote units. */
  readonly profit: number | null;
  readonly profitPct: number | null;
  /** What the open part is worth, quote units. */
  readonly worth: number | null;
  readonly stop: number | null;
  /** From the price now to the stop, in per cent of the price now; below zero when the price is beyond it. */
  readonly stopDistancePct: number | null;
  readonly target: number | null;
  readonly targetDistancePct: number | null;
}

/** By the mark price on futures, else by the last one. */
function priceNow(position: Position, view: DeskView): number | null {
  const market = view.marketOf(position.symbol);
  if (market === null) return null;
  const now = position.market === 'futures' && market.mark > 0 ? market.mark : market.last;
  return now > 0 && now < Infinity ? now : null;
}

export function positionFigures(position: Position, view: DeskView): PositionFigures {
  const { side, openCost, plan, protection } = position;
  const now = priceNow(position, view);
  const exact = now === null ? null : priceFromMarketData(now);
  const profit = exact && unrealizedPnl(position, exact).toNumber();
  const stop = protection.stopPrice?.toNumber() ?? null;
  const target = plan.targets.find(({ reachedAt }) => reachedAt === null)?.price.toNumber() ?? null;
  const ahead = side === 'long' ? 1 : -1;
  return {
    entry: averageEntryPrice(position)?.toNumber() ?? null,
    now,
    profit,
    profitPct: profit === null || openCost.isZero() ? null : (profit / openCost.toNumber()) * 100,
    worth: exact && notional(exact, position.quantity).toNumber(),
    stop,
    stopDistancePct: now === null || stop === null ? null : ((now - stop) / now) * 100 * ahead,
    target,
    targetDistancePct: now === null || target === null ? null : ((target - now) / now) * 100 * ahead,
  };
}
