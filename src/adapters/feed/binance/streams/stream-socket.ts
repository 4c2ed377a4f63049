import { SECOND_MS } from '../../../../domain/time.ts';
import type { Clock, Timer } from '../../../../ports/clock.ts';
import type { Intake } from '../intake/intake.ts';
import { WebSocketClient } from '../socket/web-socket.ts';
import type { WebSocketEvents } from '../socket/web-socket.ts';
import { RateLimit } from './rate-limit.ts';

/** Names in one request: with the longest ones it stays below the 4 kB that the venue takes. */
const NAMES_PER_REQUEST = 100;
const ANSWER_TIMEOUT_MS = 10 * SECOND_MS;
const WATCH_EVERY_MS = 5 * SECOND_MS;
/** After so long without a byte the server is asked for a sign of life, */
const SILENCE_BEFORE_PING_MS = 15 * SECOND_MS;
/** and after so long without one it is taken for dead. The venue itself pings every 20 s (spot) or 3 minutes (futures). */
const SILENCE_MS = 25 * SECOND_MS;
/** A connection that answers pings and brings no message any more has lost its subscriptions. */
const NO_MESSAGE_MS = 90 * SECOND_MS;
/** That is plain sooner after two minutes in which messages came all the time, */
const STEADY_WATCHES = 24;
const NO_MESSAGE_AFTER_STEADY_MS = 15 * SECOND_MS;
/** and later when there never was one: nothing may be traded in its symbols. */
const NO_FIRST_MESSAGE_MS = 600 * SECOND_MS;
/** Where nothing is traded no message comes: confirmed streams count as flowing after this time. */
const QUIET_START_MS = 5 * SECOND_MS;

/** What becomes of a socket. After `lost`, which comes at most once, nothing comes. */
export interface StreamSocketEvents {
  /** All streams asked for are confirmed, and messages come. Once. */
  flowing(): void;
  lost(cause: string): void;
  /** The server announced that it will close the connection. */
  shutdownAnnounced(): void;
  /** The venue refused to subscribe or unsubscribe. */
  refused(problem: string): void;
}

export interface StreamSocketOptions {
  readonly url: URL;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly requestsPerSecond: number;
}

/** One connection to the venue's streams: subscribes within its rate, watches that it lives, feeds the intake. */
export class StreamSocket {
  readonly #events: StreamSocketEvents;
  readonly #clock: Clock;
  readonly #client: WebSocketClient;
  readonly #requests: RateLimit;
  #wanted: ReadonlySet<string>;
  /** What the venue has been asked for. */
  readonly #asked = new Set<string>();
  #isAskingDue = false;
  /** Requests without an answer, with the time until which it must come. */
  readonly #unanswered = new Map<number, number>();
  #nextRequest = 1;
  #state: 'opening' | 'subscribing' | 'flowing' | 'gone' = 'opening';
  #timer: Timer | null = null;
  #confirmedAt = Infinity;
  #bytesAt: number;
  #messageAt: number;
  #hasMessages = false;
  /** When it was last looked whether messages come, how often in a row they had, and whether they had the last time. */
  #watchedAt: number;
  #steadyWatches = 0;
  #wasHeard = false;
  #hasPinged = false;

  /** Connects at once. @param streams what to subscribe to */
  constructor(streams: ReadonlySet<string>, options: StreamSocketOptions, events: StreamSocketEvents) {
    const { clock, url } = options;
    this.#events = events;
    this.#clock = clock;
    this.#wanted = streams;
    this.#requests = new RateLimit(clock, { count: options.requestsPerSecond, withinMs: SECOND_MS });
    this.#bytesAt = clock.monotonicMs();
    this.#messageAt = this.#bytesAt;
    this.#watchedAt = this.#bytesAt;
    this.#client = new WebSocketClient(url, this.#socketEvents(options.intake), clock);
  }

  /** Changes what is subscribed to. */
  setStreams(streams: ReadonlySet<string>): void {
    this.#wanted = streams;
    this.#ask();
  }

  /** Says goodbye. No event comes after it. */
  close(): void {
    this.#leave();
    this.#client.close();
  }

  #socketEvents(intake: Intake): WebSocketEvents {
    const clock = this.#clock;
    return {
      opened: () => {
        this.#state = 'subscribing';
        this.#ask();
        this.#watch();
      },
      received: (bytes) => {
        this.#bytesAt = clock.monotonicMs();
        this.#hasPinged = false;
        intake.received(bytes, clock.now());
      },
      take: (bytes, start, end) => {
        const isTaken = intake.take(bytes, start, end);
        if (isTaken) this.#heard();
        return isTaken;
      },
      text: (message) => {
        const reading = intake.text(message);
        if (reading.type === 'answer') this.#answered(reading.id, reading.error);
        else if (reading.type === 'shutdown') this.#events.shutdownAnnounced();
        else this.#heard();
      },
      pinged: () => this.#requests.note(),
      closed: (cause) => this.#lose(cause),
    };
  }

  /** Asks for what is wanted and not asked for yet, and ends what is no longer wanted, a request at a time. */
  #ask(): void {
    if (this.#state === 'opening' || this.#state === 'gone' || this.#isAskingDue) return;
    if (this.#nextChange() === null) {
      this.#checkFlow();
      return;
    }
    this.#isAskingDue = true;
    this.#requests.run(() => {
      this.#isAskingDue = false;
      this.#sendRequest();
      this.#ask();
    });
  }

  #nextChange(): { readonly method: 'SUBSCRIBE' | 'UNSUBSCRIBE'; readonly params: readonly string[] } | null {
    const unwanted = [...this.#asked].filter((stream) => !this.#wanted.has(stream));
    if (unwanted.length > 0) return { method: 'UNSUBSCRIBE', params: unwanted.slice(0, NAMES_PER_REQUEST) };
    const missing = [...this.#wanted].filter((stream) => !this.#asked.has(stream));
    return missing.length > 0 ? { method: 'SUBSCRIBE', params: missing.slice(0, NAMES_PER_REQUEST) } : null;
  }

  #sendRequest(): void {
    const change = this.#nextChange();
    if (change === null) return;
    for (const stream of change.params) {
      if (change.method === 'SUBSCRIBE') this.#asked.add(stream);
      else this.#asked.delete(stream);
    }
    const id = this.#nextRequest;
    this.#nextRequest += 1;
    this.#unanswered.set(id, this.#clock.monotonicMs() + ANSWER_TIMEOUT_MS);
    this.#client.send(JSON.stringify({ ...change, id }));
  }

  #answered(id: number | null, problem: string | null): void {
    if (problem !== null) this.#events.refused(problem);
    if (id !== null) this.#unanswered.delete(id);
    this.#checkFlow();
  }

  /** A message of a stream has come. */
  #heard(): void {
    this.#messageAt = this.#bytesAt;
    this.#hasMessages = true;
    if (this.#state === 'subscribing') this.#checkFlow();
  }

  #checkFlow(): void {
    if (this.#state !== 'subscribing' || this.#isAskingDue || this.#unanswered.size > 0) return;
    const now = this.#clock.monotonicMs();
    this.#confirmedAt = Math.min(this.#confirmedAt, now);
    if (!this.#hasMessages && now - this.#confirmedAt < QUIET_START_MS) return;
    this.#state = 'flowing';
    this.#events.flowing();
  }

  #watch(): void {
    this.#timer = this.#clock.setTimer(WATCH_EVERY_MS, () => {
      this.#noteSteadiness();
      const problem = this.#problem();
      if (problem !== null) {
        this.#lose(problem);
        return;
      }
      this.#checkFlow();
      this.#watch();
    });
  }

  #noteSteadiness(): void {
    const isHeard = this.#messageAt > this.#watchedAt;
    if (isHeard) this.#steadyWatches = this.#wasHeard ? this.#steadyWatches + 1 : 1;
    this.#wasHeard = isHeard;
    this.#watchedAt = this.#clock.monotonicMs();
  }

  /** For how long the connection may bring no message. */
  get #quietLimitMs(): number {
    if (!this.#hasMessages) return NO_FIRST_MESSAGE_MS;
    return this.#steadyWatches >= STEADY_WATCHES ? NO_MESSAGE_AFTER_STEADY_MS : NO_MESSAGE_MS;
  }

  /** What is wrong with the connection; null for nothing. Asks for a sign of life when it is silent. */
  #problem(): string | null {
    const now = this.#clock.monotonicMs();
    const silentMs = now - this.#bytesAt;
    if (silentMs > SILENCE_MS) return `no sign of life for ${Math.round(silentMs / SECOND_MS)} s`;
    if (silentMs > SILENCE_BEFORE_PING_MS && !this.#hasPinged) {
      this.#hasPinged = true;
      this.#requests.run(() => this.#client.ping());
    }
    if ([...this.#unanswered.values()].some((deadline) => now > deadline)) return 'a subscription was not answered';
    if (this.#wanted.size > 0 && now - this.#messageAt > this.#quietLimitMs) return 'no message on any stream';
    return null;
  }

  #lose(cause: string): void {
    if (this.#state === 'gone') return;
    this.#leave();
    this.#client.destroy();
    this.#events.lost(cause);
  }

  #leave(): void {
    this.#state = 'gone';
    this.#timer?.cancel();
    this.#requests.stop();
  }
}
