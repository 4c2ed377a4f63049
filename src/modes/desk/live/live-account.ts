import { checkAccount } from '../../../adapters/broker/ccxt/account-check.ts';
import { createCcxtBroker } from '../../../adapters/broker/ccxt/ccxt.ts';
import { brokerHosts } from '../../../adapters/broker/ccxt/hosts.ts';
import type { CcxtBrokerOptions, VenueNotice } from '../../../adapters/broker/ccxt/options.ts';
import { checkSwapAccount } from '../../../adapters/broker/ccxt/swaps/swap-account-check.ts';
import { createSwapBroker } from '../../../adapters/broker/ccxt/swaps/swap-broker.ts';
import type { SwapBrokerOptions } from '../../../adapters/broker/ccxt/swaps/swap-broker.ts';
import { isSwapVenue } from '../../../adapters/broker/ccxt/swaps/venues.ts';
import type { SwapVenueName } from '../../../adapters/broker/ccxt/swaps/venues.ts';
import { systemChance } from '../../../adapters/chance/system/chance.ts';
import { createBinanceFeed } from '../../../adapters/feed/binance/feed.ts';
import type { Config } from '../../../config/config.ts';
import type { ExchangeKeys } from '../../../config/exchange-keys.ts';
import type { Account } from '../../../domain/account.ts';
import { AitraderError } from '../../../domain/errors.ts';
import type { UserId, VenueSymbol } from '../../../domain/ids.ts';
import type { Order } from '../../../domain/order/order.ts';
import { WeightBudget } from '../../../lib/weight-budget.ts';
import type { Broker } from '../../../ports/broker.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { MarketFeed } from '../../../ports/market-feed.ts';
import type { StoreReaders } from '../../../ports/store/readers.ts';
import { loadCcxtVenue } from '../../assets.ts';
import { openMarketData } from '../market-feed.ts';
import type { StartPatience } from './start-patience.ts';

/** Request weight a minute at Binance, until the exchange has told it. */
const WEIGHT_PER_MINUTE = { spot: 6_000, futures: 2_400 } as const;

/** An account of real money and the market that it trades in, before it is known to be fit. */
export interface LiveAccount {
  readonly feed: MarketFeed;
  /** How the exchange is called in messages. */
  readonly venue: string;
  /** @throws AitraderError as the checks of the adapters say */
  check(symbol: VenueSymbol): Promise<void>;
  openBroker(onNotice: (notice: VenueNotice) => void): Broker;
}

export interface LiveAccountParts {
  readonly config: Config;
  readonly realClock: Clock;
  readonly logger: Logger;
  readonly store: StoreReaders;
  /** With which the account is asked. */
  readonly patience: StartPatience;
}

/** The configured account at the configured exchange. @throws AitraderError `INTERNAL` without keys */
export async function openLiveAccount(parts: LiveAccountParts, instance: string): Promise<LiveAccount> {
  const { venue } = parts.config.exchange;
  return isSwapVenue(venue) ? openSwapAccount(parts, instance, venue) : openBinanceAccount(parts, instance);
}

async function openBinanceAccount(
  { config, realClock: clock, logger, store, patience }: LiveAccountParts,
  instance: string,
): Promise<LiveAccount> {
  const { market, environment, restUrl, webSocketUrl } = config.exchange;
  const budget = new WeightBudget(clock, WEIGHT_PER_MINUTE[market]);
  const { apiKey, secret } = keysOf(config);
  const hosts = brokerHosts(market, environment, config.exchange);
  const venueClass = await loadCcxtVenue(config.exchange.venue);
  const orders = await knownOrders(store, config.userId);
  const feed = createBinanceFeed({
    ...{ market, environment, restUrl, webSocketUrl, clock, budget, tries: triesOf(patience) },
    ...{ chance: systemChance, logger: logger.child({ part: 'feed' }) },
  });
  const options: CcxtBrokerOptions = {
    ...{ account: accountOf(config), venueClass, apiKey, secret, hosts, clock, chance: systemChance, logger },
    ...{ instance, budget, orders, instruments: () => feed.instruments() },
  };
  return {
    ...{ feed, venue: restUrl ?? `Binance ${environment}` },
    check: (symbol) => checkAccount(options, symbol),
    openBroker: (onNotice) => createCcxtBroker({ ...options, onNotice }),
  };
}

/** Perpetual swaps elsewhere: experimental. Nothing is told of the account beside its orders, fills and balances. */
async function openSwapAccount(
  { config, realClock: clock, logger, store, patience }: LiveAccountParts,
  instance: string,
  name: SwapVenueName,
): Promise<LiveAccount> {
  logger.warn(`real money on ${name} is experimental: see docs/exchanges.md for what was tested`);
  const orders = await knownOrders(store, config.userId);
  const keys = await swapKeys(config, clock);
  const { feed, venue } = await openMarketData(config, { clock, logger, tries: triesOf(patience) });
  const options: SwapBrokerOptions = {
    ...{ ...keys, account: accountOf(config), venue: name, logger, instance, orders },
    instruments: () => feed.instruments(),
  };
  return {
    ...{ feed, venue },
    check: async (symbol) => {
      await checkSwapAccount({ venue: name, keys, symbol });
    },
    openBroker: () => createSwapBroker(options),
  };
}

/** What an account of swaps is reached with. @throws AitraderError `INTERNAL` without keys */
export async function swapKeys(config: Config, clock: Clock): Promise<Omit<SwapBrokerOptions, keyof OwnOptions>> {
  const { apiKey, secret, passphrase } = keysOf(config);
  const { venue, marginMode } = config.exchange;
  return {
    ...{ venueClass: await loadCcxtVenue(venue), apiKey, secret, passphrase, restUrl: null, clock },
    ...{ settleAsset: config.symbols.quoteAsset, marginMode },
  };
}

type OwnOptions = Pick<
  SwapBrokerOptions,
  'account' | 'venue' | 'logger' | 'instance' | 'instruments' | 'orders' | 'budget'
>;

function keysOf({ exchange: { keys } }: Config): ExchangeKeys {
  if (keys === null) throw new AitraderError('INTERNAL', { problem: 'live trading was begun without keys' });
  return keys;
}

/** A start repeats its questions itself, and says so; later nobody else does. */
function triesOf(patience: StartPatience): () => number | undefined {
  return () => (patience.isOver ? undefined : 1);
}

function accountOf({ userId, accountId, exchange: { venue, market } }: Config): Account {
  return { id: accountId, userId, venue, market, money: 'live', label: accountId };
}

/** Orders of earlier runs that the exchange may still tell of. */
async function knownOrders({ orders, positions }: StoreReaders, userId: UserId): Promise<readonly Order[]> {
  const open = await positions.open(userId);
  const ofPositions = await Promise.all(open.map(({ id }) => orders.ofPosition(userId, id)));
  return [...(await orders.unfinished(userId)), ...ofPositions.flat()];
}
