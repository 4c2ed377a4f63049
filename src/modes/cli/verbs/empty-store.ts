import { AitraderError } from '../../../domain/errors.ts';
import type { Desk } from '../../../frontends/shared/desk.ts';

const none = (): Promise<readonly never[]> => Promise.resolve([]);
const nothing = (): Promise<null> => Promise.resolve(null);

/** What there is to read before anything was ever stored. Looking must not make a database. */
export function emptyStore(dataDir: string): Desk['store'] {
  return {
    filters: { list: none, get: nothing, byName: nothing },
    traders: { list: none, get: nothing },
    signals: { get: nothing, list: none, withStatus: none },
    orders: { get: nothing, byClientOrderId: nothing, list: none, unfinished: none, ofPosition: none },
    fills: { ofOrder: none, since: none },
    funding: { booked: () => Promise.resolve(new Set()) },
    positions: { get: nothing, open: none, list: none },
    trades: { list: none, closedSince: none },
    portfolios: { list: none, get: nothing },
    balances: { ofAccount: none },
    risk: { breaker: nothing, events: none },
    journal: { list: none },
    audit: { after: none, lastSeq: () => Promise.resolve(0) },
    process: { heartbeats: none, engineState: nothing },
    commit: () => Promise.reject(new AitraderError('NOT_RUNNING', { path: dataDir })),
  };
}
