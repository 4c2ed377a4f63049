import { SECOND_MS } from '../../domain/time.ts';
import { backoffMs } from '../../lib/backoff.ts';
import type { Secret } from '../../lib/secret.ts';
import { KEY_OF } from '../shared/wire/live.ts';
import type {
  AnyChannel,
  ChangeMessage,
  Channel,
  ClientMessage,
  EntryOf,
  ServerMessage,
  SnapshotMessage,
} from '../shared/wire/live.ts';
import type { ChannelListener, Heartbeat, LiveConnection, LiveOptions, LiveState } from './client.ts';

const FIRST_RETRY_MS = SECOND_MS / 2;
const MOST_RETRY_MS = 30 * SECOND_MS;
const SILENT_MS = 30 * SECOND_MS;
const JITTER = 0.2;

/** The daemon closes with it when the token is missing or another. */
const UNAUTHORIZED = 4401;

/** A channel that somebody listens to. */
interface Followed {
  readonly listeners: Set<ChannelListener<unknown>>;
  /** The number of the last change that was told; null: a snapshot is waited for. */
  seq: number | null;
  /** The highest number that this connection has named: a snapshot below it is old. */
  highest: number;
}

function nameOf(channel: AnyChannel): Channel {
  return channel.split(':', 1)[0] as Channel;
}

/** A WebSocket that comes back by itself and tells its listeners nothing that is not so. */
export class ReconnectingLive implements LiveConnection {
  readonly #url: string;
  readonly #token: Secret | null;
  readonly #options: Required<LiveOptions>;
  readonly #channels = new Map<AnyChannel, Followed>();
  readonly #stateListeners = new Set<(state: LiveState) => void>();
  #state: LiveState = { status: 'connecting', attempt: 1 };
  #heartbeat: Heartbeat | null = null;
  #socket: WebSocket | null = null;
  #failures = 0;
  #heardAt = 0;
  #retry: ReturnType<typeof setTimeout> | null = null;
  readonly #watch: ReturnType<typeof setInterval>;

  /** @param base `http://host:port` */
  constructor(base: string, token: Secret | null, options: LiveOptions) {
    this.#url = `${base.replace(/^http/, 'ws')}/ws`;
    this.#token = token;
    const { firstRetryMs = FIRST_RETRY_MS, mostRetryMs = MOST_RETRY_MS, silentMs = SILENT_MS } = options;
    this.#options = { firstRetryMs, mostRetryMs, silentMs };
    this.#watch = setInterval(() => this.#checkSilence(), silentMs / 3);
    this.#connect();
  }

  get state(): LiveState {
    return this.#state;
  }

  get heartbeat(): Heartbeat | null {
    return this.#heartbeat;
  }

  onState(listener: (state: LiveState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  isCurrent(channel: AnyChannel): boolean {
    return this.#state.status === 'open' && (this.#channels.get(channel)?.seq ?? null) !== null;
  }

  subscribe<Name extends AnyChannel>(channel: Name, listener: ChannelListener<EntryOf<Name>>): () => void {
    const followed = this.#channels.get(channel) ?? { listeners: new Set(), seq: null, highest: 0 };
    this.#channels.set(channel, followed);
    const added = listener as ChannelListener<unknown>;
    followed.listeners.add(added);
    // Also where others listen already: the newcomer needs a snapshot, and one more hurts nobody.
    this.#ask(channel, followed);
    return () => {
      followed.listeners.delete(added);
      if (followed.listeners.size > 0 || !this.#channels.delete(channel)) return;
      this.#say({ type: 'unsubscribe', data: { channels: [channel] } });
    };
  }

  close(): void {
    this.#end('closed here');
  }

  #connect(): void {
    this.#retry = null;
    this.#enter({ status: 'connecting', attempt: this.#failures + 1 });
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#heardAt = performance.now();
    socket.addEventListener('open', () => this.#opened(socket));
    socket.addEventListener('message', ({ data }) => this.#heard(socket, String(data)));
    socket.addEventListener('close', ({ code, reason }) => this.#lost(socket, code, reason));
    // Closing follows and says more.
    socket.addEventListener('error', () => undefined);
  }

  #opened(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#heardAt = performance.now();
    if (this.#token !== null) this.#say({ type: 'auth', token: this.#token.reveal() });
    const channels = [...this.#channels.keys()];
    if (channels.length > 0) this.#say({ type: 'subscribe', data: { channels } });
    this.#enter({ status: 'open', since: Date.now() });
  }

  #lost(socket: WebSocket, code: number, reason: string): void {
    if (socket !== this.#socket) return;
    this.#socket = null;
    for (const followed of this.#channels.values()) Object.assign(followed, { seq: null, highest: 0 });
    if (code === UNAUTHORIZED) return this.#end('the daemon refuses the token');
    this.#failures += 1;
    const { firstRetryMs: firstMs, mostRetryMs: maxMs } = this.#options;
    const waitMs = backoffMs(this.#failures, { firstMs, maxMs, jitter: JITTER }, Math.random());
    const cause = reason === '' ? `the connection was lost (${code})` : reason;
    this.#enter({ status: 'waiting', cause, retryAt: Date.now() + waitMs });
    this.#retry = setTimeout(() => this.#connect(), waitMs);
  }

  #end(cause: string): void {
    if (this.#state.status === 'closed') return;
    clearInterval(this.#watch);
    if (this.#retry !== null) clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = null;
    this.#channels.clear();
    this.#enter({ status: 'closed', cause });
    socket?.close();
  }

  #enter(state: LiveState): void {
    this.#state = state;
    for (const listener of [...this.#stateListeners]) listener(state);
  }

  #heard(socket: WebSocket, text: string): void {
    if (socket !== this.#socket) return;
    this.#heardAt = performance.now();
    const message = readMessage(text);
    if (message === null) {
      socket.close();
      return this.#lost(socket, 0, 'something else than a daemon answers');
    }
    this.#failures = 0;
    if (message.type === 'heartbeat') {
      this.#heartbeat = { ...(message.data as Omit<Heartbeat, 'receivedAt'>), receivedAt: Date.now() };
    } else if ('channel' in message) {
      const followed = this.#channels.get(message.channel);
      if (followed === undefined) return;
      const isTold =
        message.type === 'snapshot'
          ? tellSnapshot(followed, message as SnapshotMessage)
          : tellChange(followed, message);
      if (!isTold) this.#ask(message.channel, followed);
    }
  }

  /** Asks for a snapshot. Until it is there, changes are not told. */
  #ask(channel: AnyChannel, followed: Followed): void {
    followed.seq = null;
    this.#say({ type: 'subscribe', data: { channels: [channel] } });
  }

  /** What is said while there is no connection is said when there is one. */
  #say(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #checkSilence(): void {
    const socket = this.#socket;
    if (socket === null || performance.now() - this.#heardAt < this.#options.silentMs) return;
    // A dead connection does not answer the goodbye either.
    socket.close();
    this.#lost(socket, 0, `nothing was heard for ${Math.round(this.#options.silentMs / SECOND_MS)} s`);
  }
}

/** @returns false: a change has overtaken it */
/** Null: it is nothing that a daemon says. */
function readMessage(text: string): ServerMessage | null {
  try {
    const message = JSON.parse(text) as ServerMessage | null;
    return typeof message?.type === 'string' ? message : null;
  } catch {
    return null;
  }
}

function tellSnapshot(followed: Followed, { seq, data }: SnapshotMessage): boolean {
  if (seq < followed.highest) return followed.seq !== null;
  followed.seq = seq;
  followed.highest = seq;
  for (const listener of [...followed.listeners]) listener.snapshot(data, seq);
  return true;
}

/** @returns false: something was missed before it */
function tellChange(followed: Followed, { type, seq, after = seq - 1, data }: ChangeMessage): boolean {
  followed.highest = Math.max(followed.highest, seq);
  // What was under way when a snapshot was asked for is in the snapshot.
  if (followed.seq === null || seq <= followed.seq) return true;
  if (after !== followed.seq) return false;
  followed.seq = seq;
  const isRemoved = type.endsWith('_removed');
  for (const listener of [...followed.listeners]) {
    if (isRemoved) listener.removed((data as { readonly key: string }).key, seq);
    else listener.changed(data, seq);
  }
  return true;
}

/** What an entry of a channel is known by; a removed one is named by it. */
export function keyOf<Name extends AnyChannel>(channel: Name, entry: EntryOf<Name>): string {
  return (KEY_OF[nameOf(channel)] as (entry: EntryOf<Name>) => string)(entry);
}
