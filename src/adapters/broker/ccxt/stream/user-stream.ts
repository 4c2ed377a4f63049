import { describeFailure } from '../../../../domain/errors.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../domain/time.ts';
import { backoffMs, RECONNECT_BACKOFF } from '../../../../lib/backoff.ts';
import type { Chance } from '../../../../ports/chance.ts';
import type { Clock, Timer } from '../../../../ports/clock.ts';
import type { Logger } from '../../../../ports/logger.ts';
import { VenueRefusal } from '../connection/failures.ts';
import type { Fields } from '../connection/fields.ts';
import { parseMessage } from '../connection/fields.ts';
import type { OpenSocket, Socket } from './socket.ts';

/** How long connecting may take until the venue has said that it will send. */
const READY_WITHIN_MS = 10 * SECOND_MS;
/** A sign of life is asked for so often; without one in between the connection is dead. */
const HEARTBEAT_MS = 30 * SECOND_MS;
/** A connection that held for so long was no failure. */
const PROVEN_MS = MINUTE_MS;
/** The venue ends connections after 24 hours; we go before that. */
const LIFETIME_MS = 23 * HOUR_MS;
/** A key that is not renewed expires after an hour. */
const RENEWAL_MS = 30 * MINUTE_MS;

/** What a message on the connection says. */
export type StreamMessage =
  /** The venue sends from now on. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly cause: string }
  | { readonly kind: 'event'; readonly event: Fields }
  | { readonly kind: 'nothing' };

/** Where the news of an account come from, and in what form. */
export interface StreamSource {
  /** Where to connect. Rejects when the venue does not let us. */
  address(): Promise<string>;
  /** What is said first; null: the venue sends unasked. */
  greeting(): string | null;
  /** What the venue answers to at any time. */
  heartbeat(): string;
  /** Keeps the address valid; null where it needs no keeping. */
  readonly renew: (() => Promise<void>) | null;
  read(message: Fields): StreamMessage;
}

export interface UserStreamEvents {
  connected(): void;
  lost(cause: string): void;
  event(event: Fields): void;
}

/** The news of an account, over connections that are made anew for ever when one is lost. */
export class UserStream {
  readonly #source: StreamSource;
  readonly #openSocket: OpenSocket;
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #logger: Logger;
  readonly #events: UserStreamEvents;
  #socket: Socket | null = null;
  #timers: Timer[] = [];
  /** Counts connections, so that what belongs to an old one is known. */
  #turn = 0;
  #readyAtMs: number | null = null;
  #failures = 0;
  #hasHeard = false;
  #isClosed = false;

  constructor(parts: {
    readonly source: StreamSource;
    readonly openSocket: OpenSocket;
    readonly clock: Clock;
    readonly chance: Chance;
    readonly logger: Logger;
    readonly events: UserStreamEvents;
  }) {
    this.#source = parts.source;
    this.#openSocket = parts.openSocket;
    this.#clock = parts.clock;
    this.#chance = parts.chance;
    this.#logger = parts.logger;
    this.#events = parts.events;
  }

  /** Connects. To be called once. */
  start(): void {
    void this.#connect();
  }

  /** Leaves the present connection for a new one: the venue is about to end it, or its key has expired. */
  reconnect(cause: string): void {
    this.#lose(this.#turn, cause);
  }

  close(): void {
    this.#isClosed = true;
    this.#turn += 1;
    this.#tearDown();
  }

  async #connect(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    this.#after(READY_WITHIN_MS, () => this.#lose(turn, 'connecting took too long'));
    try {
      const url = await this.#source.address();
      if (turn !== this.#turn || this.#isClosed) return;
      this.#socket = this.#openSocket(url, {
        opened: () => this.#greet(turn),
        message: (text) => this.#take(turn, text),
        closed: (cause) => this.#lose(turn, cause),
      });
    } catch (failure) {
      this.#lose(turn, describeFailure(failure));
    }
  }

  #greet(turn: number): void {
    try {
      const greeting = this.#source.greeting();
      if (greeting === null) this.#ready(turn);
      else this.#socket?.send(greeting);
    } catch (failure) {
      this.#lose(turn, describeFailure(failure));
    }
  }

  #take(turn: number, text: string): void {
    if (turn !== this.#turn) return;
    this.#hasHeard = true;
    try {
      const message = this.#source.read(parseMessage(text));
      if (message.kind === 'event') this.#events.event(message.event);
      else if (message.kind === 'ready') this.#ready(turn);
      else if (message.kind === 'failed') this.#lose(turn, message.cause);
    } catch (failure) {
      this.#logger.warn('a message of the account stream cannot be read', { problem: describeFailure(failure) });
    }
  }

  #ready(turn: number): void {
    if (this.#readyAtMs !== null) return;
    this.#cancelTimers();
    this.#readyAtMs = this.#clock.monotonicMs();
    this.#after(LIFETIME_MS, () => this.#lose(turn, 'the connection is a day old'));
    this.#heartbeat(turn);
    if (this.#source.renew !== null) this.#renewLater(turn, RENEWAL_MS);
    this.#events.connected();
  }

  #heartbeat(turn: number): void {
    this.#hasHeard = false;
    this.#socket?.send(this.#source.heartbeat());
    this.#after(HEARTBEAT_MS, () => {
      if (this.#hasHeard) this.#heartbeat(turn);
      else this.#lose(turn, `silent for ${HEARTBEAT_MS / SECOND_MS} s`);
    });
  }

  #renewLater(turn: number, delayMs: number): void {
    this.#after(delayMs, () => {
      this.#source.renew?.().then(
        () => this.#ifPresent(turn, () => this.#renewLater(turn, RENEWAL_MS)),
        (failure: unknown) => this.#ifPresent(turn, () => this.#renewalFailed(turn, failure)),
      );
    });
  }

  #renewalFailed(turn: number, failure: unknown): void {
    const isRefused = failure instanceof VenueRefusal && failure.status < 429;
    if (isRefused) this.#lose(turn, `its key is no longer valid (${describeFailure(failure)})`);
    else this.#renewLater(turn, MINUTE_MS);
  }

  #ifPresent(turn: number, act: () => void): void {
    if (turn === this.#turn && !this.#isClosed) act();
  }

  #lose(turn: number, cause: string): void {
    if (turn !== this.#turn || this.#isClosed) return;
    const { attempt, wasReady } = this.#noteFailure();
    this.#tearDown();
    this.#turn += 1;
    const delayMs = attempt === 0 ? 0 : backoffMs(attempt, RECONNECT_BACKOFF, this.#chance.next());
    this.#after(delayMs, () => void this.#connect());
    if (wasReady) this.#events.lost(cause);
    else this.#logger.warn('the account stream cannot be reached', { cause, attempt, retryInMs: delayMs });
  }

  /** A connection that has held is replaced at once. */
  #noteFailure(): { readonly attempt: number; readonly wasReady: boolean } {
    const readyAtMs = this.#readyAtMs;
    const hasHeld = readyAtMs !== null && this.#clock.monotonicMs() - readyAtMs >= PROVEN_MS;
    this.#failures = hasHeld ? 0 : this.#failures + 1;
    return { attempt: this.#failures, wasReady: readyAtMs !== null };
  }

  #tearDown(): void {
    this.#cancelTimers();
    this.#readyAtMs = null;
    this.#socket?.close();
    this.#socket = null;
  }

  #cancelTimers(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
  }

  #after(delayMs: number, act: () => void): void {
    const timer = this.#clock.setTimer(delayMs, () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
      act();
    });
    this.#timers.push(timer);
  }
}
