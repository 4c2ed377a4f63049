import { backoffMs, RECONNECT_BACKOFF } from '../../../../lib/backoff.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../domain/time.ts';
import type { Chance } from '../../../../ports/chance.ts';
import type { Clock, Timer } from '../../../../ports/clock.ts';
import type { RateLimit } from './rate-limit.ts';
import type { StreamSocket, StreamSocketEvents } from './stream-socket.ts';

/** The venue cuts a connection after 24 hours. Another takes over before, with time for some tries; spread by chance. */
const REPLACE_AFTER_MS = 23 * HOUR_MS;
const REPLACE_SPREAD_MS = 30 * MINUTE_MS;
/** A connection that flowed for so long is not part of a series of failures. */
const STABLE_MS = MINUTE_MS;

/** A loss and when it will be made good. */
export interface LineLoss {
  readonly cause: string;
  /** 1 for the first try after the loss. */
  readonly attempt: number;
  /** By our clock. */
  readonly nextTryAt: number;
}

export interface StreamLineEvents {
  /** All streams of the line flow, for the first time or again after a loss. */
  flowing(): void;
  lost(loss: LineLoss): void;
  /** The set number of tries was used up. Nothing comes after it. */
  gaveUp(cause: string): void;
}

export interface StreamLineOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  /** New connections of all lines together. */
  readonly connections: RateLimit;
  /** Tries after a loss; Infinity for no end. */
  readonly maxAttempts: number;
  readonly open: (streams: ReadonlySet<string>, events: StreamSocketEvents) => StreamSocket;
  readonly onRefused: (problem: string) => void;
}

/**
 * Some streams that are to flow for good, over one connection at a time: reconnects after a loss, and lets a new
 * connection take over before the old one ends where that is known ahead.
 */
export class StreamLine {
  readonly #options: StreamLineOptions;
  readonly #events: StreamLineEvents;
  #streams: ReadonlySet<string>;
  #current: StreamSocket | null = null;
  /** Takes over from `current` as soon as it flows. */
  #successor: StreamSocket | null = null;
  #flowingSince = Infinity;
  #attempt = 0;
  #successorAttempt = 0;
  /** The next try after a failure, of a connection or of a successor. */
  #retry: Timer | null = null;
  #replacement: Timer | null = null;
  #isClosed = false;

  constructor(streams: ReadonlySet<string>, options: StreamLineOptions, events: StreamLineEvents) {
    this.#streams = streams;
    this.#options = options;
    this.#events = events;
    this.#connect();
  }

  get streams(): ReadonlySet<string> {
    return this.#streams;
  }

  get isFlowing(): boolean {
    return this.#flowingSince !== Infinity;
  }

  setStreams(streams: ReadonlySet<string>): void {
    this.#streams = streams;
    this.#current?.setStreams(streams);
    this.#successor?.setStreams(streams);
  }

  close(): void {
    this.#isClosed = true;
    this.#retry?.cancel();
    this.#replacement?.cancel();
    this.#current?.close();
    this.#successor?.close();
  }

  #connect(): void {
    this.#options.connections.run(() => {
      if (!this.#isClosed) this.#current = this.#open();
    });
  }

  #open(): StreamSocket {
    const socket = this.#options.open(this.#streams, {
      flowing: () => (socket === this.#successor ? this.#takeOver(socket) : this.#flows()),
      lost: (cause) => (socket === this.#successor ? this.#retrySuccessor() : this.#lose(cause)),
      shutdownAnnounced: () => {
        if (socket === this.#current) this.#replace();
      },
      refused: this.#options.onRefused,
    });
    return socket;
  }

  #flows(): void {
    const wasFlowing = this.isFlowing;
    this.#flowingSince = this.#options.clock.monotonicMs();
    this.#planReplacement();
    if (!wasFlowing) this.#events.flowing();
  }

  #lose(cause: string): void {
    const { clock, chance, maxAttempts } = this.#options;
    if (clock.monotonicMs() - this.#flowingSince > STABLE_MS) this.#attempt = 0;
    this.#flowingSince = Infinity;
    this.#retry?.cancel();
    this.#replacement?.cancel();
    this.#attempt += 1;
    if (this.#attempt > maxAttempts) {
      this.close();
      this.#events.gaveUp(cause);
      return;
    }
    // A successor that is under way already is the next try.
    this.#current = this.#successor;
    this.#successor = null;
    const delayMs = this.#current === null ? backoffMs(this.#attempt, RECONNECT_BACKOFF, chance.next()) : 0;
    if (this.#current === null) this.#retry = clock.setTimer(delayMs, () => this.#connect());
    this.#events.lost({ cause, attempt: this.#attempt, nextTryAt: clock.now() + delayMs });
  }

  #planReplacement(): void {
    const { clock, chance } = this.#options;
    const delayMs = REPLACE_AFTER_MS + chance.next() * REPLACE_SPREAD_MS;
    this.#replacement?.cancel();
    this.#replacement = clock.setTimer(delayMs, () => this.#replace());
  }

  /** Opens a connection beside the present one, which ends when the new one flows. */
  #replace(): void {
    this.#replacement?.cancel();
    this.#options.connections.run(() => {
      const isNeeded = !this.#isClosed && this.#current !== null && this.#successor === null;
      if (isNeeded) this.#successor = this.#open();
    });
  }

  #retrySuccessor(): void {
    const { clock, chance } = this.#options;
    this.#successor = null;
    this.#successorAttempt += 1;
    const delayMs = backoffMs(this.#successorAttempt, RECONNECT_BACKOFF, chance.next());
    this.#retry = clock.setTimer(delayMs, () => this.#replace());
  }

  #takeOver(successor: StreamSocket): void {
    this.#current?.close();
    this.#current = successor;
    this.#successor = null;
    this.#successorAttempt = 0;
    this.#flows();
  }
}
