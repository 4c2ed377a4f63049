import { createPaperBroker } from '../../adapters/broker/paper/paper.ts';
import { createSystemIds } from '../../adapters/ids/system/ids.ts';
import type { Config } from '../../config/config.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { openMarketData } from './market-feed.ts';
import { reached } from './reached.ts';
import { TappedFeed } from './tapped-feed.ts';
import { watchedSymbols } from './watched-symbols.ts';
import type { World } from './world.ts';

const INSTANCE = 'papr';

export interface PaperWorldParts {
  readonly config: Config;
  readonly realClock: Clock;
  readonly logger: Logger;
  readonly saved: string | null;
  readonly save: (state: string) => Promise<void>;
}

/** The exchange's market data with a paper account beside it, in real time. */
export async function createPaperWorld({ config, realClock, logger, saved, save }: PaperWorldParts): Promise<World> {
  const { exchange, paper, symbols } = config;
  const { market, leverage, marginMode } = exchange;
  const { feed, venue } = await openMarketData(config, { clock: realClock, logger });
  const instruments = await reached(venue, feed.instruments());
  const watched = await reached(venue, watchedSymbols(feed, instruments, { config, logger }));
  const account = createPaperBroker({
    account: {
      id: config.accountId,
      userId: config.userId,
      venue: exchange.venue,
      market,
      money: 'paper',
      label: 'paper',
    },
    clock: realClock,
    instance: INSTANCE,
    instruments,
    quoteAsset: symbols.quoteAsset,
    balance: paper.balance,
    feeBps: paper.feeBps,
    slippageBps: paper.slippageBps,
    latencyMs: paper.latencyMs,
    leverage,
    marginMode,
    saved,
    save,
    onSaveFailed: (error) => logger.error('the paper account could not be saved; it is tried again', { error }),
  });
  return {
    market,
    quoteAsset: symbols.quoteAsset,
    leverage,
    clock: realClock,
    ids: createSystemIds(realClock),
    feed: new TappedFeed(feed, account.market),
    broker: account.broker,
    instance: INSTANCE,
    symbols: watched,
    parallelChecks: 2,
    run: (signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve('it was stopped'), { once: true });
      }),
    close: () => account.broker.close(),
  };
}
