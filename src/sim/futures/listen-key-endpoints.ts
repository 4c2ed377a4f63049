import type { Endpoint } from '../transport/endpoint.ts';
import { endpointsOf } from '../transport/endpoint.ts';
import type { ListenKeys } from '../user-data/listen-keys.ts';
import { refuse } from '../venue-error.ts';

/**
 * The keys of the futures user data stream.
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Start-User-Data-Stream
 */
export function listenKeyEndpoints(listenKeys: ListenKeys): Endpoint[] {
  const make = endpointsOf('futures', 'key');
  return [
    make('POST /fapi/v1/listenKey', { weight: 1 }, ({ accountId }) => ({ listenKey: listenKeys.open(accountId) })),
    make('PUT /fapi/v1/listenKey', { weight: 1 }, ({ accountId }) => {
      const listenKey = listenKeys.keepAlive(accountId);
      if (listenKey === null) throw refuse('BAD_LISTEN_KEY');
      return { listenKey };
    }),
    make('DELETE /fapi/v1/listenKey', { weight: 1 }, ({ accountId }) => {
      listenKeys.close(accountId);
      return {};
    }),
  ];
}
