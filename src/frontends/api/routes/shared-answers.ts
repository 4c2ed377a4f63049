import type { Clock } from '../../../ports/clock.ts';
import type { EngineHandle } from '../../../ports/engine-handle.ts';

/** From this age on an answer is made anew: prices move, and no record tells of it. */
const FRESH_MS = 100;
/** While it is made anew, the one before is given, up to this age. */
const MOST_AGE_MS = 200;
const MOST_ANSWERS = 200;

interface Answer {
  readonly askedAt: number;
  /** The count of changes when it was asked for. */
  readonly changes: number;
  readonly text: Promise<string>;
  /** The answer that follows it, while that is being made. */
  renewal: Answer | null;
}

/**
 * Answers to the same question, made once for all who ask at the same moment. What was asked for before the desk changed is
 * never given to who asks after it: every change of the engine's state is told by an audit record.
 */
export class SharedAnswers {
  readonly #clock: Clock;
  readonly #answers = new Map<string, Answer>();
  readonly #deafen: () => void;
  #changes = 0;

  constructor(engine: EngineHandle, clock: Clock) {
    this.#clock = clock;
    this.#deafen = engine.onAudit(() => this.forget());
  }

  /** Something changed: whoever asks from now on is to see it. */
  forget(): void {
    this.#changes += 1;
  }

  /**
   * @param question the request as a text
   * @param make gives the answer to it
   */
  of(question: string, make: () => Promise<string>): Promise<string> {
    const known = this.#answers.get(question) ?? null;
    if (known === null || !this.#isUsable(known)) {
      const renewal = known?.renewal ?? null;
      const answer = renewal !== null && this.#isUsable(renewal) ? renewal : this.#ask(make);
      this.#keep(question, answer);
      return answer.text;
    }
    if (known.renewal === null && this.#ageOf(known) >= FRESH_MS) this.#renew(question, known, make);
    return known.text;
  }

  close(): void {
    this.#deafen();
  }

  #ageOf({ askedAt }: Answer): number {
    return this.#clock.monotonicMs() - askedAt;
  }

  #isUsable(answer: Answer): boolean {
    return answer.changes === this.#changes && this.#ageOf(answer) < MOST_AGE_MS;
  }

  #ask(make: () => Promise<string>): Answer {
    return { askedAt: this.#clock.monotonicMs(), changes: this.#changes, text: make(), renewal: null };
  }

  #renew(question: string, known: Answer, make: () => Promise<string>): void {
    const renewal = this.#ask(make);
    known.renewal = renewal;
    const isStill = (): boolean => this.#answers.get(question) === known;
    renewal.text.then(
      () => isStill() && this.#keep(question, renewal),
      // Who asks next asks anew, and hears of it.
      () => isStill() && this.#answers.delete(question),
    );
  }

  #keep(question: string, answer: Answer): void {
    this.#answers.delete(question);
    this.#answers.set(question, answer);
    answer.text.catch(() => this.#answers.delete(question));
    if (this.#answers.size <= MOST_ANSWERS) return;
    const [oldest] = this.#answers.keys();
    if (oldest !== undefined) this.#answers.delete(oldest);
  }
}
