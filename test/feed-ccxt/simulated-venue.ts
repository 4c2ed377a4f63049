/** The ccxt feed before a simulated exchange on the loopback, both by one clock that tests move. */
import { setImmediate, setTimeout as pause } from 'node:timers/promises';

import { createCcxtFeed } from '../../src/adapters/feed/ccxt/feed.ts';
import type { Candle } from '../../src/domain/candle.ts';
import { asId } from '../../src/domain/ids.ts';
import type { VenueSymbol } from '../../src/domain/ids.ts';
import type { Market } from '../../src/domain/instrument.ts';
import { SECOND_MS } from '../../src/domain/time.ts';
import { seededRandom } from '../../src/lib/random.ts';
import { plainStart } from '../../src/sim/accounts/start-state.ts';
import { readFaultScript } from '../../src/sim/faults/read-fault-script.ts';
import { createSyntheticMarket } from '../../src/sim/market/synthetic-market.ts';
import { SimServer } from '../../src/sim/server.ts';
import type { FakeClock } from '../../src/testkit/fake-clock.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';
import type { FeedHarness } from '../../src/testkit/feed-suite.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';
import { ccxtClient } from '../sim/exchange.ts';

/** A Sunday evening: within minutes a day and a week end. */
const START_MS = Date.UTC(2026, 0, 4, 23, 50);
/** Turns of the event loop without news after which all is read that was sent. */
const QUIET_TURNS = 8;
/** What ccxt does by timers of its own happens in the machine's time: it is given some for each second. */
const OWN_TIME_MS = 2;

const KLINES: Readonly<Record<Market, string>> = { spot: '/api/v3/klines', futures: '/fapi/v1/klines' };

export interface SimulatedVenue extends FeedHarness {
  readonly server: SimServer;
  readonly clock: FakeClock;
  /** Faults as a script of the simulated exchange has them. */
  readonly fault: (script: unknown) => void;
}

export async function openVenue(
  market: Market,
  terms: { readonly maxAttempts?: number } = {},
): Promise<SimulatedVenue> {
  const clock = createFakeClock(START_MS);
  const source = createSyntheticMarket({ seed: 1, symbols: 3, markets: [market], startMs: START_MS });
  const problems: unknown[] = [];
  const server = new SimServer({
    ...{ source, clock, logger: silentLogger, speed: 1, seed: 1, faults: null },
    onFailure: (failure) => problems.push(failure),
    accounts: [{ accountId: 'main', credentials: null, start: () => plainStart({ USDT: '1000' }, new Set(['USDT'])) }],
  });
  const addresses = await server.listen(0);
  const exchange = await ccxtClient(market === 'spot' ? 'pro/binance' : 'pro/binanceusdm', addresses, {
    withKeys: false,
  });
  const feed = createCcxtFeed({ exchange, market, clock, chance: seededRandom(1), logger: silentLogger, ...terms });
  const [first, second, third] = server.venue.data.of(market).map(({ symbol }) => asId<VenueSymbol>(symbol));
  if (first === undefined || second === undefined || third === undefined) throw new Error('three symbols are traded');
  return {
    ...{ feed, server, clock, symbols: [first, second, third] },
    now: () => server.driver.now,
    async advance(ms) {
      for (let passed = 0; passed < ms; passed += SECOND_MS) {
        await server.driver.advance(Math.min(SECOND_MS, ms - passed));
        await clock.advance(Math.min(SECOND_MS, ms - passed));
        await pause(OWN_TIME_MS);
        await settle(() => feed.metrics().messages);
        if (problems.length > 0) throw new Error('the exchange failed', { cause: problems[0] });
      }
    },
    truth: (symbol, timeframe, range) =>
      askKlines(`${addresses.spotRest}${KLINES[market]}`, { symbol, timeframe, ...range }),
    fault: (script) => void server.venue.injector.add(readFaultScript(script, 'the faults of the test')),
    cutStreams: () =>
      void server.venue.injector.add(readFaultScript([{ kind: 'cut_sockets', group: market }], 'a cut')),
    async close() {
      await feed.close();
      await server.close();
    },
  };
}

async function settle(activity: () => number): Promise<void> {
  let last = activity();
  for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) {
    await setImmediate();
    if (activity() !== last) quiet = 0;
    last = activity();
  }
}

/** The candles that the exchange tells, with the figures that ccxt passes on. */
async function askKlines(
  url: string,
  { symbol, timeframe, fromMs, toMs }: Pick<Candle, 'symbol' | 'timeframe'> & { fromMs: number; toMs: number },
): Promise<Candle[]> {
  const candles: Candle[] = [];
  for (let startMs = fromMs; startMs <= toMs;) {
    const query = `symbol=${symbol}&interval=${timeframe}&startTime=${startMs}&endTime=${toMs}&limit=1000`;
    const rows = (await (await fetch(`${url}?${query}`)).json()) as (number | string)[][];
    if (rows.length === 0) break;
    for (const row of rows) {
      const [openTime = NaN, open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN] = row.map(Number);
      candles.push({
        ...{ symbol, timeframe, openTime, open, high, low, close, volume },
        ...{ quoteVolume: NaN, trades: NaN, buyVolume: NaN, sellVolume: NaN, closed: true },
      });
    }
    startMs = (candles.at(-1)?.openTime ?? Infinity) + 1;
  }
  return candles;
}
