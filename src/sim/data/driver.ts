import { setImmediate } from 'node:timers/promises';

import type { Clock, Timer } from '../../ports/clock.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import type { MarketData } from './market-data.ts';

/** How market time runs: so many times real time, or as fast as the machine and the clients allow. */
export type Speed = number | 'max';

/** Real time is caught up with every so often. */
const TURN_MS = 5;
/** A turn at full speed gives way to requests after so long. */
const FULL_SPEED_TURN_MS = 8;
/** How long clients that are behind are given to read. */
const REST_MS = 1;
/** Streams are due at multiples of this; without any, market time moves in larger steps. */
const TICK_MS = 50;
const IDLE_STEP_MS = 1_000;

/** What the driver does besides moving the market. */
export interface DriverHooks {
  /** True when something is due at fixed times: streams, or faults that wait. */
  readonly hasTimedEvents: () => boolean;
  /** Market time has reached a multiple of 50 ms; events of that millisecond have not happened yet. */
  readonly onTick: (nowMs: number) => void;
  /** Market time has reached `nowMs`, events of that millisecond included. */
  readonly onReached: (nowMs: number) => void;
  /** Writes out what the step produced. */
  readonly flush: () => void;
  /** True while some client takes longer to read than the server to write. */
  readonly isAnyClientBehind: () => boolean;
  /** The market cannot go on, for example because a tape was refused. */
  readonly onFailure: (failure: unknown) => void;
}

/** Moves market time: at a multiple of real time, at full speed, or step by step when paused. */
export class MarketDriver {
  readonly #data: MarketData;
  readonly #clock: Clock;
  readonly #hooks: DriverHooks;
  readonly #speed: Speed;
  #lastTick = -Infinity;
  #isPaused = true;
  #isMoving = false;
  #lastMove: Promise<void> = Promise.resolve();
  #timer: Timer | null = null;
  /** Where market time and the clock stood when it last began to run. */
  #anchor = { marketMs: 0, clockMs: 0 };

  constructor(data: MarketData, clock: Clock, options: { readonly speed: Speed; readonly hooks: DriverHooks }) {
    this.#data = data;
    this.#clock = clock;
    this.#hooks = options.hooks;
    this.#speed = options.speed;
  }

  /** Market time, whole milliseconds UTC. */
  get now(): number {
    return this.#data.nowMs;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get speed(): Speed {
    return this.#speed;
  }

  /** Lets market time run. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#anchor = { marketMs: this.#data.nowMs, clockMs: this.#clock.monotonicMs() };
    this.#schedule();
  }

  /** Stops market time; requests are still answered. */
  pause(): void {
    this.catchUp();
    this.#halt();
  }

  /** Moves market time to where real time says it should be, so that an answer is of this moment. */
  catchUp(): void {
    if (this.#isPaused || this.#isMoving || this.#speed === 'max') return;
    this.#isMoving = true;
    try {
      this.#step(this.#targetMs(this.#speed));
    } catch (failure) {
      this.#fail(failure);
    } finally {
      this.#isMoving = false;
    }
  }

  /**
   * Moves market time on by `ms`, whatever the pace; for tests and `POST /sim/clock`. Clients are given the time to read
   * what they are sent on the way. Calls wait for each other.
   */
  advance(ms: number): Promise<void> {
    return this.#exclusively(async () => {
      const targetMs = this.#data.nowMs + ms;
      do {
        await this.#reach(Math.min(targetMs, this.#data.nowMs + MINUTE_MS));
        await this.#letClientsRead();
      } while (this.#data.nowMs < targetMs);
      if (!this.#isPaused) this.#anchor = { marketMs: this.#data.nowMs, clockMs: this.#clock.monotonicMs() };
    });
  }

  /** Market time is moved by one at a time, also while the source is waited for. */
  #exclusively(move: () => Promise<void>): Promise<void> {
    const turn = this.#lastMove.then(async () => {
      this.#isMoving = true;
      try {
        await move();
      } finally {
        this.#isMoving = false;
      }
    });
    this.#lastMove = turn.catch(() => undefined);
    return turn;
  }

  /** Moves to a time, or until a client is behind. */
  async #reach(targetMs: number): Promise<void> {
    while (this.#data.nowMs < targetMs && !this.#hooks.isAnyClientBehind()) {
      if (!this.#step(Math.min(targetMs, this.#data.nowMs + IDLE_STEP_MS))) await this.#data.source.fill();
    }
  }

  /** Writes out what the steps produced and gives way to input and output, until no client is behind. */
  async #letClientsRead(): Promise<void> {
    this.#hooks.flush();
    await setImmediate();
    while (this.#hooks.isAnyClientBehind()) await this.#rest();
  }

  /** Runs one turn after another until market time is paused, the source has ended or something fails. */
  #schedule(): void {
    const speed = this.#speed;
    const timer = this.#clock.setTimer(speed === 'max' ? 0 : TURN_MS, () => {
      // A turn may outlast a pause, and must not go on beside the one that a new start has begun.
      const goOn = (): void => (this.#timer === timer ? this.#schedule() : undefined);
      const turn = speed === 'max' ? this.#runFullSpeed(() => this.#timer === timer) : this.#runPaced(speed);
      turn.then(goOn, (failure: unknown) => this.#fail(failure));
    });
    this.#timer = timer;
  }

  #runPaced(speed: number): Promise<void> {
    return this.#exclusively(async () => {
      const target = this.#targetMs(speed);
      while (!this.#isPaused && !this.#step(target)) await this.#data.source.fill();
      this.#hooks.flush();
    });
  }

  async #runFullSpeed(isOn: () => boolean): Promise<void> {
    const { source } = this.#data;
    while (isOn() && source.nextEventMs() !== Infinity) {
      await this.#exclusively(async () => {
        await source.fill();
        const endOfTurn = this.#clock.monotonicMs() + FULL_SPEED_TURN_MS;
        while (isOn() && this.#clock.monotonicMs() < endOfTurn) {
          if (!this.#step(this.#data.nowMs + IDLE_STEP_MS) || this.#hooks.isAnyClientBehind()) break;
        }
        await this.#letClientsRead();
      });
    }
    if (isOn()) this.#halt();
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => this.#clock.setTimer(REST_MS, resolve));
  }

  #targetMs(speed: number): number {
    const elapsed = this.#clock.monotonicMs() - this.#anchor.clockMs;
    return Math.max(this.#data.nowMs, Math.floor(this.#anchor.marketMs + elapsed * speed));
  }

  /** @returns false when the source must fetch before it can go on */
  #step(targetMs: number): boolean {
    for (let tick = this.#nextTick(); tick <= targetMs; tick = this.#nextTick()) {
      if (!this.#moveTo(tick - 1)) return false;
      this.#atTick(tick);
    }
    return this.#moveTo(targetMs);
  }

  #moveTo(timeMs: number): boolean {
    if (timeMs < this.#data.nowMs) return true;
    if (!this.#data.source.advanceTo(timeMs, this.#data)) return false;
    this.#data.nowMs = timeMs;
    this.#hooks.onReached(timeMs);
    return true;
  }

  #atTick(nowMs: number): void {
    if (nowMs >= this.#data.minuteEndsMs) this.#data.closeMinute();
    this.#hooks.onTick(nowMs);
    this.#lastTick = nowMs;
  }

  /** What is due may have changed since the last one. */
  #nextTick(): number {
    const step = this.#hooks.hasTimedEvents() ? TICK_MS : IDLE_STEP_MS;
    const after = Math.max(this.#data.nowMs, this.#lastTick);
    return Math.min(after - (after % step) + step, this.#data.minuteEndsMs);
  }

  #halt(): void {
    this.#isPaused = true;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #fail(failure: unknown): void {
    this.#halt();
    this.#hooks.onFailure(failure);
  }
}
