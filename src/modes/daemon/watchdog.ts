import { SECOND_MS } from '../../domain/time.ts';
import type { MoneyKind } from '../../domain/account.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Alert, Notifier } from '../../ports/notifier.ts';

const LOOK_MS = SECOND_MS;
/** A timer that is so late was held up: nothing else was done meanwhile, neither prices nor stops. */
const STALL_MS = SECOND_MS;
/** A stall that a person should hear of. */
const LONG_STALL_MS = 5 * SECOND_MS;
/** Not one message of any symbol for so long, or no connection: the feed is dead. */
const DEAD_FEED_MS = 60 * SECOND_MS;
/** A write takes milliseconds. */
const STUCK_WRITER_MS = 15 * SECOND_MS;
const HEARTBEAT_MS = 10 * SECOND_MS;
/** Many times what the program needs; beyond it something piles up. */
const MOST_MEMORY_BYTES = 1024 ** 3;

/** What the watchdog has seen since the start, for metrics. */
export interface WatchdogCounts {
  readonly loopStalls: number;
  readonly longestStallMs: number;
  readonly feedDeaths: number;
  readonly writerStalls: number;
  readonly memoryWarnings: number;
}

export type AlarmCause = 'event_loop' | 'feed' | 'writer' | 'memory';

/** Numbers that only grow while market data comes. */
export interface FeedPulse {
  readonly isConnected: boolean;
  readonly messages: number;
}

export interface WatchdogParts {
  /** Of the wall. */
  readonly clock: Clock;
  readonly logger: Logger;
  readonly money: MoneyKind;
  readonly notifier: Pick<Notifier, 'notify'> | null;
  /** Writes the heartbeat; settles when it is stored. */
  readonly beat: () => Promise<void>;
  readonly residentBytes: () => number;
  /** Called about once a second while the program is at work. */
  readonly onLook: () => void;
  /** Hears of each trouble once. */
  readonly onAlarm: (cause: AlarmCause) => void;
}

/** A trouble that lasts: told once when it begins and once when it is over. */
class Lasting {
  #began = false;

  /** @returns what has just happened */
  see(isTrouble: boolean): 'began' | 'ended' | null {
    if (isTrouble === this.#began) return null;
    this.#began = isTrouble;
    return isTrouble ? 'began' : 'ended';
  }
}

/**
 * Watches what a person at the screen would notice: an event loop that stands still, a feed that has fallen silent, a writer
 * that does not write, memory that grows. Each is logged, counted and told through the notifier. It also leaves a heartbeat in
 * the store every ten seconds.
 */
export class Watchdog {
  readonly #parts: WatchdogParts;
  readonly #troubles = { feed: new Lasting(), writer: new Lasting(), memory: new Lasting() };
  #counts: WatchdogCounts = { loopStalls: 0, longestStallMs: 0, feedDeaths: 0, writerStalls: 0, memoryWarnings: 0 };
  #timer: Timer | null = null;
  #lookedAtMs: number;
  #pulse: (() => FeedPulse) | null = null;
  #messages = -1;
  #heardAtMs = 0;
  #beatAtMs = -Infinity;
  /** When the write began that has not ended. */
  #writingSinceMs: number | null = null;

  constructor(parts: WatchdogParts) {
    this.#parts = parts;
    this.#lookedAtMs = parts.clock.monotonicMs();
  }

  get counts(): WatchdogCounts {
    return this.#counts;
  }

  start(): void {
    this.#lookedAtMs = this.#parts.clock.monotonicMs();
    this.#look();
  }

  /** From now on the feed is watched, too. */
  watchFeed(pulse: () => FeedPulse): void {
    this.#heardAtMs = this.#parts.clock.monotonicMs();
    this.#pulse = pulse;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #look(): void {
    this.#parts.onLook();
    const nowMs = this.#parts.clock.monotonicMs();
    this.#lookAtFeed(nowMs);
    this.#lookAtWriter(nowMs);
    this.#lookAtMemory();
    this.#lookedAtMs = nowMs;
    this.#timer = this.#parts.clock.setTimer(LOOK_MS, () => {
      this.#lookAtLoop(this.#parts.clock.monotonicMs() - this.#lookedAtMs - LOOK_MS);
      this.#look();
    });
  }

  #lookAtLoop(lateMs: number): void {
    // While the desk is not there yet, nothing waits for the loop.
    if (lateMs < STALL_MS || this.#pulse === null) return;
    const { loopStalls, longestStallMs } = this.#counts;
    this.#counts = {
      ...this.#counts,
      loopStalls: loopStalls + 1,
      longestStallMs: Math.max(longestStallMs, Math.round(lateMs)),
    };
    this.#parts.onAlarm('event_loop');
    const text = `the program stood still for ${(lateMs / SECOND_MS).toFixed(1)} s`;
    this.#parts.logger.warn(text, { stalls: loopStalls + 1 });
    // What came in meanwhile is only read now.
    this.#heardAtMs = this.#parts.clock.monotonicMs();
    if (lateMs >= LONG_STALL_MS) this.#alert('event_loop_stalled', 'warning', text);
  }

  #lookAtFeed(nowMs: number): void {
    if (this.#pulse === null) return;
    const { isConnected, messages } = this.#pulse();
    if (isConnected && messages !== this.#messages) this.#heardAtMs = nowMs;
    this.#messages = messages;
    const silentMs = nowMs - this.#heardAtMs;
    const turn = this.#troubles.feed.see(silentMs >= DEAD_FEED_MS);
    if (turn === 'ended') this.#recovered('feed_alive', 'market data flows again');
    if (turn !== 'began') return;
    this.#counts = { ...this.#counts, feedDeaths: this.#counts.feedDeaths + 1 };
    const why = isConnected ? 'the connection stands, but not one message comes' : 'there is no connection';
    this.#parts.onAlarm('feed');
    this.#trouble('feed_dead', `no market data for ${DEAD_FEED_MS / SECOND_MS} s: ${why}; it is tried again`);
  }

  #lookAtWriter(nowMs: number): void {
    if (this.#writingSinceMs === null && nowMs - this.#beatAtMs >= HEARTBEAT_MS) this.#beat(nowMs);
    const isStuck = this.#writingSinceMs !== null && nowMs - this.#writingSinceMs >= STUCK_WRITER_MS;
    const turn = this.#troubles.writer.see(isStuck);
    if (turn === 'ended') this.#recovered('writer_works', 'the store writes again');
    if (turn !== 'began') return;
    this.#counts = { ...this.#counts, writerStalls: this.#counts.writerStalls + 1 };
    this.#parts.onAlarm('writer');
    this.#trouble(
      'writer_stuck',
      `the store has not written for ${STUCK_WRITER_MS / SECOND_MS} s; entries wait for it, exits go on`,
    );
  }

  #beat(nowMs: number): void {
    this.#beatAtMs = nowMs;
    this.#writingSinceMs = nowMs;
    this.#parts
      .beat()
      .catch((error: unknown) => this.#parts.logger.warn('the heartbeat was not stored', { error }))
      .finally(() => {
        this.#writingSinceMs = null;
      });
  }

  #lookAtMemory(): void {
    const bytes = this.#parts.residentBytes();
    if (this.#troubles.memory.see(bytes > MOST_MEMORY_BYTES) !== 'began') return;
    this.#counts = { ...this.#counts, memoryWarnings: this.#counts.memoryWarnings + 1 };
    this.#parts.onAlarm('memory');
    const text = `the program holds ${Math.round(bytes / 1024 ** 2)} MB of memory, more than it should ever need`;
    this.#parts.logger.warn(text);
    this.#alert('memory_grown', 'warning', text);
  }

  #trouble(key: string, text: string): void {
    this.#parts.logger.error(text);
    this.#alert(key, 'critical', text);
  }

  #recovered(key: string, text: string): void {
    this.#parts.logger.info(text);
    this.#alert(key, 'info', text);
  }

  #alert(key: string, severity: Alert['severity'], text: string): void {
    const { notifier, money, clock } = this.#parts;
    notifier?.notify({ key: `watchdog:${key}`, severity, money, title: 'unattended aitrader', text, at: clock.now() });
  }
}
