import { createSystemClock } from '../../src/adapters/clock/system/clock.ts';
import { asId } from '../../src/domain/ids.ts';
import type { VenueSymbol } from '../../src/domain/ids.ts';
import type { Market } from '../../src/domain/instrument.ts';
import { createInsideMarket } from '../../src/sim/inside/inside-market.ts';
import { describeFeedContract } from '../../src/testkit/feed-suite.ts';
import type { FeedHarness } from '../../src/testkit/feed-suite.ts';

const START_MS = Date.UTC(2026, 0, 4, 23, 50);
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'] as const;

/** A market and a twin of it, which is the same by its seed and never streams: its history is the truth. */
async function harness(market: Market): Promise<FeedHarness> {
  const play = { kind: 'synthetic', symbols: SYMBOLS, startAt: START_MS } as const;
  const [inside, twin] = await Promise.all(
    [1, 2].map(async () => createInsideMarket({ play, seed: 1, market, quoteAsset: 'USDT' })),
  );
  if (inside === undefined || twin === undefined) throw new Error('two markets were made');
  const realClock = createSystemClock();
  const drive = async (driven: typeof inside, until: number): Promise<void> => {
    await driven.drive({ speed: 'max', realClock, settle: () => undefined, until });
  };
  const [first, second, third] = SYMBOLS.map((symbol) => asId<VenueSymbol>(symbol));
  if (first === undefined || second === undefined || third === undefined) throw new Error('there are three symbols');
  return {
    feed: inside.feed,
    symbols: [first, second, third],
    now: () => inside.clock.now(),
    advance: async (ms) => drive(inside, inside.clock.now() + ms),
    async truth(symbol, timeframe, range) {
      await drive(twin, inside.clock.now());
      return twin.feed.history({ symbol, timeframe, ...range });
    },
    cutStreams: null,
    async close() {
      await Promise.all([inside.feed.close(), twin.feed.close()]);
    },
  };
}

describeFeedContract('the spot market inside the process', () => harness('spot'));
describeFeedContract('the futures market inside the process', () => harness('futures'));
