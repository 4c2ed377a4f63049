import { asId } from '../../../../domain/ids.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import type { Market } from '../../../../domain/instrument.ts';
import type { FeedSubscription } from '../../../../ports/market-feed.ts';
import type { StreamRoute } from '../venue.ts';

/** Names of streams by the route on which they are served. */
export type StreamsByRoute = ReadonlyMap<StreamRoute, ReadonlySet<string>>;

/**
 * The streams that a subscription needs: per symbol aggregated trades, best bid and ask, 24 h figures and candles; mark
 * prices where a position is. Trades are taken aggregated: the same volume in a third of the messages, by taker order.
 */
export function streamsOf(market: Market, subscription: FeedSubscription): StreamsByRoute {
  const { symbols, timeframes, markSymbols } = subscription;
  const candles = [...new Set(['1m', ...timeframes])].map((timeframe) => `kline_${timeframe}`);
  const named = (names: readonly VenueSymbol[], streams: readonly string[]): string[] =>
    names.flatMap((symbol) => streams.map((stream) => `${symbol.toLowerCase()}@${stream}`));
  const quotes = named(symbols, ['bookTicker']);
  const others = named(symbols, ['aggTrade', 'ticker', ...candles]);
  if (market === 'spot') return new Map([['spot', new Set([...quotes, ...others])]]);
  const marks = named(markSymbols, ['markPrice@1s']);
  return new Map([
    ['public', new Set(quotes)],
    ['market', new Set([...others, ...marks])],
  ]);
}

/** The symbol whose stream it is. */
export function symbolOfStream(stream: string): VenueSymbol {
  return asId<VenueSymbol>(stream.slice(0, stream.indexOf('@')).toUpperCase());
}
