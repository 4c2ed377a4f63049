import { systemChance } from '../../adapters/chance/system/chance.ts';
import { createBinanceFeed } from '../../adapters/feed/binance/feed.ts';
import { createCcxtFeed } from '../../adapters/feed/ccxt/feed.ts';
import { openVenue } from '../../adapters/feed/ccxt/venue.ts';
import type { Config } from '../../config/config.ts';
import { AitraderError } from '../../domain/errors.ts';
import { nearest } from '../../lib/nearest.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { MarketFeed } from '../../ports/market-feed.ts';
import { ccxtVenueIds, loadCcxtVenue } from '../assets.ts';

/** A market's data and how its venue is called in messages. */
export interface MarketData {
  readonly feed: MarketFeed;
  readonly venue: string;
}

interface MarketDataParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** As the feeds have it. */
  readonly tries?: () => number | undefined;
}

/**
 * The market data that the configuration means: Binance's by its own adapter, every other venue's through ccxt.
 * @throws AitraderError `CONFIG_INVALID` for a venue that ccxt does not have
 */
export async function openMarketData({ exchange }: Config, parts: MarketDataParts): Promise<MarketData> {
  const { market, environment, restUrl, webSocketUrl } = exchange;
  const terms = { ...parts, market, chance: systemChance, logger: parts.logger.child({ part: 'feed' }) };
  if (exchange.venue === 'binance') {
    const feed = createBinanceFeed({ ...terms, environment, restUrl, webSocketUrl });
    return { feed, venue: restUrl ?? `Binance ${environment}` };
  }
  const known = await ccxtVenueIds();
  if (!known.includes(exchange.venue)) {
    throw new AitraderError('CONFIG_INVALID', {
      variable: 'EXCHANGE',
      given: `"${exchange.venue}"`,
      problem: 'ccxt has no streams of such a venue',
      allowed: `binance, ${nearest(exchange.venue, known).join(', ') || 'bybit, okx, kraken, hyperliquid'} and more`,
    });
  }
  const venue = openVenue(await loadCcxtVenue(exchange.venue));
  return { feed: createCcxtFeed({ ...terms, exchange: venue }), venue: exchange.venue };
}
