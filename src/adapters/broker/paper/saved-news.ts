import { backoffMs } from '../../../lib/backoff.ts';
import type { BackoffRule } from '../../../lib/backoff.ts';
import type { Clock, Timer } from '../../../ports/clock.ts';

/** How many pieces of news may wait for a save before nothing new is done. */
const MOST_WAITING = 1_000;
const RETRY: BackoffRule = { firstMs: 1_000, maxMs: 30_000, jitter: 0 };
/** How late a change that is news to nobody (a trailing stop moved) may be saved. */
const QUIET_SAVE_MS = 1_000;

/** Told once the state that it speaks of is saved, or (false) when it cannot be saved any more. */
export type News = (isSaved: boolean) => void;

/**
 * Holds news back until the state behind them is durable. One save runs at a time and covers all that has happened before
 * it began; what happens meanwhile waits for the next one. A failed save is tried again after growing waits, for good.
 */
export class SavedNews {
  readonly #clock: Clock;
  readonly #save: () => Promise<void>;
  readonly #onSaveFailed: (error: unknown) => void;
  #waiting: News[] = [];
  #isDirty = false;
  #isTelling = false;
  #isClosed = false;
  /** Nothing is saved any more. */
  #isOver = false;
  #saving: Promise<void> | null = null;
  #failures = 0;
  #retry: Timer | null = null;
  #quietSave: Timer | null = null;

  /** @param save writes the state as it is when called */
  constructor(clock: Clock, save: () => Promise<void>, onSaveFailed: (error: unknown) => void) {
    this.#clock = clock;
    this.#save = save;
    this.#onSaveFailed = onSaveFailed;
  }

  /** Too much waits: nothing that makes news should be done now. */
  get isFull(): boolean {
    return this.#waiting.length >= MOST_WAITING;
  }

  /** The state is no longer what was saved. */
  changed(): void {
    this.#isDirty = true;
  }

  /** The state has changed in a way that nobody is told of: saved soon. */
  changedQuietly(): void {
    this.#quietSave ??= this.#clock.setTimer(QUIET_SAVE_MS, () => {
      this.#quietSave = null;
      this.changed();
      this.settle();
    });
  }

  tell(news: News): void {
    if (this.#isOver) news(false);
    else this.#waiting.push(news);
  }

  /** An operation has come to its end: saves what it changed, or tells at once when it changed nothing. */
  settle(): void {
    if (this.#saving !== null || this.#retry !== null || this.#isTelling || this.#isClosed) return;
    if (this.#isDirty) this.#saving = this.#saveAndTell();
    else if (this.#waiting.length > 0) this.#tellFirst(this.#waiting.length, true);
  }

  /** Saves once more and tells what waits; if that fails, with the word that it is not saved. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#retry?.cancel();
    this.#quietSave?.cancel();
    await this.#saving;
    const isSaved = await this.#trySave();
    this.#isOver = true;
    this.#tellFirst(this.#waiting.length, isSaved);
  }

  async #saveAndTell(): Promise<void> {
    const covered = this.#waiting.length;
    this.#isDirty = false;
    const isSaved = await this.#trySave();
    this.#saving = null;
    if (isSaved) {
      this.#failures = 0;
      this.#tellFirst(covered, true);
      this.settle();
      return;
    }
    this.#isDirty = true;
    this.#failures += 1;
    if (this.#isClosed) return;
    this.#retry = this.#clock.setTimer(backoffMs(this.#failures, RETRY, 0), () => {
      this.#retry = null;
      this.settle();
    });
  }

  async #trySave(): Promise<boolean> {
    try {
      await this.#save();
      return true;
    } catch (error) {
      this.#onSaveFailed(error);
      return false;
    }
  }

  /** One that fails keeps the others from nothing; its error goes on to whoever has caused the telling. */
  #tellFirst(count: number, isSaved: boolean): void {
    const told = this.#waiting.splice(0, count);
    const errors: unknown[] = [];
    this.#isTelling = true;
    for (const news of told) {
      try {
        news(isSaved);
      } catch (error) {
        errors.push(error);
      }
    }
    this.#isTelling = false;
    if (this.#waiting.length > 0) this.settle();
    if (errors.length > 0) throw errors[0];
  }
}
