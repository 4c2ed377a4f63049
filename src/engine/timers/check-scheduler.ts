import type { Schedule } from '../../domain/filter.ts';
import type { TraderId, VenueSymbol } from '../../domain/ids.ts';
import { candleOpenTime, MINUTE_MS, timeframeMs } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import type { Clock, Timer } from '../../ports/clock.ts';

/** A check that is to be run now. */
export interface CheckDue {
  readonly traderId: TraderId;
  /** The moment that the check stands for, milliseconds UTC: it sees nothing later, whenever it runs. */
  readonly at: number;
  /** Null: all symbols of the trader. Otherwise the symbols whose candle came after the others were checked. */
  readonly symbols: readonly VenueSymbol[] | null;
}

/** What became of a trader's checks since it was added. */
export interface CheckCounts {
  readonly due: number;
  readonly run: number;
  /** Checks that a later one of the same trader overtook while they waited. */
  readonly coalesced: number;
}

interface ScheduledTrader {
  readonly traderId: TraderId;
  readonly clockTimeframe: Timeframe;
  readonly schedule: Schedule;
  timer: Timer | null;
  isRunning: boolean;
  waiting: CheckDue | null;
  due: number;
  run: number;
  coalesced: number;
}

export interface CheckSchedulerOptions {
  readonly clock: Clock;
  /** How many checks may run at once: as many as there are sandbox processes. */
  readonly parallel: number;
  /** Runs a check to its end. What it rejects with is the caller's affair and must not come here. */
  readonly run: (due: CheckDue) => Promise<void>;
}

/**
 * One schedule for all traders. Close checks fall due when the close barrier tells a boundary of the trader's clock
 * timeframe; duration checks at multiples of the duration since the epoch, so that no drift can add up. A trader's checks
 * never overlap: while one runs or waits, the next due one takes the place of the waiting one. Waiting traders are served
 * in the order in which they fell due.
 */
export class CheckScheduler {
  readonly #options: CheckSchedulerOptions;
  readonly #traders = new Map<TraderId, ScheduledTrader>();
  /** Traders whose `waiting` is set, in the order in which they are served. */
  readonly #queue = new Set<ScheduledTrader>();
  #running = 0;

  constructor(options: CheckSchedulerOptions) {
    this.#options = options;
  }

  /** Checks that wait for a free place. */
  get waiting(): number {
    return this.#queue.size;
  }

  /**
   * Takes a trader into the schedule.
   * @param clockTimeframe the filter's first timeframe: whose closes are its clock
   */
  add(traderId: TraderId, clockTimeframe: Timeframe, schedule: Schedule): void {
    this.remove(traderId);
    const trader: ScheduledTrader = {
      traderId,
      clockTimeframe,
      schedule,
      timer: null,
      isRunning: false,
      waiting: null,
      due: 0,
      run: 0,
      coalesced: 0,
    };
    this.#traders.set(traderId, trader);
    this.#setTimer(trader);
  }

  /** Takes a trader out. A check of it that runs is let finish; one that waits is dropped. */
  remove(traderId: TraderId): void {
    const trader = this.#traders.get(traderId);
    if (trader === undefined) return;
    trader.timer?.cancel();
    this.#queue.delete(trader);
    this.#traders.delete(traderId);
  }

  /** The candles that end at `boundary` are complete: every trader that closes by it is checked. */
  closed(boundary: number): void {
    for (const trader of this.#traders.values()) {
      if (this.#closesAt(trader, boundary))
        this.#enqueue(trader, { traderId: trader.traderId, at: boundary, symbols: null });
    }
  }

  /** The candle of one symbol came after its boundary was told: that symbol alone is checked for it. */
  closedLate(symbol: VenueSymbol, boundary: number): void {
    for (const trader of this.#traders.values()) {
      if (!this.#closesAt(trader, boundary)) continue;
      this.#enqueue(trader, { traderId: trader.traderId, at: boundary, symbols: [symbol] });
    }
  }

  /** Checks a trader besides its schedule, as of `at`: once when its history has become complete. */
  checkNow(traderId: TraderId, at: number): void {
    const trader = this.#traders.get(traderId);
    if (trader !== undefined) this.#enqueue(trader, { traderId, at, symbols: null });
  }

  counts(traderId: TraderId): CheckCounts | null {
    const trader = this.#traders.get(traderId);
    return trader === undefined ? null : { due: trader.due, run: trader.run, coalesced: trader.coalesced };
  }

  /** When the trader is due next by its schedule; for close checks the end of the forming candle. Null: not scheduled. */
  nextDueAt(traderId: TraderId): number | null {
    const trader = this.#traders.get(traderId);
    return trader === undefined ? null : nextMultiple(this.#options.clock.now(), trader);
  }

  stop(): void {
    for (const traderId of this.#traders.keys()) this.remove(traderId);
  }

  /** Durations that end on a minute wait for its candles as closes do. */
  #closesAt({ schedule, clockTimeframe }: ScheduledTrader, boundary: number): boolean {
    if (schedule.kind === 'every') return boundary % schedule.everyMs === 0;
    return candleOpenTime(boundary, clockTimeframe) === boundary;
  }

  #setTimer(trader: ScheduledTrader): void {
    if (trader.schedule.kind === 'close') return;
    const { clock } = this.#options;
    const at = nextMultiple(clock.now(), trader);
    trader.timer = clock.setTimer(at - clock.now(), () => {
      this.#setTimer(trader);
      if (at % MINUTE_MS !== 0) this.#enqueue(trader, { traderId: trader.traderId, at, symbols: null });
    });
  }

  #enqueue(trader: ScheduledTrader, due: CheckDue): void {
    trader.due += 1;
    const { waiting } = trader;
    trader.waiting = waiting === null ? due : merged(waiting, due);
    if (waiting !== null) trader.coalesced += 1;
    this.#queue.add(trader);
    this.#serve();
  }

  #serve(): void {
    for (const trader of this.#queue) {
      if (this.#running >= this.#options.parallel) return;
      const due = trader.waiting;
      if (trader.isRunning || due === null) continue;
      this.#queue.delete(trader);
      trader.waiting = null;
      void this.#runCheck(trader, due);
    }
  }

  async #runCheck(trader: ScheduledTrader, due: CheckDue): Promise<void> {
    trader.isRunning = true;
    trader.run += 1;
    this.#running += 1;
    try {
      await this.#options.run(due);
    } finally {
      trader.isRunning = false;
      this.#running -= 1;
      this.#serve();
    }
  }
}

/** Two checks of one trader as one: the later moment holds, and late symbols of the same moment are checked together. */
function merged(waiting: CheckDue, due: CheckDue): CheckDue {
  if (due.at !== waiting.at) return due.at > waiting.at ? due : waiting;
  if (waiting.symbols === null || due.symbols === null) return { ...due, symbols: null };
  return { ...due, symbols: [...new Set([...waiting.symbols, ...due.symbols])] };
}

/** The next moment after `now` at which the trader is due. */
function nextMultiple(now: number, { schedule, clockTimeframe }: ScheduledTrader): number {
  if (schedule.kind === 'every') return (Math.floor(now / schedule.everyMs) + 1) * schedule.everyMs;
  return candleOpenTime(now, clockTimeframe) + timeframeMs(clockTimeframe);
}
