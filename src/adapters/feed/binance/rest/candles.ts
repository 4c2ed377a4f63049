import type { Candle } from '../../../../domain/candle.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import type { Timeframe } from '../../../../domain/time.ts';
import { candleOf, isCandle, plainDecimal } from '../decode/market-message.ts';

/**
 * Candles from the answer to klines, in the order of the answer, called closed: the answer itself does not tell whether
 * the last one is, which whoever asks has to know by the venue's time.
 *
 *     [[1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100","148976.11427815",1499644799999,
 *       "2434.19055334",308,"1756.87402397","28.46694368","0"]]
 *
 * https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints#klinecandlestick-data
 * @throws TypeError when a row is no candle
 */
export function readCandles(
  answer: unknown,
  of: { readonly symbol: VenueSymbol; readonly timeframe: Timeframe },
): Candle[] {
  if (!Array.isArray(answer)) throw new TypeError(`${of.symbol}: the answer to klines is no list`);
  return (answer as unknown[]).map((row) => candleOfRow(row, of));
}

function candleOfRow(row: unknown, of: { readonly symbol: VenueSymbol; readonly timeframe: Timeframe }): Candle {
  const cells: readonly unknown[] = Array.isArray(row) ? row : [];
  const decimal = (index: number): number => (typeof cells[index] === 'string' ? plainDecimal(cells[index]) : NaN);
  const integer = (index: number): number => (Number.isSafeInteger(cells[index]) ? (cells[index] as number) : NaN);
  const figures = {
    openTime: integer(0),
    open: decimal(1),
    high: decimal(2),
    low: decimal(3),
    close: decimal(4),
    volume: decimal(5),
    quoteVolume: decimal(7),
    trades: integer(8),
    buyVolume: decimal(9),
  };
  if (!isCandle(figures, of.timeframe)) {
    throw new TypeError(`${of.symbol} ${of.timeframe}: no candle: ${JSON.stringify(row).slice(0, 200)}`);
  }
  return candleOf(figures, { ...of, closed: true });
}
