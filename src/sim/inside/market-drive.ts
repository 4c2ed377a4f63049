import { setImmediate } from 'node:timers/promises';

import type { Clock } from '../../ports/clock.ts';
import type { Speed } from '../data/driver.ts';
import type { MarketSource } from '../market/source.ts';
import type { InsideStream } from './inside-stream.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import { waitFor } from './wait-for.ts';

export interface DriveOptions {
  /** So many times real time, or as fast as the machine allows. */
  readonly speed: Speed;
  /** Paces the drive and bounds its waits. */
  readonly realClock: Clock;
  /**
   * Asked after every moment at which something happened: settles when nothing is under way any more that the moment set
   * off (a sandbox check, a store write, a call of the broker); undefined when nothing is. Simulated time stands
   * meanwhile, so that it must not wait for a timer of the simulated clock.
   */
  readonly settle: () => Promise<void> | undefined;
  /** Simulated time at which to end, milliseconds UTC; what is due then still happens. */
  readonly until?: number;
  readonly signal?: AbortSignal;
}

export type DriveEnd = 'until' | 'tape_ended' | 'aborted' | 'closed';

/** Counted over all drives of a market. */
export interface DriveCounts {
  timers: number;
  /** Waits for `settle` that were given up at their bound. */
  unsettled: number;
  /** The most that simulated time stood behind its pace at a wake-up, simulated milliseconds. */
  maxLagMs: number;
}

/** What is driven. */
export interface Stage {
  readonly source: MarketSource;
  readonly stream: InsideStream;
  readonly clock: SimulatedClock;
  readonly counts: DriveCounts;
  /** Where a tape ends that has no more events: with the minute of the last one, so that its candle closes. */
  tapeEndMs: number | null;
  isClosed: boolean;
}

/** Real time is caught up with every so often. */
const TURN_MS = 20;
/** At a number speed, simulated time stands still no longer for what a moment set off. */
const PACED_SETTLE_MS = 250;
/** At full speed it waits as long as needed; what takes longer than this has lost its way. */
const FULL_SPEED_SETTLE_MS = 120_000;
/** Signals and sockets are served after so many moments. Counted, not timed: a run must not depend on the machine. */
const MOMENTS_PER_TURN = 128;

/**
 * Moves simulated time from one moment to the next at which something is due. At one and the same moment it is first the
 * stream's tick (candles close), then timers, then events of the market.
 */
export class MarketDrive {
  readonly #stage: Stage;
  readonly #options: DriveOptions;
  readonly #untilMs: number;
  /** Where simulated and real time stood at the beginning. */
  readonly #anchor: { readonly simulatedMs: number; readonly realMs: number };
  #momentsOfTurn = 0;
  /** A wait for `settle` was given up, and what it waited for is still under way. */
  #isUnsettled = false;
  #failure: { readonly cause: unknown } | null = null;

  constructor(stage: Stage, options: DriveOptions) {
    this.#stage = stage;
    this.#options = options;
    this.#untilMs = options.until ?? Infinity;
    this.#anchor = { simulatedMs: stage.clock.now(), realMs: options.realClock.monotonicMs() };
  }

  /**
   * How far simulated time stands behind its pace, beyond what one wake-up makes good; simulated milliseconds, 0 at full
   * speed.
   */
  get lagMs(): number {
    const { speed } = this.#options;
    if (speed === 'max') return 0;
    const behindMs = Math.min(this.#dueMs(speed), this.#untilMs) - this.#stage.clock.now();
    return Math.max(0, Math.floor(behindMs - TURN_MS * speed));
  }

  /** @throws what timers, the sink and `settle` throw; AitraderError `TAPE_REFUSED` */
  async run(): Promise<DriveEnd> {
    const { speed, realClock, signal } = this.#options;
    if (speed === 'max') return (await this.#moveTo(this.#untilMs)) ?? 'until';
    const { counts } = this.#stage;
    for (;;) {
      const wokeAtMs = realClock.monotonicMs();
      counts.maxLagMs = Math.max(counts.maxLagMs, this.lagMs);
      const targetMs = Math.min(this.#untilMs, this.#dueMs(speed));
      const end = await this.#moveTo(targetMs);
      if (end !== null) return end;
      if (targetMs >= this.#untilMs) return 'until';
      const boundMs = Math.max(0, wokeAtMs + TURN_MS - realClock.monotonicMs());
      await waitFor(null, { clock: realClock, boundMs, signal });
    }
  }

  /** Where simulated time should stand now. */
  #dueMs(speed: number): number {
    const { simulatedMs, realMs } = this.#anchor;
    return Math.floor(simulatedMs + (this.#options.realClock.monotonicMs() - realMs) * speed);
  }

  /** @returns why it ended before the target; null when it got there */
  async #moveTo(targetMs: number): Promise<Exclude<DriveEnd, 'until'> | null> {
    const { source, stream, clock } = this.#stage;
    for (;;) {
      if (this.#failure !== null) throw this.#failure.cause;
      if (this.#stage.isClosed) return 'closed';
      if (this.#options.signal?.aborted === true) return 'aborted';
      const eventMs = source.nextEventMs();
      if (Number.isNaN(eventMs)) {
        await this.#fill();
        continue;
      }
      if (eventMs === Infinity) this.#stage.tapeEndMs ??= stream.minuteEndsMs;
      const lastMs = Math.min(targetMs, this.#stage.tapeEndMs ?? Infinity);
      const { nextTickMs } = stream;
      const nextMs = Math.min(nextTickMs, eventMs);
      // Fractions of timers are exact on their own scale only.
      const aheadMs = clock.nextDueMs - (nextMs - clock.startMs);
      const isTimerFirst = aheadMs < 0 || (aheadMs === 0 && nextMs < nextTickMs);
      if (isTimerFirst ? clock.nextDueMs > lastMs - clock.startMs : nextMs > lastMs) {
        clock.moveTo(lastMs);
        return lastMs < targetMs ? 'tape_ended' : null;
      }
      const pause = isTimerFirst ? this.#runTimer() : this.#moveMarket(nextMs);
      if (pause !== undefined) await pause;
    }
  }

  /** Reading a file that is closed meanwhile fails, and need not. */
  async #fill(): Promise<void> {
    try {
      await this.#stage.source.fill();
    } catch (failure) {
      if (!this.#stage.isClosed) throw failure;
    }
  }

  #runTimer(): Promise<void> {
    this.#stage.counts.timers += 1;
    this.#stage.clock.runNext();
    return this.#settleAll();
  }

  /** @returns what to wait for before anything else happens */
  #moveMarket(timeMs: number): Promise<void> | undefined {
    const { source, stream, clock } = this.#stage;
    clock.moveTo(timeMs);
    if (stream.nextTickMs === timeMs) return stream.tick() ? this.#settleAll() : this.#settle();
    source.advanceTo(timeMs, stream);
    return this.#settle();
  }

  /** Lets the promises go on that a timer or a close settled, and what they begin come to its end. */
  async #settleAll(): Promise<void> {
    this.#momentsOfTurn = 0;
    await setImmediate();
    await this.#settle();
  }

  /** @returns undefined when nothing is under way, and the event loop is not to be served either */
  #settle(): Promise<void> | undefined {
    const work = this.#isUnsettled ? undefined : this.#options.settle();
    if (work !== undefined) return this.#waitForWork(work);
    this.#momentsOfTurn += 1;
    if (this.#momentsOfTurn < MOMENTS_PER_TURN) return undefined;
    this.#momentsOfTurn = 0;
    return setImmediate();
  }

  async #waitForWork(work: Promise<void>): Promise<void> {
    const { speed, realClock, signal } = this.#options;
    const boundMs = speed === 'max' ? FULL_SPEED_SETTLE_MS : PACED_SETTLE_MS;
    const end = await waitFor(work, { clock: realClock, boundMs, signal });
    if (end === 'bound') this.#giveUp(work);
    this.#momentsOfTurn = 0;
    await setImmediate();
  }

  /** Goes on although `work` is under way. It is not waited for again: simulated time would as good as stand still. */
  #giveUp(work: Promise<void>): void {
    if (this.#options.speed === 'max') {
      const seconds = FULL_SPEED_SETTLE_MS / 1_000;
      throw new Error(
        `what happened at simulated time ${this.#stage.clock.now()} has not settled within ${seconds} s: ` +
          'does it wait for simulated time, which stands still meanwhile?',
      );
    }
    this.#stage.counts.unsettled += 1;
    this.#isUnsettled = true;
    work.then(
      () => (this.#isUnsettled = false),
      (cause: unknown) => (this.#failure = { cause }),
    );
  }
}
