/** The Binance feed before a simulated exchange on the loopback, both by one clock that tests move. */
import { setImmediate } from 'node:timers/promises';

import { createBinanceFeed } from '../../src/adapters/feed/binance/feed.ts';
import type { BinanceFeedOptions } from '../../src/adapters/feed/binance/feed.ts';
import type { Candle } from '../../src/domain/candle.ts';
import { asId } from '../../src/domain/ids.ts';
import type { VenueSymbol } from '../../src/domain/ids.ts';
import type { Market } from '../../src/domain/instrument.ts';
import { SECOND_MS } from '../../src/domain/time.ts';
import type { Timeframe } from '../../src/domain/time.ts';
import { seededRandom } from '../../src/lib/random.ts';
import type { MarketFeed } from '../../src/ports/market-feed.ts';
import { plainStart } from '../../src/sim/accounts/start-state.ts';
import { readFaultScript } from '../../src/sim/faults/read-fault-script.ts';
import { createSyntheticMarket } from '../../src/sim/market/synthetic-market.ts';
import { SimServer } from '../../src/sim/server.ts';
import type { FakeClock } from '../../src/testkit/fake-clock.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';
import type { CandleRange } from '../../src/testkit/feed-suite.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';

/** A Sunday evening: within minutes a day and a week end. */
const START_MS = Date.UTC(2026, 0, 4, 23, 50);
/** Turns of the event loop without a byte after which all is read that was sent. */
const QUIET_TURNS = 6;

export interface SimulatedVenue {
  readonly feed: MarketFeed;
  readonly server: SimServer;
  readonly clock: FakeClock;
  readonly symbols: readonly VenueSymbol[];
  /** Lets time pass at the exchange and for the feed, second by second or in other steps. */
  readonly advance: (ms: number, stepMs?: number) => Promise<void>;
  /** Lets time pass until something is so; fails after `patienceMs`. */
  readonly until: (condition: () => boolean | Promise<boolean>, patienceMs?: number) => Promise<void>;
  /** Faults as a script of the simulated exchange has them. */
  readonly fault: (script: unknown) => void;
  readonly truth: (symbol: VenueSymbol, timeframe: Timeframe, range: CandleRange) => Promise<Candle[]>;
  /** Stream connections that the exchange sees: how many it took since the start, and how many are open. */
  readonly connections: () => Promise<{ readonly accepted: number; readonly open: number }>;
  readonly close: () => Promise<void>;
}

interface VenueTerms extends Partial<Pick<BinanceFeedOptions, 'maxAttempts' | 'streamsPerConnection' | 'logger'>> {
  readonly seed?: number;
  readonly symbols?: number;
}

export async function openVenue(market: Market, terms: VenueTerms = {}): Promise<SimulatedVenue> {
  const { seed = 1, symbols: count = 3, logger = silentLogger, ...tuning } = terms;
  const clock = createFakeClock(START_MS);
  const source = createSyntheticMarket({ seed, symbols: count, markets: [market], startMs: START_MS });
  const problems: unknown[] = [];
  const server = new SimServer({
    ...{ source, clock, logger: silentLogger, speed: 1, seed, faults: null },
    onFailure: (failure) => problems.push(failure),
    accounts: [{ accountId: 'main', credentials: null, start: () => plainStart({ USDT: '1000' }, new Set(['USDT'])) }],
  });
  const { spotRest } = await server.listen(0);
  const feed = createBinanceFeed({
    ...{ market, environment: 'live', restUrl: spotRest, webSocketUrl: spotRest.replace('http', 'ws') },
    ...{ clock, logger, chance: seededRandom(seed), ...tuning },
  });

  const advance = async (ms: number, stepMs = SECOND_MS): Promise<void> => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      await server.driver.advance(Math.min(stepMs, ms - passed));
      await clock.advance(Math.min(stepMs, ms - passed));
      await settle(() => feed.metrics().bytes);
      if (problems.length > 0) throw new Error('the exchange failed', { cause: problems[0] });
    }
  };
  return {
    ...{ feed, server, clock, advance },
    symbols: server.venue.data.of(market).map(({ symbol }) => asId<VenueSymbol>(symbol)),
    async until(condition, patienceMs = 20 * 60 * SECOND_MS) {
      for (let passed = 0; !(await condition()); passed += SECOND_MS) {
        if (passed > patienceMs) throw new Error(`it did not happen in ${patienceMs / SECOND_MS} s of market time`);
        await advance(SECOND_MS);
      }
    },
    fault: (script) => void server.venue.injector.add(readFaultScript(script, 'the faults of the test')),
    truth: (symbol, timeframe, range) => askKlines(`${spotRest}${KLINES[market]}`, { symbol, timeframe, ...range }),
    async connections() {
      const state = (await (await fetch(`${spotRest}/sim/state`)).json()) as ConnectionState;
      return { accepted: state.connections.accepted, open: state.connections.open.length };
    },
    async close() {
      await feed.close();
      await server.close();
    },
  };
}

interface ConnectionState {
  readonly connections: { readonly accepted: number; readonly open: readonly unknown[] };
}

async function settle(activity: () => number): Promise<void> {
  let last = activity();
  for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) {
    await setImmediate();
    if (activity() !== last) quiet = 0;
    last = activity();
  }
}

const KLINES: Readonly<Record<Market, string>> = { spot: '/api/v3/klines', futures: '/fapi/v1/klines' };

/** Faults that wait for a request of the feed may hit these. */
const TRIES = 30;

async function ask(url: string): Promise<(number | string)[][]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(url);
      const answer = (await response.json()) as (number | string)[][];
      if (response.ok) return answer;
      throw new Error(`${url}: HTTP ${response.status} ${JSON.stringify(answer)}`);
    } catch (error) {
      if (attempt === TRIES) throw error;
    }
  }
}

/** The candles that the exchange tells, read apart from the feed's own reading. */
async function askKlines(
  url: string,
  { symbol, timeframe, fromMs, toMs }: CandleRange & { readonly symbol: VenueSymbol; readonly timeframe: Timeframe },
): Promise<Candle[]> {
  const candles: Candle[] = [];
  for (let startMs = fromMs; startMs <= toMs;) {
    const query = `symbol=${symbol}&interval=${timeframe}&startTime=${startMs}&endTime=${toMs}&limit=1000`;
    const rows = await ask(`${url}?${query}`);
    if (rows.length === 0) break;
    for (const row of rows) {
      const [openTime = NaN, open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN] = row.map(Number);
      const [quoteVolume = NaN, trades = NaN, buyVolume = NaN] = row.slice(7).map(Number);
      candles.push({
        ...{ symbol, timeframe, openTime, open, high, low, close, volume, quoteVolume, trades, buyVolume },
        ...{ sellVolume: volume - buyVolume, closed: true },
      });
    }
    startMs = (candles.at(-1)?.openTime ?? Infinity) + 1;
  }
  return candles;
}
