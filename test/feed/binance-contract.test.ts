import type { Market } from '../../src/domain/instrument.ts';
import { describeFeedContract } from '../../src/testkit/feed-suite.ts';
import type { FeedHarness } from '../../src/testkit/feed-suite.ts';
import { openVenue } from './simulated-venue.ts';

async function harness(market: Market): Promise<FeedHarness> {
  const venue = await openVenue(market);
  const { feed, advance, truth, close } = venue;
  const [first, second, third] = venue.symbols;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three symbols are traded');
  return {
    ...{ feed, advance, truth, close },
    symbols: [first, second, third],
    now: () => venue.server.driver.now,
    cutStreams: () => venue.fault([{ kind: 'cut_sockets', group: market }]),
  };
}

describeFeedContract('Binance spot', () => harness('spot'));
describeFeedContract('Binance USD-M futures', () => harness('futures'));
