import type { MarketFeed } from '../../../ports/market-feed.ts';
import { reached } from '../reached.ts';
import type { LiveAccount } from './live-account.ts';
import type { StartPatience } from './start-patience.ts';

/** The feed, asked with patience until it is connected: then the start is over, and the feed has its own ways with trouble. */
export function patientFeed({ feed, venue }: Pick<LiveAccount, 'feed' | 'venue'>, patience: StartPatience): MarketFeed {
  return {
    capabilities: feed.capabilities,
    instruments: () => patience.ask('the symbols', () => reached(venue, feed.instruments())),
    tickers: () => patience.ask('the volumes of the day', () => reached(venue, feed.tickers())),
    async connect(sink) {
      await patience.ask('its time', () => reached(venue, feed.connect(sink)));
      patience.end();
    },
    subscribe: (subscription) => feed.subscribe(subscription),
    history: (request) => feed.history(request),
    onStatus: (listener) => feed.onStatus(listener),
    metrics: () => feed.metrics(),
    close: () => feed.close(),
  };
}
