import type { Candle } from '../../../domain/candle.ts';
import type { MarketRow } from '../../../ports/engine-handle.ts';
import type { CandleForm, TickerForm } from '../wire/forms.ts';
import { figure } from './figures.ts';

/** A market as the API gives it. */
export function tickerJson(row: MarketRow): TickerForm {
  return {
    symbol: row.symbol,
    time: figure(row.time),
    last: figure(row.last),
    bid: figure(row.bid),
    ask: figure(row.ask),
    mark: figure(row.mark),
    open: figure(row.open),
    high: figure(row.high),
    low: figure(row.low),
    volume: figure(row.volume),
    quoteVolume: figure(row.quoteVolume),
    changePct: figure(row.changePct),
    ageMs: figure(row.ageMs),
    stale: row.stale,
  };
}

/** A candle as the API gives it. */
export function candleJson(candle: Candle): CandleForm {
  return {
    symbol: candle.symbol,
    timeframe: candle.timeframe,
    openTime: candle.openTime,
    open: figure(candle.open),
    high: figure(candle.high),
    low: figure(candle.low),
    close: figure(candle.close),
    volume: figure(candle.volume),
    quoteVolume: figure(candle.quoteVolume),
    trades: figure(candle.trades),
    buyVolume: figure(candle.buyVolume),
    sellVolume: figure(candle.sellVolume),
    closed: candle.closed,
  };
}
