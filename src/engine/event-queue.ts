export interface EventQueueOptions {
  /** An event has been handled to its end. */
  readonly handled: () => void;
  /** Handling an event threw; the next ones go on. */
  readonly failed: (failure: unknown) => void;
}

/**
 * The order in which things happen to the engine: each event is handled to its end before the next is taken, also those that
 * arise while one is handled.
 */
export class EventQueue {
  readonly #options: EventQueueOptions;
  readonly #waiting: (() => void)[] = [];
  #isHandling = false;
  #isClosed = false;

  constructor(options: EventQueueOptions) {
    this.#options = options;
  }

  /** Handles the event now, or after the ones that came before it. */
  take(event: () => void): void {
    if (this.#isClosed) return;
    this.#waiting.push(event);
    if (this.#isHandling) return;
    this.#isHandling = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) this.#handle(next);
    } finally {
      this.#isHandling = false;
    }
  }

  /** Nothing happens any more: what comes from now on is dropped. */
  close(): void {
    this.#isClosed = true;
  }

  #handle(event: () => void): void {
    try {
      event();
    } catch (failure) {
      this.#options.failed(failure);
    }
    this.#options.handled();
  }
}
