import { WeightBudget } from '../../../../lib/weight-budget.ts';
import type { Broker } from '../../../../ports/broker.ts';
import { CcxtBroker } from '../broker.ts';
import { FillMaker } from '../fills.ts';
import type { CcxtBrokerOptions } from '../options.ts';
import { OwnOrders } from '../orders.ts';
import { AskedNews } from './asked-news.ts';
import { SwapDialect } from './swap-dialect.ts';
import type { SwapKeys } from './swap-keys.ts';
import { openSwapVenue, swapVenueTerms } from './venues.ts';
import type { SwapVenueName } from './venues.ts';

export interface SwapBrokerOptions
  extends
    Omit<SwapKeys, 'budget'>,
    Pick<CcxtBrokerOptions, 'account' | 'logger' | 'instruments' | 'instance' | 'orders'> {
  /** The one of the account. */
  readonly venue: SwapVenueName;
  /** Shared with all who ask the venue from this address. Default: one of its own. */
  readonly budget?: WeightBudget;
}

/**
 * A live account of perpetual swaps, in one-way mode, at a venue other than Binance. Its news are asked for from now on.
 * @throws Error when `venueClass` is no class of ccxt
 */
export function createSwapBroker(options: SwapBrokerOptions): Broker {
  const { account, clock, instruments } = options;
  const logger = options.logger.child({ part: 'broker' });
  const { knownWithinMs, weightPerMinute, newsEveryMs: everyMs } = swapVenueTerms(options.venue);
  const budget = options.budget ?? new WeightBudget(clock, weightPerMinute);
  const venue = openSwapVenue(options.venue, { ...options, budget });
  const orders = new OwnOrders(options.instance, clock, knownWithinMs);
  const { minuteRate } = venue;
  const fills = new FillMaker({ market: account.market, minuteRate, orders, instruments, logger });
  const dialect = new SwapDialect({
    ...{ name: account.venue, venue, orders, fills, clock },
    expectNews: (order) => news.expect(order),
  });
  const news = new AskedNews({ accountId: account.id, dialect, orders, clock, logger, everyMs });
  for (const order of options.orders ?? []) {
    orders.learn(order);
    venue.remember?.(order.clientOrderId);
    news.expect(order);
  }
  news.start();
  return new CcxtBroker({ ...{ account, dialect, orders, fills, news, stream: news, clock, instruments } });
}
