import { SECOND_MS } from '../domain/time.ts';
import type { Timer } from '../ports/clock.ts';
import type { StoreReaders } from '../ports/store/readers.ts';
import { VenueQuestions } from './ask-venue.ts';
import type { ComparisonParts } from './compare-positions.ts';
import { confirmFlat } from './confirm-flat.ts';
import { Doubts } from './doubts.ts';
import { reconcile } from './reconcile.ts';
import type { ReconcileParts } from './reconcile.ts';

const RECONCILE_MS = 60 * SECOND_MS;
/** Before an exchange that did not answer is asked again, or one whose answer was in doubt. */
const RETRY_MS = 5 * SECOND_MS;
const DOUBT_MS = 2.5 * SECOND_MS;

interface ReconcilerParts extends Omit<ReconcileParts, keyof Pick<ComparisonParts, 'doubts'>> {
  readonly bookedFunding: StoreReaders['funding'];
  /** Until when earlier runs have booked it; null: none has. */
  readonly fundingUntil: number | null;
  /** Runs the work as an event of the engine. */
  readonly take: (work: () => void) => void;
  /** The books agree with the venue, as far as can be told. */
  readonly reconciled: () => void;
  readonly failed: (failure: unknown) => void;
}

/** When the books are held against the venue: at the start, when something calls for it, and every minute. */
export class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #questions: VenueQuestions;
  readonly #doubts = new Doubts();
  #timer: Timer | null = null;
  /** Until the next time, once it happens by itself. */
  #nextMs = RECONCILE_MS;
  #isAsking = false;
  #isWantedAgain = false;
  #isRunning = false;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#questions = new VenueQuestions(parts.context, parts.bookedFunding, parts.fundingUntil);
  }

  /** Holds the books against the venue once. Settles when that is done or has failed. */
  async first(): Promise<void> {
    this.#nextMs = await this.#run();
  }

  /** From now on it happens by itself. */
  begin(): void {
    this.#isRunning = true;
    this.#after(this.#isWantedAgain ? 0 : this.#nextMs);
  }

  stop(): void {
    this.#isRunning = false;
    this.#timer?.cancel();
  }

  /** Something calls for it now. */
  soon(): void {
    if (this.#isRunning && !this.#isAsking) this.#after(0);
    else this.#isWantedAgain = true;
  }

  #after(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#parts.context.clock.setTimer(delayMs, () => {
      void this.#run().then((nextMs) => {
        if (this.#isRunning) this.#after(nextMs);
      });
    });
  }

  /** @returns how long until the next time */
  async #run(): Promise<number> {
    const { take, reconciled, failed } = this.#parts;
    this.#isAsking = true;
    this.#isWantedAgain = false;
    try {
      const findings = await this.#questions.ask();
      take(() => this.#compare(findings));
      if (this.#doubts.areOpen) return DOUBT_MS;
      reconciled();
      return this.#isWantedAgain ? 0 : RECONCILE_MS;
    } catch (failure) {
      failed(failure);
      return RETRY_MS;
    } finally {
      this.#isAsking = false;
    }
  }

  #compare(findings: Parameters<typeof reconcile>[1]): void {
    const parts = { ...this.#parts, doubts: this.#doubts };
    reconcile(parts, findings);
    confirmFlat(parts.context, parts.risk, findings.snapshot);
  }
}
