import type { Exchange, OHLCV, Trade } from 'ccxt';

import type { VenueSymbol } from '../../../domain/ids.ts';
import type { Timeframe } from '../../../domain/time.ts';
import { HOUR_MS, timeframeMs } from '../../../domain/time.ts';
import type { Intake } from './intake.ts';
import type { KnownSymbol } from './venue-symbols.ts';

/** One stream of one symbol. */
export interface Stream {
  /** Names it among all. */
  readonly key: string;
  readonly symbol: VenueSymbol;
  /** Waits for news; what it settles with takes them in. */
  readonly next: () => Promise<() => void>;
  /** Ends it at the venue; null where ccxt cannot. */
  readonly end: (() => Promise<unknown>) | null;
}

/** Longer candles begin by the venue's own time zone, and end so seldom that they can be asked for. */
const LONGEST_STREAMED_MS = 4 * HOUR_MS;

/** Whether candles of this length come over a stream. */
export function isStreamed(exchange: Exchange, timeframe: Timeframe): boolean {
  const isShort = timeframeMs(timeframe) <= LONGEST_STREAMED_MS;
  return isShort && exchange.has['watchOHLCV'] === true && timeframe in exchange.timeframes;
}

/** The streams that a symbol needs, by what the venue has. */
export function streamsOf(
  { exchange, intake }: { readonly exchange: Exchange; readonly intake: Intake },
  known: KnownSymbol,
  terms: { readonly timeframes: readonly Timeframe[]; readonly withMarks: boolean },
): Stream[] {
  const { symbol, unified } = known;
  const ending = (method: string, ...args: readonly unknown[]): Stream['end'] => {
    if (exchange.has[method] !== true) return null;
    const methods = exchange as unknown as Readonly<Record<string, (...given: readonly unknown[]) => Promise<unknown>>>;
    return async () => methods[method]?.call(exchange, ...args);
  };
  const stream = (kind: string, next: Stream['next'], end: Stream['end']): Stream => ({
    ...{ key: `${symbol} ${kind}`, symbol, next, end },
  });
  const streams = [
    stream('trades', () => trades(exchange, intake, known), ending('unWatchTrades', unified)),
    exchange.has['watchBidsAsks'] === true
      ? stream('quotes', () => quotes(exchange, intake, known), ending('unWatchBidsAsks', [unified]))
      : stream('quotes', () => bookTops(exchange, intake, known), ending('unWatchOrderBook', unified)),
    stream('ticker', () => tickers(exchange, intake, known), ending('unWatchTicker', unified)),
  ];
  for (const timeframe of terms.timeframes.filter((each) => isStreamed(exchange, each))) {
    const next = async (): Promise<() => void> => {
      const rows: readonly OHLCV[] = await exchange.watchOHLCV(unified, timeframe);
      return () => intake.candles({ symbol, timeframe }, rows);
    };
    streams.push(stream(`candles ${timeframe}`, next, ending('unWatchOHLCV', unified, timeframe)));
  }
  if (terms.withMarks && exchange.has['watchMarkPrice'] === true) {
    const next = async (): Promise<() => void> => {
      const told = await exchange.watchMarkPrice(unified);
      return () => intake.mark(known, told);
    };
    streams.push(stream('mark', next, ending('unWatchMarkPrice', unified)));
  }
  return streams;
}

async function trades(exchange: Exchange, intake: Intake, known: KnownSymbol): Promise<() => void> {
  const news: readonly Trade[] = await exchange.watchTrades(known.unified);
  return () => intake.trades(known, news);
}

async function quotes(exchange: Exchange, intake: Intake, known: KnownSymbol): Promise<() => void> {
  const told = (await exchange.watchBidsAsks([known.unified]))[known.unified];
  return () => {
    if (told === undefined) return;
    const { bid, bidVolume, ask, askVolume, timestamp } = told;
    intake.quote(known, { bid, bidVolume, ask, askVolume, timestamp });
  };
}

/** The best prices of the order book, where the venue has no stream of them alone. */
async function bookTops(exchange: Exchange, intake: Intake, known: KnownSymbol): Promise<() => void> {
  const { bids, asks, timestamp } = await exchange.watchOrderBook(known.unified);
  const [bid, bidVolume] = bids[0] ?? [];
  const [ask, askVolume] = asks[0] ?? [];
  return () => intake.quote(known, { bid, bidVolume, ask, askVolume, timestamp });
}

async function tickers(exchange: Exchange, intake: Intake, known: KnownSymbol): Promise<() => void> {
  const told = await exchange.watchTicker(known.unified);
  return () => intake.ticker(known, told);
}
