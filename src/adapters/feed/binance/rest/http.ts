import { describeFailure } from '../../../../domain/errors.ts';
import { SECOND_MS } from '../../../../domain/time.ts';
import { backoffMs } from '../../../../lib/backoff.ts';
import type { BackoffRule } from '../../../../lib/backoff.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { RequestPriority, WeightBudget } from '../../../../lib/weight-budget.ts';

const TIMEOUT_MS = 15 * SECOND_MS;
const TRIES = 4;
const RETRY: BackoffRule = { firstMs: SECOND_MS, maxMs: 8 * SECOND_MS, jitter: 0 };
/** When the venue refuses for its limits without saying until when. */
const DEFAULT_BLOCK_MS = 60 * SECOND_MS;

/**
 * How a request for data failed.
 * `unreachable`: no answer, an unreadable one, or the venue's own fault (5xx, -1000, -1001, -1006, -1007, -1008, -1016):
 * may work later. `limited`: 429, 418, -1003: may work after `retryAfterMs`. `refused`: the request itself is wrong (-1121 an
 * unknown symbol, -1120 an unknown interval, other 4xx): will not work again.
 * https://developers.binance.com/docs/binance-spot-api-docs/errors
 */
export type RestFault = 'unreachable' | 'limited' | 'refused';

const VENUE_FAULTS: ReadonlySet<number> = new Set([-1000, -1001, -1006, -1007, -1008, -1016]);
const TOO_MANY_REQUESTS = -1003;

const HINTS: Readonly<Record<RestFault, string>> = {
  unreachable: 'Check the network and the status of the exchange; it is tried again.',
  limited: 'Other programs on this address may use up the limit; it is tried again when the exchange allows.',
  refused: 'Check the symbol and the configured hosts.',
};

/** A request for market data that failed for good. */
export class RestError extends Error {
  readonly fault: RestFault;
  /** What was wrong, without the advice that the message ends with. */
  readonly problem: string;
  /** HTTP status, null when there was no answer. */
  readonly status: number | null;
  /** The venue's code (-1121), null when it gave none. */
  readonly venueCode: number | null;
  /** Until when the venue wants to be left alone. */
  readonly retryAfterMs: number;

  constructor(
    problem: string,
    details: Pick<RestError, 'fault' | 'status' | 'venueCode'> & {
      readonly retryAfterMs?: number;
      readonly cause?: unknown;
    },
  ) {
    super(`${problem}. ${HINTS[details.fault]}`, { cause: details.cause });
    this.name = 'RestError';
    this.fault = details.fault;
    this.problem = problem;
    this.status = details.status;
    this.venueCode = details.venueCode;
    this.retryAfterMs = details.retryAfterMs ?? 0;
  }
}

/** What a request costs, and how urgent it is. */
export interface RequestCost {
  readonly weight: number;
  readonly priority: RequestPriority;
  /** How often it is sent at most. Default: 4 times. */
  readonly tries?: number | undefined;
  /** Called before every try, when the budget has let it pass. */
  readonly onSend?: () => void;
}

/** Asks the venue for data that everybody may read, within the budget; what may work later is tried again. */
export class RestHttp {
  readonly #host: string;
  readonly #clock: Clock;
  readonly #budget: WeightBudget;
  /** What is under way: each ends it. */
  readonly #endings = new Set<() => void>();
  #isClosed = false;

  /** @param host without path: `https://api.binance.com` */
  constructor(host: string, clock: Clock, budget: WeightBudget) {
    this.#host = host;
    this.#clock = clock;
    this.#budget = budget;
  }

  /**
   * The parsed answer.
   * @throws RestError
   */
  async get(
    path: string,
    params: Readonly<Record<string, string | number>>,
    { weight, priority, tries = TRIES, onSend }: RequestCost,
  ): Promise<unknown> {
    const url = new URL(`${this.#host}${path}`);
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, String(value));
    for (let attempt = 1; ; attempt += 1) {
      await this.#budget.take(weight, priority);
      if (this.#isClosed)
        throw new RestError('the connection is closed', { fault: 'unreachable', status: null, venueCode: null });
      onSend?.();
      try {
        return await this.#request(url);
      } catch (error) {
        const isFinal = !(error instanceof RestError) || error.fault === 'refused' || attempt >= tries;
        if (isFinal || this.#isClosed) throw error;
        if (error.fault === 'unreachable') await this.#pause(backoffMs(attempt, RETRY, 0));
      }
    }
  }

  /** Gives up what is under way. */
  close(): void {
    this.#isClosed = true;
    for (const end of this.#endings) end();
  }

  async #request(url: URL): Promise<unknown> {
    const abort = new AbortController();
    const end = (): void => abort.abort(new Error('the connection is closed'));
    this.#endings.add(end);
    const timer = this.#clock.setTimer(TIMEOUT_MS, () =>
      abort.abort(new Error(`no answer within ${TIMEOUT_MS / SECOND_MS} s`)),
    );
    try {
      const response = await fetch(url, { signal: abort.signal, redirect: 'error' });
      this.#observe(response);
      const body = await response.text();
      return this.#read(url, response, body);
    } catch (error) {
      if (error instanceof RestError) throw error;
      const problem = `${url.host} does not answer to ${url.pathname}: ${describeFailure(causeOf(error))}`;
      throw new RestError(problem, { fault: 'unreachable', status: null, venueCode: null, cause: error });
    } finally {
      timer.cancel();
      this.#endings.delete(end);
    }
  }

  #observe({ headers }: Response): void {
    const used = Number(headers.get('x-mbx-used-weight-1m'));
    if (used > 0) this.#budget.observe(used);
  }

  #read(url: URL, { status, headers }: Response, body: string): unknown {
    const answer = parsed(body);
    if (status >= 200 && status < 300 && answer !== undefined) return answer;
    const { code, msg } = venueProblem(answer);
    const isLimited = status === 429 || status === 418 || code === TOO_MANY_REQUESTS;
    const isVenueFault = status >= 500 || answer === undefined || (code !== null && VENUE_FAULTS.has(code));
    const fault = isLimited ? 'limited' : isVenueFault ? 'unreachable' : 'refused';
    const retryAfterMs = isLimited ? retryAfter(headers) : 0;
    if (isLimited) this.#budget.block(retryAfterMs);
    const said = msg ?? (answer === undefined ? `an answer that is no JSON: "${body.slice(0, 80)}"` : 'no reason');
    const problem = `${url.host} answered ${url.pathname}${url.search} with HTTP ${status}, code ${code ?? 'none'}: ${said}`;
    throw new RestError(problem, { fault, status, venueCode: code, retryAfterMs });
  }

  async #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        timer.cancel();
        this.#endings.delete(end);
        resolve();
      };
      const timer = this.#clock.setTimer(ms, end);
      this.#endings.add(end);
    });
  }
}

/** `fetch failed` hides what happened in its cause. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? error.cause : error;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/** `{"code":-1121,"msg":"Invalid symbol."}` */
function venueProblem(answer: unknown): { readonly code: number | null; readonly msg: string | null } {
  if (typeof answer !== 'object' || answer === null) return { code: null, msg: null };
  const { code, msg } = answer as { code?: unknown; msg?: unknown };
  return { code: typeof code === 'number' ? code : null, msg: typeof msg === 'string' ? msg : null };
}

function retryAfter(headers: Headers): number {
  const seconds = Number(headers.get('retry-after'));
  return seconds > 0 ? seconds * SECOND_MS : DEFAULT_BLOCK_MS;
}
