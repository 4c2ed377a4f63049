import type { VenueSymbol } from '../domain/ids.ts';
import { SECOND_MS } from '../domain/time.ts';
import type { Timer } from '../ports/clock.ts';
import type { StoreReaders } from '../ports/store/readers.ts';
import { VenueQuestions } from './ask-venue.ts';
import type { Findings } from './ask-venue.ts';
import { confirmFlat } from './confirm-flat.ts';
import { Doubts } from './doubts.ts';
import type { HedgeWatch } from './hedge-watch.ts';
import { reconcile } from './reconcile.ts';
import type { ReconcileParts } from './reconcile.ts';

const RECONCILE_MS = 60 * SECOND_MS;
/** Before an exchange that did not answer is asked again, or one whose answer was in doubt. */
const RETRY_MS = 5 * SECOND_MS;
const DOUBT_MS = 2.5 * SECOND_MS;
/** So often at that pace, as each look costs a good part of the exchange's limits; then ever more slowly. */
const QUICK_LOOKS = 4;
/** From so many failures in a row on a person is told. */
const ALARM_AFTER = 5;
const UNCOMPARED =
  'the account could not be held against the exchange several times in a row; it is tried again, see the log for the cause';

interface ReconcilerParts extends Omit<ReconcileParts, 'doubts' | 'unheard' | 'untold'> {
  readonly hedge: Pick<HedgeWatch, 'look'>;
  readonly bookedFunding: StoreReaders['funding'];
  /** Until when earlier runs have booked it; null: none has. */
  readonly fundingUntil: number | null;
  /** Runs the work as an event of the engine. */
  readonly take: (work: () => void) => void;
  /** The books were held against an answer of the venue, which lacked the fills of these symbols; an event of the engine. */
  readonly compared: (unheard: ReadonlySet<VenueSymbol>) => void;
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
  /** Something of the account has not been told yet. */
  #isUntold = true;
  #failures = 0;
  /** In a row that left something in doubt. */
  #looks = 0;

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
    this.#isAsking = true;
    this.#isWantedAgain = false;
    try {
      const findings = await this.#questions.ask();
      let isCompared = false;
      this.#parts.take(() => {
        this.#compare(findings);
        isCompared = true;
      });
      // Whoever runs the events has told what was thrown.
      if (!isCompared) return this.#failed();
      this.#failures = 0;
      if (this.#doubts.areOpen) return this.#doubtful();
      this.#parts.reconciled();
      if (this.#isUntold) return this.#doubtful();
      this.#looks = 0;
      return this.#isWantedAgain ? 0 : RECONCILE_MS;
    } catch (failure) {
      this.#parts.failed(failure);
      return this.#failed();
    } finally {
      this.#isAsking = false;
    }
  }

  #doubtful(): number {
    this.#looks += 1;
    return Math.min(DOUBT_MS * 2 ** Math.max(0, this.#looks - QUICK_LOOKS), RECONCILE_MS);
  }

  #failed(): number {
    this.#failures += 1;
    if (this.#failures === ALARM_AFTER) this.#parts.take(() => this.#alarm(UNCOMPARED));
    return RETRY_MS;
  }

  #compare(findings: Findings): void {
    const { unheard, untold, refused } = findings;
    const parts = { ...this.#parts, doubts: this.#doubts, unheard, untold };
    const snapshot = parts.hedge.look(findings.snapshot);
    reconcile(parts, { ...findings, snapshot });
    confirmFlat(parts.context, parts.risk, snapshot);
    this.#questions.booked(findings);
    for (const { symbol, problem } of refused) {
      const what = `${symbol}: the exchange does not tell its fills (${problem ?? 'refused'})`;
      this.#alarm(`${what}; until it does, only what the account holds of it is compared`);
    }
    // What is waited for no more is looked at anew.
    if (refused.length > 0) this.#looks = 0;
    this.#parts.compared(unheard);
    this.#isUntold = unheard.size > 0;
  }

  #alarm(message: string): void {
    this.#parts.risk.raise({ type: 'anomaly_detected', severity: 'critical', message });
  }
}
