import type { Instrument, Market } from '../../domain/instrument.ts';
import { AitraderError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MarketFeed } from '../../ports/market-feed.ts';
import { SYNTHETIC_QUOTES, symbolProfiles } from '../market/profiles.ts';
import type { MarketSource } from '../market/source.ts';
import { createSyntheticMarket } from '../market/synthetic-market.ts';
import { openTapeMarket } from '../tape/tape-market.ts';
import type { TapeProblem } from '../tape/tape-problems.ts';
import type { TapeSpan } from '../tape/tape-span.ts';
import { InsideFeed } from './inside-feed.ts';
import { InsideStream } from './inside-stream.ts';
import type { DriveEnd, DriveOptions, Stage } from './market-drive.ts';
import { MarketDrive } from './market-drive.ts';
import { SimulatedClock } from './simulated-clock.ts';

/** A seeded market without edge, from a moment on. */
interface SyntheticPlay {
  readonly kind: 'synthetic';
  /** Names (`BTC`, `BTCUSDT`, `BTC/USDT`), or how many of the largest. */
  readonly symbols: number | readonly string[];
  /** When simulated time begins, milliseconds UTC; taken down to a whole minute. */
  readonly startAt: number;
}

/** Recorded files, played together by their times, from the minute of their first record on. */
interface TapePlay {
  readonly kind: 'tape';
  readonly paths: readonly string[];
  /** Hears of every malformed line that is skipped. */
  readonly onProblem: (problem: TapeProblem) => void;
}

export interface InsideMarketOptions {
  readonly play: SyntheticPlay | TapePlay;
  /** Of the synthetic market, and of the history before a tape. */
  readonly seed: number;
  /** Null: futures, or spot where a tape has no futures. */
  readonly market: Market | null;
  readonly quoteAsset: string;
}

/** How the drive keeps up, over all drives. */
export interface PaceMetrics {
  /** Simulated time, milliseconds UTC. */
  readonly timeMs: number;
  /** Trades, quotes and mark prices of the market. */
  readonly events: number;
  /** Timers that were run. */
  readonly timers: number;
  /** Times that simulated time went on although something was still under way. */
  readonly unsettled: number;
  /** How far simulated time stands behind its pace, in simulated milliseconds; 0 at full speed. Nothing is left out. */
  readonly lagMs: number;
  readonly maxLagMs: number;
}

/** A market inside the process: nothing happens in it but while it is driven. */
export interface InsideMarket {
  /** The market that is played. */
  readonly market: Market;
  /** The quote asset asked for; that of the first symbol where a tape has no symbol in it. */
  readonly quoteAsset: string;
  /** A whole minute: history ends and the stream begins here. */
  readonly startMs: number;
  /** What a tape has data of, and when; empty for a synthetic market. */
  readonly spans: readonly TapeSpan[];
  /** Simulated time; of a tape it begins with the first record. It stands while the market is not driven. */
  readonly clock: Clock;
  /** Closing it ends a drive under way, and closes the files of a tape. */
  readonly feed: MarketFeed;
  /**
   * Moves simulated time until `until`, the end of the tape, or the signal. May be called again afterwards, also at
   * another speed; simulated time goes on from where it stood.
   * @throws AitraderError `TAPE_REFUSED` with file and line; what timers, the sink and `settle` throw
   * @throws RangeError for a speed that is not above 0, Error when it is being driven already
   */
  drive(options: DriveOptions): Promise<DriveEnd>;
  pace(): PaceMetrics;
}

/**
 * @throws AitraderError `USAGE` for symbols that cannot be, or a tape that was not recorded on the market asked for;
 *   `TAPE_UNREADABLE`, `TAPE_REFUSED`
 */
export async function createInsideMarket(options: InsideMarketOptions): Promise<InsideMarket> {
  const { source, spans } = await openSource(options);
  const market = marketOf(source, options);
  const stream = new InsideStream(source, market);
  const clock = new SimulatedClock(Math.max(source.startMs, firstRecordMs(spans)));
  const counts = { timers: 0, unsettled: 0, maxLagMs: 0 };
  const stage: Stage = { source, stream, clock, counts, tapeEndMs: null, isClosed: false };
  const feed = new InsideFeed(stream, clock, () => {
    stage.isClosed = true;
    return source.close();
  });
  let current: MarketDrive | null = null;
  return {
    ...{ market, clock, feed, spans, startMs: source.startMs },
    quoteAsset: quoteAssetOf(
      stream.symbols.map(({ instrument }) => instrument),
      options.quoteAsset,
    ),
    async drive(driveOptions) {
      const { speed, until = Infinity } = driveOptions;
      if (speed !== 'max' && !(speed > 0 && speed < Infinity)) {
        throw new RangeError(`a speed of ${speed}; give a factor above 0, or max`);
      }
      if (Number.isNaN(until)) throw new RangeError('until is NaN; give milliseconds UTC');
      if (current !== null) throw new Error('the market is being driven already: await the first drive');
      current = new MarketDrive(stage, driveOptions);
      try {
        return await current.run();
      } finally {
        current = null;
      }
    },
    pace: () => {
      const lagMs = current?.lagMs ?? 0;
      const maxLagMs = Math.max(lagMs, counts.maxLagMs);
      return { ...counts, timeMs: clock.now(), events: stream.counts.events, lagMs, maxLagMs };
    },
  };
}

async function openSource({ play, seed, market, quoteAsset }: InsideMarketOptions): Promise<{
  readonly source: MarketSource;
  readonly spans: readonly TapeSpan[];
}> {
  if (play.kind === 'synthetic') {
    const symbols = syntheticNames(play.symbols, quoteAsset);
    const markets = [market ?? 'futures'] as const;
    return { source: createSyntheticMarket({ seed, symbols, startMs: play.startAt, markets }), spans: [] };
  }
  const markets = market === null ? (['spot', 'futures'] as const) : [market];
  const source = await openTapeMarket({ ...play, seed, markets });
  return { source, spans: source.spans };
}

/** -Infinity without spans. */
function firstRecordMs(spans: readonly TapeSpan[]): number {
  return spans.length === 0 ? -Infinity : Math.floor(Math.min(...spans.map(({ fromMs }) => fromMs)));
}

/** The names of the synthetic market: those of the exchange where a person wrote an asset or a pair. */
function syntheticNames(symbols: number | readonly string[], quoteAsset: string): string[] {
  if (typeof symbols === 'number') return symbolProfiles(symbols).map(({ base }) => `${base}${quoteAsset}`);
  return symbols.map((given) => {
    const [pair = ''] = given.trim().toUpperCase().split(':');
    const joined = pair.replace(/[/_-]/g, '');
    const isPair = [quoteAsset, ...SYNTHETIC_QUOTES].some((quote) => joined !== quote && joined.endsWith(quote));
    return isPair ? joined : `${joined}${quoteAsset}`;
  });
}

function marketOf(source: MarketSource, { play, market }: InsideMarketOptions): Market {
  const played = (['futures', 'spot'] as const).filter((candidate) =>
    source.symbols.some(({ instruments }) => instruments[candidate] !== null),
  );
  const found = market === null ? played[0] : played.find((candidate) => candidate === market);
  if (found !== undefined) return found;
  const what = play.kind === 'tape' ? `the tape ${play.paths.join(', ')}` : 'the synthetic market';
  throw new AitraderError('USAGE', {
    problem: `${what} has no ${market} symbols: it was recorded on ${played.join(' and ')}`,
    hint: `Set MARKET_TYPE=${played[0] ?? 'spot'}, or choose another tape.`,
  });
}

function quoteAssetOf(instruments: readonly Instrument[], wanted: string): string {
  const isPlayed = instruments.some(({ quote }) => quote === wanted);
  return isPlayed ? wanted : (instruments[0]?.quote ?? wanted);
}
