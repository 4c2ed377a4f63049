import { checkAccount } from '../../../adapters/broker/ccxt/account-check.ts';
import { createCcxtBroker } from '../../../adapters/broker/ccxt/ccxt.ts';
import { brokerHosts } from '../../../adapters/broker/ccxt/hosts.ts';
import type { CcxtBrokerOptions, VenueNotice } from '../../../adapters/broker/ccxt/options.ts';
import { systemChance } from '../../../adapters/chance/system/chance.ts';
import { createBinanceFeed } from '../../../adapters/feed/binance/feed.ts';
import { createSystemIds } from '../../../adapters/ids/system/ids.ts';
import type { Config } from '../../../config/config.ts';
import { AitraderError } from '../../../domain/errors.ts';
import type { UserId, VenueSymbol } from '../../../domain/ids.ts';
import type { Order } from '../../../domain/order/order.ts';
import { makerOf } from '../../../domain/order/client-order-id.ts';
import { WeightBudget } from '../../../lib/weight-budget.ts';
import type { Broker } from '../../../ports/broker.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { MarketFeed } from '../../../ports/market-feed.ts';
import type { Alert, Notifier } from '../../../ports/notifier.ts';
import type { StoreReaders } from '../../../ports/store/readers.ts';
import type { Store } from '../../../ports/store/store.ts';
import { loadCcxtVenue } from '../../assets.ts';
import { EXIT } from '../../cli/exit-code.ts';
import type { Stop } from '../../wait-for-stop.ts';
import { reached } from '../reached.ts';
import { watchedSymbols } from '../watched-symbols.ts';
import type { World } from '../world.ts';
import { AccountLease } from './account-lease.ts';
import { instanceOf } from './instance.ts';
import { lookForOtherInstances } from './other-instances.ts';
import { PreparedBroker } from './prepared-broker.ts';

/** Request weight a minute, until the exchange has told it. */
const WEIGHT_PER_MINUTE = { spot: 6_000, futures: 2_400 } as const;

export interface LiveWorldParts {
  readonly config: Config;
  readonly realClock: Clock;
  readonly logger: Logger;
  readonly store: Store;
  readonly notifier: Notifier;
  readonly dataDir: string;
  /** Takes the account over from another instance that has ended for good. */
  readonly takeOver: boolean;
  /** Ends the desk. */
  readonly stop: (stop: Stop) => void;
}

/**
 * The exchange with an account of real money, in real time. To be called only when live trading is armed.
 * @throws AitraderError `ACCOUNT_IN_USE`, those of `checkAccount`, `EXCHANGE_UNREACHABLE`, `USAGE` without a symbol
 */
export async function createLiveWorld(parts: LiveWorldParts): Promise<World> {
  const { config, realClock, logger, store } = parts;
  const { userId, accountId, exchange, symbols } = config;
  const instance = instanceOf(parts.dataDir, systemChance);
  const ids = createSystemIds(realClock);
  const lease = await AccountLease.take({
    ...{ store, clock: realClock, logger, userId, accountId, instance, takeOver: parts.takeOver },
    session: ids.next(),
    onLost: (holder) => giveWay(parts, holder),
  });
  try {
    const { feed, broker, watched } = await openExchange(parts, { instance, watchedUntil: lease.heldBefore });
    return {
      ...{ market: exchange.market, leverage: exchange.leverage, quoteAsset: symbols.quoteAsset },
      ...{ clock: realClock, ids, feed, broker, instance, symbols: watched, parallelChecks: 2 },
      run: (signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve('it was stopped'), { once: true });
        }),
      onIntruder: (found) => watchForIntruders({ broker, instance, parts }, found),
      async close() {
        await broker.close();
        await lease.release();
      },
    };
  } catch (failure) {
    await lease.release();
    throw failure;
  }
}

/** This program, as the account knows it. */
interface Self {
  readonly instance: string;
  /** Until when it has watched the account the last time, milliseconds UTC; null: it has not. */
  readonly watchedUntil: number | null;
}

interface OpenedExchange {
  readonly feed: MarketFeed;
  readonly broker: Broker;
  readonly watched: readonly VenueSymbol[];
}

async function openExchange(parts: LiveWorldParts, self: Self): Promise<OpenedExchange> {
  const { config, realClock: clock, logger } = parts;
  const { market, environment, restUrl, webSocketUrl } = config.exchange;
  const venue = restUrl ?? `Binance ${environment}`;
  const budget = new WeightBudget(clock, WEIGHT_PER_MINUTE[market]);
  const feed = createBinanceFeed({
    ...{ market, environment, restUrl, webSocketUrl, clock, budget },
    ...{ chance: systemChance, logger: logger.child({ part: 'feed' }) },
  });
  let broker: Broker | null = null;
  try {
    const options = await brokerOptions(parts, { feed, budget, instance: self.instance });
    const instruments = await reached(venue, feed.instruments());
    const watched = await reached(venue, watchedSymbols(feed, instruments, { config, logger }));
    await checkAccount(options, watched[0] as VenueSymbol);
    broker = openBroker(parts, options);
    await refuseCompany(parts, { ...self, broker, watched });
    if (!config.features.autoTrading)
      logger.warn('ENABLE_AUTO_TRADING is off: signals are recorded, nothing is opened');
    return { feed, broker, watched };
  } catch (failure) {
    await broker?.close();
    await feed.close();
    throw failure;
  }
}

async function brokerOptions(
  { config, realClock: clock, logger, store }: LiveWorldParts,
  shared: { readonly feed: MarketFeed; readonly budget: WeightBudget; readonly instance: string },
): Promise<CcxtBrokerOptions> {
  const { userId, accountId, exchange } = config;
  const { market, environment, keys } = exchange;
  if (keys === null) throw new AitraderError('INTERNAL', { problem: 'live trading was begun without keys' });
  const { feed, budget, instance } = shared;
  return {
    account: { id: accountId, userId, venue: exchange.venue, market, money: 'live', label: accountId },
    venueClass: await loadCcxtVenue(exchange.venue),
    ...{ apiKey: keys.apiKey, secret: keys.secret, hosts: brokerHosts(market, environment, exchange) },
    ...{ clock, chance: systemChance, logger, instance, budget },
    instruments: () => feed.instruments(),
    orders: await knownOrders(store, userId),
  };
}

/** Orders of earlier runs that the exchange may still tell of. */
async function knownOrders({ orders, positions }: StoreReaders, userId: UserId): Promise<readonly Order[]> {
  const open = await positions.open(userId);
  const ofPositions = await Promise.all(open.map(({ id }) => orders.ofPosition(userId, id)));
  return [...(await orders.unfinished(userId)), ...ofPositions.flat()];
}

function openBroker(parts: LiveWorldParts, options: CcxtBrokerOptions): Broker {
  const { leverage, marginMode } = parts.config.exchange;
  const broker = createCcxtBroker({
    ...options,
    onNotice: (notice) => {
      // Our own doing is told, too.
      if (notice.type === 'account_config_changed' && notice.leverage === leverage) return;
      prepared.forget();
      tellNotice(parts, notice);
    },
  });
  const prepared = new PreparedBroker(broker, { leverage, marginMode });
  // What was changed while nobody listened is not known.
  broker.onEvent(({ type }) => (type === 'account_stream_connected' ? prepared.forget() : undefined));
  return prepared;
}

function tellNotice(parts: LiveWorldParts, { type, message }: VenueNotice): void {
  const severity = type === 'margin_call' ? 'critical' : 'warning';
  alarm(parts, { key: type, severity, title: type.replaceAll('_', ' '), text: message });
}

/** @throws AitraderError `ACCOUNT_IN_USE` */
async function refuseCompany(
  { config, store, realClock, logger, takeOver }: LiveWorldParts,
  { watched, ...self }: Self & Pick<OpenedExchange, 'broker' | 'watched'>,
): Promise<void> {
  const others = await lookForOtherInstances({
    ...{ store, userId: config.userId, accountId: config.accountId, takeOver, ...self },
    ...{ quoteAsset: config.symbols.quoteAsset, symbols: watched, now: () => realClock.now() },
  });
  if (others.length > 0) logger.warn(`the account is taken over from instance ${others.join(', ')}; its orders stay`);
}

/** Another process writes these books from now on. */
function giveWay(parts: LiveWorldParts, holder: string): void {
  const why = `${holder} has taken the account over`;
  alarm(parts, {
    key: 'account_taken_over',
    severity: 'critical',
    title: 'account taken over',
    text: `${why}; this one ends`,
  });
  parts.stop({ why, exitCode: EXIT.conflict });
}

/** Tells once of every other instance whose orders appear on the account while this one trades. */
function watchForIntruders(
  { broker, instance, parts }: { readonly broker: Broker; readonly instance: string; readonly parts: LiveWorldParts },
  found: (reason: string) => void,
): void {
  const seen = new Set<string>();
  broker.onEvent((event) => {
    if (event.type !== 'foreign_order') return;
    const maker = makerOf(event.order.clientOrderId, parts.realClock.now());
    if (maker === null || maker.instance === instance || seen.has(maker.instance)) return;
    seen.add(maker.instance);
    const reason = `another aitrader (instance ${maker.instance}) trades on this account: an order in ${event.order.symbol}`;
    alarm(parts, { key: 'foreign_instance', severity: 'critical', title: 'foreign instance', text: reason });
    found(reason);
  });
}

function alarm({ notifier, logger, realClock }: LiveWorldParts, alert: Omit<Alert, 'money' | 'at'>): void {
  if (alert.severity === 'critical') logger.error(alert.text, { alert: alert.key });
  else logger.warn(alert.text, { alert: alert.key });
  notifier.notify({ ...alert, money: 'live', at: realClock.now() });
}
