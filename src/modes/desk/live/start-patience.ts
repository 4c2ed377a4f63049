import { failedOutcome } from '../../../adapters/broker/ccxt/connection/outcome.ts';
import { RestError } from '../../../adapters/feed/binance/rest/http.ts';
import { isPassing } from '../../../adapters/feed/ccxt/faults.ts';
import { AitraderError } from '../../../domain/errors.ts';
import { MINUTE_MS, SECOND_MS } from '../../../domain/time.ts';
import { backoffMs } from '../../../lib/backoff.ts';
import type { BackoffRule } from '../../../lib/backoff.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { Stop } from '../../wait-for-stop.ts';

/** Pauses of 1, 2, 4, 8, 15, 15 ... s. */
const PAUSES: BackoffRule = { firstMs: SECOND_MS, maxMs: 15 * SECOND_MS, jitter: 0 };

/**
 * How long after its first trouble a start goes on asking. Exchanges count requests by the minute: who has used up a limit may
 * be told to wait for a whole one, and is to have a few tries left after it. And a supervisor that gives up after ten starts in
 * ten minutes, as packaging/aitrader.service has it, does not do so for an exchange that is away: ten such starts take longer.
 */
const PATIENCE_MS = MINUTE_MS + 15 * SECOND_MS;

export interface PatienceTerms {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Settles when the user or a supervisor wants the program to end. */
  readonly stopped: Promise<Stop>;
}

/** The program was told to end before its start was over. */
export class StoppedAtStart extends Error {
  readonly stop: Stop;

  constructor(stop: Stop) {
    super(`the start was given up: ${stop.why}`);
    this.name = 'StoppedAtStart';
    this.stop = stop;
  }
}

/**
 * Asks the questions of a start again while the exchange is in trouble that may pass.
 *
 * What comes through here may be asked as often as one likes, as it changes nothing: the order in the check of the account is one
 * that the exchange only looks at. What changes something at a start is not waited for here, and is repeated by others, where
 * twice is as good as once: the account's stream asks for its key again, and gets the same one; leverage and margin mode are set
 * before the first entry of a symbol. Orders come after the start.
 */
export class StartPatience {
  readonly #terms: PatienceTerms;
  readonly #stopped: Promise<never>;
  /** Of all questions together; null: no trouble yet. By the monotonic clock. */
  #firstTroubleMs: number | null = null;
  #isOver = false;

  constructor(terms: PatienceTerms) {
    this.#terms = terms;
    this.#stopped = terms.stopped.then((stop) => Promise.reject(new StoppedAtStart(stop)));
    // It is heard by whoever waits for an answer then, if anybody does.
    this.#stopped.catch(() => undefined);
  }

  /**
   * The answer, if need be after several tries within about a minute for all questions together.
   * @param what is asked for, for messages: `the symbols`
   * @throws what the question throws, when asking again would not help; AitraderError `EXCHANGE_UNREACHABLE` after the last try
   * @throws StoppedAtStart as soon as the program is to end
   */
  async ask<Answer>(what: string, question: () => Promise<Answer>): Promise<Answer> {
    if (this.#isOver) return question();
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.#tried(question);
      if ('answer' in outcome) return outcome.answer;
      await this.#pause(this.#waitMs(what, tries, outcome.trouble));
    }
  }

  /** Whether the start is over. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The start is over: from now on every question is asked once. */
  end(): void {
    this.#isOver = true;
  }

  /** @throws AitraderError for what is final */
  async #tried<Answer>(
    question: () => Promise<Answer>,
  ): Promise<{ readonly answer: Answer } | { readonly trouble: Trouble }> {
    try {
      return { answer: await Promise.race([question(), this.#stopped]) };
    } catch (failure) {
      const trouble = passingTrouble(failure);
      if (trouble === null) throw failure;
      return { trouble };
    }
  }

  /**
   * How long to pause before the next try, which is told.
   * @throws AitraderError `EXCHANGE_UNREACHABLE` when there is no time for another one
   */
  #waitMs(what: string, tries: number, { venue, problem, retryAfterMs, cause }: Trouble): number {
    const { clock, logger } = this.#terms;
    const now = clock.monotonicMs();
    this.#firstTroubleMs ??= now;
    const leftMs = this.#firstTroubleMs + PATIENCE_MS - now;
    // The last pause is cut short, but never one that the exchange has asked for.
    const waitMs = Math.max(retryAfterMs, Math.min(backoffMs(tries, PAUSES, 0), leftMs));
    if (leftMs < PAUSES.firstMs || waitMs > leftMs) {
      const asked = `asked for ${what} ${tries === 1 ? 'once' : `${tries} times`}, it gave no good answer`;
      const limit = `the ${inSeconds(PATIENCE_MS)} for which a start goes on asking`;
      const end =
        waitMs > leftMs
          ? `the next try could be in ${inSeconds(waitMs)}, beyond ${limit}: start it again after that`
          : `${limit} are over`;
      const context = { venue, problem: `${asked}, and ${end} (${problem})` };
      throw new AitraderError('EXCHANGE_UNREACHABLE', context, { cause });
    }
    const next = `asked again in ${inSeconds(waitMs)} (try ${tries + 1})`;
    logger.warn(`the start waits for the exchange: no good answer about ${what}, ${next}: ${problem}`);
    return waitMs;
  }

  async #pause(ms: number): Promise<void> {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const timer = this.#terms.clock.setTimer(ms, resolve);
    await Promise.race([over, this.#stopped]).finally(() => timer.cancel());
  }
}

/** Why a question was not answered, which may be otherwise a little later. */
interface Trouble {
  /** How the exchange is called in messages. */
  readonly venue: string;
  readonly problem: string;
  /** How long the exchange wants to be left alone; 0 when it does not say. */
  readonly retryAfterMs: number;
  readonly cause: unknown;
}

/** Null for what is final: by the adapters' own words, and for account and exchange by the table of architecture 6. */
function passingTrouble(failure: unknown): Trouble | null {
  if (!(failure instanceof AitraderError) || failure.code !== 'EXCHANGE_UNREACHABLE') return null;
  const { cause } = failure;
  if (cause instanceof AitraderError) return passingTrouble(cause);
  const venue = String(failure.context['venue']);
  if (cause instanceof RestError) {
    const { fault, problem, retryAfterMs } = cause;
    return fault === 'refused' ? null : { venue, problem, retryAfterMs, cause };
  }
  if (!isPassing(cause)) return null;
  const outcome = failedOutcome(cause, 0);
  if (outcome.kind === 'refused') return null;
  const retryAfterMs = outcome.kind === 'not_executed' ? outcome.retryAfterMs : 0;
  return { venue, problem: String(failure.context['problem']), retryAfterMs, cause };
}

function inSeconds(ms: number): string {
  return `${Math.ceil(ms / SECOND_MS)} s`;
}
