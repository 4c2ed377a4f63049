import { FuturesAccountEndpoints } from './futures/account-endpoints.ts';
import { FuturesAlgoEndpoints } from './futures/algo-endpoints.ts';
import { listenKeyEndpoints } from './futures/listen-key-endpoints.ts';
import { futuresMarketEndpoints } from './futures/market-endpoints.ts';
import { FuturesOrderEndpoints } from './futures/order-endpoints.ts';
import { FuturesSettingEndpoints } from './futures/setting-endpoints.ts';
import { spotAccountEndpoints } from './spot/account-endpoints.ts';
import { spotMarketEndpoints } from './spot/market-endpoints.ts';
import { SpotOrderEndpoints } from './spot/order-endpoints.ts';
import { SpotOrderListEndpoints } from './spot/order-list-endpoints.ts';
import { walletEndpoints } from './spot/wallet-endpoints.ts';
import type { Endpoint } from './transport/endpoint.ts';
import type { ListenKeys } from './user-data/listen-keys.ts';
import type { SimVenue } from './venue.ts';

/** Everything that the exchange answers over HTTP and its WebSocket APIs. docs/simulated-exchange.md lists it. */
export function venueEndpoints({ data, desks }: Pick<SimVenue, 'data' | 'desks'>, listenKeys: ListenKeys): Endpoint[] {
  return [
    ...spotMarketEndpoints(data),
    ...new SpotOrderEndpoints(desks.spot, data).list(),
    ...new SpotOrderListEndpoints(desks.spot, data).list(),
    ...spotAccountEndpoints(desks.spot, data),
    ...walletEndpoints(desks.spot, data),
    ...futuresMarketEndpoints(data),
    ...new FuturesOrderEndpoints(desks.futures, data).list(),
    ...new FuturesAlgoEndpoints(desks.futures, data).list(),
    ...new FuturesAccountEndpoints(desks.futures, data).list(),
    ...new FuturesSettingEndpoints(desks.futures, data).list(),
    ...listenKeyEndpoints(listenKeys),
  ];
}
