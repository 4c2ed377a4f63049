import { asId } from '../../../domain/ids.ts';
import type { AccountId } from '../../../domain/ids.ts';
import type { MarketRow } from '../../../ports/engine-handle.ts';
import { KEY_OF } from '../../shared/wire/live.ts';
import type { StatusForm } from '../../shared/wire/forms.ts';
import type { LiveConnection } from '../client.ts';
import type { RemoteDeskClock } from './desk-clock.ts';
import { Mirror } from './mirror.ts';
import { readOrder } from './read-order.ts';
import { readPosition } from './read-position.ts';
import { readSignal } from './read-signal.ts';
import { readBalance, readTicker } from './read-status.ts';
import { readTrader } from './read-trader.ts';
import type { Storyteller } from './storyteller.ts';

/** A market with the desk's time at which it was heard. */
export interface HeardMarket {
  readonly row: MarketRow;
  readonly heardAt: number;
}

interface MirrorParts {
  readonly live: LiveConnection;
  readonly deskClock: RemoteDeskClock;
  readonly stories: Storyteller;
  readonly onUnreadable: (failure: unknown) => void;
}

/** A mirror of each channel that the engine's views are made of. */
export type Mirrors = ReturnType<typeof openMirrors>;

/** @param status whose account and quote asset the entries are about */
export function openMirrors(parts: MirrorParts, { account, quoteAsset }: StatusForm) {
  const { live, deskClock, stories, onUnreadable } = parts;
  const accountId = asId<AccountId>(account.id);
  return {
    status: new Mirror(live, {
      channel: 'status',
      keyOf: KEY_OF.status,
      read: (form): StatusForm => form,
      onNews: ({ time }) => deskClock.hear(time),
      onUnreadable,
    }),
    markets: new Mirror(live, {
      channel: 'tickers',
      keyOf: KEY_OF.tickers,
      read: (form): HeardMarket => ({ row: readTicker(form), heardAt: deskClock.now() }),
      onUnreadable,
    }),
    traders: new Mirror(live, {
      channel: 'traders',
      keyOf: KEY_OF.traders,
      read: readTrader,
      onNews: (form, before) => stories.trader(form, before),
      onUnreadable,
    }),
    signals: new Mirror(live, {
      channel: 'signals',
      keyOf: KEY_OF.signals,
      read: readSignal,
      onNews: (form, before) => stories.signal(form, before),
      onUnreadable,
    }),
    orders: new Mirror(live, {
      channel: 'orders',
      keyOf: KEY_OF.orders,
      read: (form) => readOrder(form, accountId),
      onUnreadable,
    }),
    positions: new Mirror(live, {
      channel: 'positions',
      keyOf: KEY_OF.positions,
      read: (form) => readPosition(form, { accountId, quoteAsset }),
      onNews: (form, before) => stories.position(form, before),
      onUnreadable,
    }),
    trades: new Mirror(live, {
      channel: 'trades',
      keyOf: KEY_OF.trades,
      read: (form) => form.id,
      onNews: (form, before) => stories.trade(form, before),
      onUnreadable,
    }),
    balances: new Mirror(live, { channel: 'balances', keyOf: KEY_OF.balances, read: readBalance, onUnreadable }),
  } as const;
}
