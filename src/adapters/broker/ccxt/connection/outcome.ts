import { describeFailure } from '../../../../domain/errors.ts';
import { MINUTE_MS, SECOND_MS } from '../../../../domain/time.ts';
import type { RequestOutcome } from '../../../../ports/broker.ts';
import { ConnectionFault, JudgedRefusal, NotSent, RefusedHere, VenueRefusal } from './failures.ts';
import type { RefusalMeaning } from './failures.ts';

/** What can come of a request that was not answered well. */
export type FailedOutcome = Exclude<RequestOutcome, { kind: 'answered' }>;

/** The venue's own trouble: it may have carried the request out. */
const UNKNOWN_CODES: ReadonlySet<number> = new Set([-1000, -1001, -1006, -1007]);
/** Surely not executed: overload (-1008), too many orders (-1015), a clock outside the window (-1021), weight (-1003). */
const NOT_EXECUTED_CODES: ReadonlySet<number> = new Set([-1003, -1008, -1015, -1021]);
const TOO_MANY_REQUESTS = 429;
const BANNED = 418;

/** When the venue does not say how long to wait. */
const WAIT_FOR_LIMIT_MS = MINUTE_MS;
const WAIT_MS = SECOND_MS;
const WAIT_FOR_ORDER_LIMIT_MS = 10 * SECOND_MS;

/** True when the venue wants to be left alone: 429, 418, -1003. */
export function isRateLimited({ status, code }: Pick<VenueRefusal, 'status' | 'code'>): boolean {
  return code !== -1015 && (status === TOO_MANY_REQUESTS || status === BANNED || code === -1003);
}

/** How long the venue wants to be left alone. */
export function limitWaitMs({ code, status, retryAfterMs }: VenueRefusal): number {
  if (retryAfterMs !== null) return retryAfterMs;
  if (code === -1015) return WAIT_FOR_ORDER_LIMIT_MS;
  return isRateLimited({ status, code }) ? WAIT_FOR_LIMIT_MS : WAIT_MS;
}

/**
 * What came of a request, by the table of architecture decision 6: HTTP status and venue code alone decide (of Binance here;
 * refusals of other venues come with the verdict of their own table). The library's
 * error classes do not: they read 503 and -1006 as refusals, and know futures codes on the venue's own hosts only.
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/general-info#http-return-codes
 * @param notFoundFinalAt from when on "not found" means never executed
 */
export function failedOutcome(failure: unknown, notFoundFinalAt: number): FailedOutcome {
  const cause = describeFailure(failure);
  const unknown = { kind: 'unknown', cause, notFoundFinalAt } as const;
  if (failure instanceof RefusedHere) return { kind: 'refused', code: failure.code, reason: cause };
  if (failure instanceof JudgedRefusal) return judgedOutcome(failure) ?? unknown;
  if (failure instanceof NotSent) {
    if (failure.retryAfterMs === null) return { kind: 'refused', code: 'REQUEST_INVALID', reason: cause };
    return { kind: 'not_executed', cause, retryAfterMs: failure.retryAfterMs };
  }
  if (failure instanceof ConnectionFault && !failure.mayHaveArrived) {
    return { kind: 'not_executed', cause, retryAfterMs: WAIT_MS };
  }
  if (!(failure instanceof VenueRefusal)) return unknown;
  const { status, code, reason } = failure;
  const isNotExecuted = isRateLimited(failure) || (code !== null && NOT_EXECUTED_CODES.has(code));
  if (isNotExecuted) return { kind: 'not_executed', cause, retryAfterMs: limitWaitMs(failure) };
  const isClear = code !== null && !UNKNOWN_CODES.has(code) && status >= 400 && status < 500;
  return isClear ? { kind: 'refused', code: String(code), reason } : unknown;
}

/** The codes that the engine acts on, whatever the venue calls them. */
const NEUTRAL_CODES: Readonly<Partial<Record<RefusalMeaning, string>>> = {
  would_trigger: 'would_trigger_immediately',
  nothing_to_reduce: 'reduce_only_rejected',
  hedge: 'HEDGE_MODE',
};

function judgedOutcome({ meaning, code, message, retryAfterMs }: JudgedRefusal): FailedOutcome | null {
  switch (meaning) {
    case 'unknown':
      return null;
    case 'limit':
      return { kind: 'not_executed', cause: message, retryAfterMs: retryAfterMs ?? WAIT_FOR_LIMIT_MS };
    case 'wait':
    case 'clock':
      return { kind: 'not_executed', cause: message, retryAfterMs: retryAfterMs ?? WAIT_MS };
    default:
      return { kind: 'refused', code: NEUTRAL_CODES[meaning] ?? code, reason: message };
  }
}
