import { WeightBudget } from '../../../lib/weight-budget.ts';
import type { Broker } from '../../../ports/broker.ts';
import { AccountNews } from './account-news.ts';
import { CcxtBroker } from './broker.ts';
import { openVenueClient } from './connection/venue-client.ts';
import { candleRate, FillMaker } from './fills.ts';
import { FuturesDialect } from './futures/futures.ts';
import { FuturesStream, futuresStreamSource } from './futures/stream.ts';
import type { CcxtBrokerOptions } from './options.ts';
import { OwnOrders } from './orders.ts';
import { SpotDialect } from './spot/spot.ts';
import { SpotStream, spotStreamSource } from './spot/stream.ts';
import { openWebSocket } from './stream/socket.ts';
import { UserStream } from './stream/user-stream.ts';

/** Request weight a minute: https://api.binance.com/api/v3/exchangeInfo, https://fapi.binance.com/fapi/v1/exchangeInfo */
const WEIGHT_PER_MINUTE = { spot: 6_000, futures: 2_400 } as const;

/**
 * A live account at Binance, spot or USD-M futures in one-way mode. It listens to the account's news from now on, and asks
 * the venue nothing else before it is asked itself.
 * @throws Error when `venueClass` is no class of ccxt
 */
export function createCcxtBroker(options: CcxtBrokerOptions): Broker {
  const { account, clock, chance, instruments } = options;
  const { market } = account;
  const logger = options.logger.child({ part: 'broker' });
  const budget = options.budget ?? new WeightBudget(clock, WEIGHT_PER_MINUTE[market]);
  const client = openVenueClient({ ...options, budget });
  const orders = new OwnOrders(options.instance, clock);
  for (const order of options.orders ?? []) orders.learn(order);
  const fills = new FillMaker({ market, minuteRate: candleRate(client, market), orders, instruments, logger });
  const parts = { client, orders, fills, clock };
  const { userStream } = options.hosts;
  const [dialect, streamDialect] =
    market === 'spot'
      ? [new SpotDialect(parts), new SpotStream({ ...parts, source: spotStreamSource(client, userStream) })]
      : [new FuturesDialect(parts), new FuturesStream({ ...parts, source: futuresStreamSource(client, userStream) })];
  const news = new AccountNews({
    ...{ accountId: account.id, dialect, stream: streamDialect, clock, logger },
    onNotice: options.onNotice ?? ((notice) => logger.warn(notice.message, { notice: notice.type })),
    reconnect: (cause) => stream.reconnect(cause),
  });
  const stream = new UserStream({
    ...{ source: streamDialect.source, openSocket: options.openSocket ?? openWebSocket, clock, chance, logger },
    events: {
      connected: () => news.tellNext({ type: 'account_stream_connected', accountId: account.id }),
      lost: (cause) => news.tellNext({ type: 'account_stream_lost', accountId: account.id, cause }),
      event: (event) => news.take(event),
    },
  });
  stream.start();
  return new CcxtBroker({ ...{ account, dialect, orders, fills, news, stream, clock }, instruments });
}
