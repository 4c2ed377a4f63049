import type { Secret } from '../../lib/secret.ts';
import type { AnyChannel, EntryOf } from '../shared/wire/live.ts';
import type { AnswerOf, ArgumentsOf, OperationName } from '../shared/wire/routes.ts';

/** How a daemon is reached. */
export interface ApiClientOptions {
  /** `http://127.0.0.1:8080`, `https://desk.example.com`. Never holds the token. */
  readonly url: string;
  /** Null: the daemon listens on loopback without one. */
  readonly token: Secret | string | null;
  /** How long an answer may take; 10 s unless said. */
  readonly timeoutMs?: number;
  /** How often a request is sent again when no answer came. Commands carry a key by which the daemon carries them out once. 3 unless said. */
  readonly retries?: number;
}

/** An operation that needs no arguments may be called without any. */
type Call<Name extends OperationName> =
  Record<never, never> extends ArgumentsOf<Name>
    ? (args?: ArgumentsOf<Name>) => Promise<AnswerOf<Name>>
    : (args: ArgumentsOf<Name>) => Promise<AnswerOf<Name>>;

/** Every operation of the API under its name: `client.closePosition({ id: 'BTC', fraction: 0.5 })`. They reject with `ApiError`. */
export type ApiCalls = { readonly [Name in OperationName]: Call<Name> };

/** Where a live connection stands. While it is not `open`, what was received last may be old. */
export type LiveState =
  | { readonly status: 'connecting'; readonly attempt: number }
  | { readonly status: 'open'; readonly since: number }
  /** Lost; tried again at `retryAt` (milliseconds UTC). */
  | { readonly status: 'waiting'; readonly cause: string; readonly retryAt: number }
  /** Ended by `close`, or refused for good: a wrong token. */
  | { readonly status: 'closed'; readonly cause: string };

/** What is told of a channel, in this order: a snapshot, changes; after a loss another snapshot, which replaces everything. */
export interface ChannelListener<Entry> {
  snapshot(entries: readonly Entry[], seq: number): void;
  /** An entry is new, or other than before. */
  changed(entry: Entry, seq: number): void;
  /** The entry with this key (`KEY_OF`) is gone. */
  removed(key: string, seq: number): void;
}

/** What a heartbeat says of the daemon. */
export interface Heartbeat {
  /** The wall clock of the daemon, milliseconds UTC. */
  readonly time: number;
  /** Of its desk: it runs faster in a simulation. */
  readonly deskTime: number;
  readonly version: string;
  /** When it was received, by the wall clock here. */
  readonly receivedAt: number;
}

export interface LiveOptions {
  /** The first wait after a loss; it doubles up to `mostRetryMs`. 500 ms and 30 s unless said. */
  readonly firstRetryMs?: number;
  readonly mostRetryMs?: number;
  /** A connection on which nothing was heard for so long is given up; 30 s unless said. */
  readonly silentMs?: number;
}

/** A WebSocket that comes back by itself. Listeners never run inside the call that adds them. */
export interface LiveConnection {
  readonly state: LiveState;
  /** The newest one, null before the first. */
  readonly heartbeat: Heartbeat | null;
  /** Returns the way to stop listening. */
  onState(listener: (state: LiveState) => void): () => void;
  /** Whether the channel has its snapshot and missed nothing since. */
  isCurrent(channel: AnyChannel): boolean;
  /** Listens to a channel, subscribing when nobody did before. Returns the way to stop. */
  subscribe<Name extends AnyChannel>(channel: Name, listener: ChannelListener<EntryOf<Name>>): () => void;
  close(): void;
}

export interface ApiClient extends ApiCalls {
  live(options?: LiveOptions): LiveConnection;
}
