import { waitBlocking } from './wait-blocking.ts';

/** Where lines end up: a file, or stderr. */
export interface LineTarget {
  /**
   * Writes without blocking, and calls back once. What is not written when it fails stays with the target and goes first at
   * the next call, whose text may be empty. Never called again before it has called back.
   */
  write(text: string, done: (error: Error | null) => void): void;
  /** Writes at once, waiting for the device. Throws when that fails. */
  writeNow(text: string): void;
  close(): Promise<void>;
}

export interface SinkEvents {
  /** The first failure of an outage. */
  failed(error: Error): void;
  /** The end of an outage. */
  recovered(): void;
  /** So many lines were lost because too many waited; told once writing has caught up. */
  lost(lines: number): void;
}

/** What waits while the target is slow or broken; further lines are lost, and counted. */
const MOST_WAITING = 4 * 2 ** 20;
/** Small enough that a file is at most so much longer than its bound. */
const LARGEST_BATCH = 64 * 2 ** 10;
/** A broken target is tried again with the next line after so long. */
const RETRY_MS = 1_000;
/** A batch on its way is another thread's and cannot be waited for; after so long it is written as a rule. */
const ON_ITS_WAY_MS = 5;
/** How long `close` waits for a target that does not take what it is given. */
const LONGEST_CLOSE_MS = 2_000;

/** A bounded queue of lines before a target. It never blocks and never throws. */
export class LineSink {
  readonly #target: LineTarget;
  readonly #events: SinkEvents;
  readonly #monotonicMs: () => number;
  #waiting: string[] = [];
  #waitingLength = 0;
  #linesLost = 0;
  #isWriting = false;
  #failedAtMs: number | null = null;
  #isClosed = false;
  #onIdle: (() => void) | null = null;

  /** @param monotonicMs measures how long ago a failure was */
  constructor(target: LineTarget, events: SinkEvents, monotonicMs: () => number) {
    this.#target = target;
    this.#events = events;
    this.#monotonicMs = monotonicMs;
  }

  write(line: string): void {
    if (this.#isClosed) return;
    if (this.#waitingLength + line.length > MOST_WAITING) {
      this.#linesLost += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingLength += line.length;
    this.#writeOn();
  }

  /**
   * Writes everything that waits at once: for the moments before the process ends. When the device is slow, it may come
   * before the batch that is on its way.
   */
  flushNow(): void {
    if (this.#waiting.length === 0 || this.#failedAtMs !== null) return;
    if (this.#isWriting) waitBlocking(ON_ITS_WAY_MS);
    try {
      this.#target.writeNow(this.#takeBatch(MOST_WAITING));
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  /** Waits until everything is written, or cannot be, then closes the target. Lines that come later are lost. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#idle();
    if (this.#failedAtMs !== null && !this.#isWriting) {
      this.#startWriting();
      await this.#idle();
    }
    if (!this.#isWriting) await this.#target.close();
  }

  #takeBatch(limit: number): string {
    let count = 0;
    let length = 0;
    while (count < this.#waiting.length && (count === 0 || length < limit)) {
      length += this.#waiting[count]?.length ?? 0;
      count += 1;
    }
    const batch = this.#waiting.slice(0, count).join('');
    this.#waiting = this.#waiting.slice(count);
    this.#waitingLength -= length;
    return batch;
  }

  #startWriting(): void {
    this.#isWriting = true;
    this.#target.write(this.#takeBatch(LARGEST_BATCH), (error) => {
      this.#isWriting = false;
      if (error === null) this.#succeed();
      else this.#fail(error);
      if (!this.#isWriting) this.#onIdle?.();
    });
  }

  #succeed(): void {
    if (this.#failedAtMs !== null) {
      this.#failedAtMs = null;
      this.#events.recovered();
    }
    if (this.#waiting.length === 0 && this.#linesLost > 0) {
      const lines = this.#linesLost;
      this.#linesLost = 0;
      this.#events.lost(lines);
    }
    this.#writeOn();
  }

  #fail(error: Error): void {
    const isFirst = this.#failedAtMs === null;
    this.#failedAtMs = this.#monotonicMs();
    if (isFirst) this.#events.failed(error);
  }

  #writeOn(): void {
    if (this.#isWriting || this.#waiting.length === 0) return;
    if (this.#failedAtMs !== null && this.#monotonicMs() < this.#failedAtMs + RETRY_MS) return;
    this.#startWriting();
  }

  #idle(): Promise<void> {
    if (!this.#isWriting) return Promise.resolve();
    return new Promise((resolve) => {
      const timeout = setTimeout(resolve, LONGEST_CLOSE_MS);
      this.#onIdle = () => {
        clearTimeout(timeout);
        resolve();
      };
    });
  }
}
