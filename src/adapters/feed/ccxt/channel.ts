import { describeFailure } from '../../../domain/errors.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import type { Clock } from '../../../ports/clock.ts';
import { isPassing } from './faults.ts';
import type { Link } from './link.ts';
import type { Pace } from './pace.ts';
import type { Stream } from './streams.ts';

/** Refusals in a row after which a stream is given up: the venue does not mean to serve it. */
const MOST_REFUSALS = 3;

export interface ChannelOptions {
  readonly clock: Clock;
  readonly link: Link;
  readonly pace: Pace;
  /** News of the stream has come. */
  readonly onNews: () => void;
  readonly onLost: (symbol: VenueSymbol) => void;
  /** The venue refuses the stream for good. */
  readonly onRefused: (stream: Stream, problem: string) => void;
}

/** Keeps one stream of one symbol going until it is stopped. */
export class Channel {
  readonly stream: Stream;
  readonly #options: ChannelOptions;
  #state: 'waiting' | 'starting' | 'flowing' | 'refused' | 'stopped' = 'waiting';
  #startedAtMs = NaN;
  #refusals = 0;

  constructor(stream: Stream, options: ChannelOptions) {
    this.stream = stream;
    this.#options = options;
    void this.#run();
  }

  /** It brings news, or is known not to. */
  get isSettled(): boolean {
    return this.#state === 'flowing' || this.#state === 'refused';
  }

  /** It has been waiting for its first news for so long, on connections that stand: nothing happens in its market. */
  acceptSilence(afterMs: number): void {
    const waitedMs = this.#options.clock.monotonicMs() - this.#startedAtMs;
    if (this.#state === 'starting' && waitedMs >= afterMs) this.#state = 'flowing';
  }

  /** Says the venue that nobody listens any more. No news is passed on after it. */
  stop(): void {
    if (this.#state === 'stopped') return;
    const wasAsked = this.#state === 'starting' || this.#state === 'flowing';
    this.#state = 'stopped';
    // What cannot be ended goes on unheard.
    if (wasAsked) this.stream.end?.().catch(() => undefined);
  }

  #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  async #run(): Promise<void> {
    while (this.#state !== 'refused') {
      if (this.#state === 'waiting') await this.#begin();
      const take = this.#isStopped() ? null : await this.#hear();
      if (this.#isStopped()) return;
      if (take === null) continue;
      this.#refusals = 0;
      this.#state = 'flowing';
      take();
      this.#options.onNews();
    }
  }

  /** Waits for news; null when the stream failed, and may be tried again now. */
  async #hear(): Promise<(() => void) | null> {
    try {
      return await this.stream.next();
    } catch (error) {
      if (!this.#isStopped()) await this.#fail(error);
      return null;
    }
  }

  async #begin(): Promise<void> {
    const { clock, pace, link } = this.#options;
    do {
      await link.ready();
      await pace.turn();
      if (this.#isStopped()) return;
    } while (link.isWaiting);
    this.#state = 'starting';
    this.#startedAtMs = clock.monotonicMs();
  }

  async #fail(error: unknown): Promise<void> {
    const { link, onLost, onRefused } = this.#options;
    this.#refusals = isPassing(error) ? 0 : this.#refusals + 1;
    if (this.#refusals >= MOST_REFUSALS) {
      this.#state = 'refused';
      onRefused(this.stream, describeFailure(error));
      return;
    }
    this.#state = 'waiting';
    onLost(this.stream.symbol);
    await link.lost(this.stream.symbol, describeFailure(error));
  }
}
