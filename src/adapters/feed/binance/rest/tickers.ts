import type { Ticker } from '../../../../domain/candle.ts';
import { asId } from '../../../../domain/ids.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';

/** A figure of the venue, NaN where it has none or says something else than a number. */
function figure(value: unknown): number {
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : NaN;
}

/** A price of zero means that nobody quotes, or that nothing was traded. */
function quoted(value: unknown): number {
  const price = figure(value);
  return price > 0 ? price : NaN;
}

/**
 * The 24 h figures of all symbols. Those without a trade in 24 hours have a quote volume of zero.
 *
 *     [{"symbol":"BNBBTC","priceChange":"-94.99999800","priceChangePercent":"-95.960","lastPrice":"4.00000200","bidPrice":"4.00000000",
 *       "askPrice":"4.00000200","openPrice":"99.00000000","highPrice":"100.00000000","lowPrice":"0.10000000","volume":"8913.30000000",
 *       "quoteVolume":"15.30000000","openTime":1499783499040,"closeTime":1499869899040, ...}]
 *
 * https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints#24hr-ticker-price-change-statistics
 * @throws TypeError when it is nothing of the kind
 */
export function readTickers(answer: unknown): Ticker[] {
  if (!Array.isArray(answer)) throw new TypeError('the answer to ticker/24hr is no list');
  return (answer as unknown[]).flatMap((row) => {
    const fields = (typeof row === 'object' && row !== null ? row : {}) as Readonly<Record<string, unknown>>;
    if (typeof fields.symbol !== 'string' || fields.symbol === '') return [];
    return [
      {
        symbol: asId<VenueSymbol>(fields.symbol),
        time: typeof fields.closeTime === 'number' ? fields.closeTime : NaN,
        last: quoted(fields.lastPrice),
        bid: quoted(fields.bidPrice),
        ask: quoted(fields.askPrice),
        mark: NaN,
        open: quoted(fields.openPrice),
        high: quoted(fields.highPrice),
        low: quoted(fields.lowPrice),
        volume: figure(fields.volume),
        quoteVolume: figure(fields.quoteVolume),
        changePct: figure(fields.priceChangePercent),
      },
    ];
  });
}
