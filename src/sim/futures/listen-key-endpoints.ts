import type { Endpoint } from '../transport/endpoint.ts';
import type { ListenKeys } from '../user-data/listen-keys.ts';
import { refuse } from '../venue-error.ts';

/**
 * The keys of the futures user data stream.
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/user-data-streams/Start-User-Data-Stream
 */
export function listenKeyEndpoints(listenKeys: ListenKeys): Endpoint[] {
  const common = { market: 'futures', path: '/fapi/v1/listenKey', security: 'key', weight: 1 } as const;
  return [
    { ...common, method: 'POST', handle: ({ accountId }) => ({ listenKey: listenKeys.open(accountId) }) },
    {
      ...common,
      method: 'PUT',
      handle: ({ accountId }) => {
        const listenKey = listenKeys.keepAlive(accountId);
        if (listenKey === null) throw refuse('BAD_LISTEN_KEY');
        return { listenKey };
      },
    },
    {
      ...common,
      method: 'DELETE',
      handle: ({ accountId }) => {
        listenKeys.close(accountId);
        return {};
      },
    },
  ];
}
