import type { VenueNotice } from '../../../adapters/broker/ccxt/options.ts';
import { systemChance } from '../../../adapters/chance/system/chance.ts';
import { createSystemIds } from '../../../adapters/ids/system/ids.ts';
import type { Config } from '../../../config/config.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { MarketFeed } from '../../../ports/market-feed.ts';
import type { Alert, Notifier } from '../../../ports/notifier.ts';
import type { Store } from '../../../ports/store/store.ts';
import { EXIT } from '../../cli/exit-code.ts';
import type { Stop } from '../../wait-for-stop.ts';
import { watchedSymbols } from '../watched-symbols.ts';
import type { World } from '../world.ts';
import { AccountLease } from './account-lease.ts';
import { instanceOf } from './instance.ts';
import { openLiveAccount } from './live-account.ts';
import type { LiveAccount } from './live-account.ts';
import { watchForIntruders } from './intruders.ts';
import type { Intruders } from './intruders.ts';
import { lookForOtherInstances } from './other-instances.ts';
import type { OtherInstancesTerms, SymbolsAtHand } from './other-instances.ts';
import { patientBroker } from './patient-broker.ts';
import { patientFeed } from './patient-feed.ts';
import { PreparedBroker } from './prepared-broker.ts';
import { StartPatience } from './start-patience.ts';

export interface LiveWorldParts {
  readonly config: Config;
  readonly realClock: Clock;
  readonly logger: Logger;
  readonly store: Store;
  readonly notifier: Notifier;
  readonly dataDir: string;
  /** Takes the account over from another instance that has ended for good. */
  readonly takeOver: boolean;
  /** Settles when the desk is to end: a start then ends at once. */
  readonly stopped: Promise<Stop>;
  /** Makes it settle. */
  readonly stop: (stop: Stop) => void;
}

/**
 * The exchange with an account of real money, in real time. To be called only when live trading is armed. Its questions, and
 * those of its feed until that is connected, outlast a short trouble of the exchange.
 * @throws StoppedAtStart
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
    const { feed, broker, watched, intruders } = await openExchange(parts, {
      instance,
      watchedUntil: lease.heldBefore,
    });
    lease.watches();
    return {
      ...{ market: exchange.market, leverage: exchange.leverage, quoteAsset: symbols.quoteAsset },
      ...{ clock: realClock, ids, feed, broker, instance, symbols: watched, parallelChecks: 2 },
      run: (signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve('it was stopped'), { once: true });
        }),
      onIntruder: (found) =>
        intruders.onFound((reason) => {
          const [key, title] = ['foreign_instance', 'foreign instance'];
          alarm(parts, { key, severity: 'critical', title, text: reason });
          found(reason);
        }),
      async close() {
        await broker.close();
        // The engine has closed it already, unless there was none.
        await feed.close();
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
  readonly broker: PreparedBroker;
  readonly watched: readonly VenueSymbol[];
  readonly intruders: Intruders;
}

async function openExchange(parts: LiveWorldParts, self: Self): Promise<OpenedExchange> {
  const { config, logger } = parts;
  const patience = new StartPatience({ clock: parts.realClock, logger, stopped: parts.stopped });
  const account = await openLiveAccount({ ...parts, patience }, self.instance);
  const feed = patientFeed(account, patience);
  let broker: PreparedBroker | null = null;
  try {
    const instruments = await feed.instruments();
    const watched = await watchedSymbols(feed, instruments, { config, logger });
    await patience.ask('the state of the account', () => account.check(watched[0] as VenueSymbol));
    broker = openBroker(parts, account);
    // From before it is looked for company, so that nobody comes in between unseen.
    const listed = new Set(instruments.map(({ symbol }) => symbol));
    const atHand = { quoteAsset: config.symbols.quoteAsset, symbols: watched, listed };
    const intruders = watchForIntruders({ broker, instance: self.instance, clock: parts.realClock, atHand });
    await refuseCompany(parts, { ...self, broker: patientBroker(broker, patience), ...atHand });
    if (!config.features.autoTrading)
      logger.warn('ENABLE_AUTO_TRADING is off: signals are recorded, nothing is opened');
    return { feed, broker, watched, intruders };
  } catch (failure) {
    await broker?.close();
    await feed.close();
    throw failure;
  }
}

function openBroker(parts: LiveWorldParts, account: LiveAccount): PreparedBroker {
  const { leverage, marginMode } = parts.config.exchange;
  const broker = account.openBroker((notice) => {
    // Our own doing is told, too.
    if (notice.type === 'account_config_changed' && notice.leverage === leverage) return;
    prepared.forget();
    tellNotice(parts, notice);
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
  rest: Self & SymbolsAtHand & Pick<OtherInstancesTerms, 'broker'>,
): Promise<void> {
  const others = await lookForOtherInstances({
    ...{ store, userId: config.userId, accountId: config.accountId, takeOver, ...rest, now: () => realClock.now() },
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

function alarm({ notifier, logger, realClock }: LiveWorldParts, alert: Omit<Alert, 'money' | 'at'>): void {
  if (alert.severity === 'critical') logger.error(alert.text, { alert: alert.key });
  else logger.warn(alert.text, { alert: alert.key });
  notifier.notify({ ...alert, money: 'live', at: realClock.now() });
}
