import { z } from 'zod';

import type { Timeframe } from '../../../domain/time.ts';
import type {
  BalanceForm,
  CandleForm,
  ErrorForm,
  LogForm,
  OrderForm,
  PositionForm,
  RiskForm,
  SignalForm,
  StatusForm,
  TickerForm,
  TradeForm,
  TraderForm,
} from './forms.ts';

/** What is sent over `GET /ws`. */

export const CHANNELS = [
  ...(['tickers', 'candles', 'signals', 'positions', 'orders', 'trades', 'traders'] as const),
  ...(['status', 'risk', 'balances', 'logs'] as const),
] as const;
export type Channel = (typeof CHANNELS)[number];

/** One series of candles; `candles` alone are the closed minutes of every symbol. */
export type CandleChannel = `candles:${string}:${Timeframe}`;
export type AnyChannel = Channel | CandleChannel;

/** The entries of a channel. */
export interface ChannelEntries {
  readonly tickers: TickerForm;
  readonly candles: CandleForm;
  readonly signals: SignalForm;
  readonly positions: PositionForm;
  readonly orders: OrderForm;
  readonly trades: TradeForm;
  readonly traders: TraderForm;
  readonly status: StatusForm;
  readonly risk: RiskForm;
  readonly balances: BalanceForm;
  readonly logs: LogForm;
}

export type EntryOf<Name extends AnyChannel> = Name extends Channel ? ChannelEntries[Name] : CandleForm;

/** What the entries of a channel are known by. */
export const KEY_OF: { readonly [Name in Channel]: (entry: ChannelEntries[Name]) => string } = {
  tickers: ({ symbol }) => symbol,
  candles: ({ symbol, timeframe, openTime }) => `${symbol}:${timeframe}:${openTime}`,
  signals: ({ id }) => id,
  positions: ({ id }) => id,
  orders: ({ id }) => id,
  trades: ({ id }) => id,
  traders: ({ id }) => id,
  status: () => 'status',
  risk: () => 'risk',
  balances: ({ asset }) => asset,
  logs: ({ id }) => id,
};

/** The types of changes: when an entry is new, when it is other than before, when it is gone. */
export const CHANGE_TYPES = {
  tickers: { created: 'ticker_update', changed: 'ticker_update', removed: 'ticker_removed' },
  candles: { created: 'candle_created', changed: 'candle_update', removed: 'candle_removed' },
  signals: { created: 'signal_created', changed: 'signal_update', removed: 'signal_removed' },
  positions: { created: 'position_update', changed: 'position_update', removed: 'position_removed' },
  orders: { created: 'order_update', changed: 'order_update', removed: 'order_removed' },
  trades: { created: 'trade_created', changed: 'trade_update', removed: 'trade_removed' },
  traders: { created: 'trader_update', changed: 'trader_update', removed: 'trader_removed' },
  status: { created: 'status_update', changed: 'status_update', removed: 'status_removed' },
  risk: { created: 'risk_update', changed: 'risk_update', removed: 'risk_removed' },
  balances: { created: 'balance_update', changed: 'balance_update', removed: 'balance_removed' },
  logs: { created: 'log_created', changed: 'log_update', removed: 'log_removed' },
} as const satisfies Record<Channel, Record<'created' | 'changed' | 'removed', string>>;

/** Everything in a channel; `seq` is its last change that is in it. */
export interface SnapshotMessage {
  readonly type: 'snapshot';
  readonly channel: AnyChannel;
  readonly seq: number;
  readonly data: readonly unknown[];
}

/**
 * One change. It follows the change `after` of its channel, which is `seq - 1` where it is not said; a reader that knows
 * another last one has missed something and subscribes again. `after` is lower where changes were coalesced for a slow
 * reader: what lies between was overtaken by later changes of the same entries. A removed entry is named by its key.
 */
export interface ChangeMessage {
  readonly type: string;
  readonly channel: AnyChannel;
  readonly seq: number;
  readonly after?: number;
  readonly data: unknown;
}

/** Sent now and then, so that a dead connection is noticed. */
export interface HeartbeatMessage {
  readonly type: 'heartbeat';
  readonly data: {
    /** The wall clock of the daemon, milliseconds UTC. */
    readonly time: number;
    /** Of the desk: it runs faster in a simulation. */
    readonly deskTime: number;
    readonly version: string;
  };
}

export interface ErrorMessage {
  readonly type: 'error';
  readonly data: ErrorForm['error'];
}

export type ServerMessage = SnapshotMessage | ChangeMessage | HeartbeatMessage | ErrorMessage;

const channels = z.strictObject({ channels: z.array(z.string().max(80)).min(1).max(100) });

/** What a client may say. */
export const clientMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('auth'), token: z.string().max(1_000) }),
  z.strictObject({ type: z.literal('subscribe'), data: channels }),
  z.strictObject({ type: z.literal('unsubscribe'), data: channels }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;
