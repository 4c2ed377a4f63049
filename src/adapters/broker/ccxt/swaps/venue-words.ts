/** What the venues of swaps write alike. */
import { describeFailure } from '../../../../domain/errors.ts';
import type { Price } from '../../../../domain/decimal.ts';
import type { OrderTerms, TimeInForce, TriggerSource } from '../../../../domain/order/order.ts';
import { JudgedRefusal, NotSent, RefusedHere } from '../connection/failures.ts';
import type { RefusalMeaning } from '../connection/failures.ts';
import type { RawAnswer, VenueProtocol } from '../connection/api-client.ts';
import { MINUTE_MS, SECOND_MS } from '../../../../domain/time.ts';

const TIMES_IN_FORCE: readonly TimeInForce[] = ['GTC', 'IOC', 'FOK'];

/** Good till cancelled unless the venue writes another that we know. */
export function timeInForceOf(text: unknown): TimeInForce {
  return TIMES_IN_FORCE.find((known) => known === String(text).toUpperCase()) ?? 'GTC';
}

/** What a conditional order is, by what sets it off and what it does then. */
export function conditionalTerms(order: {
  readonly kind: 'stop' | 'take_profit';
  readonly triggerPrice: Price;
  readonly triggerSource: TriggerSource;
  /** Null: a market order. */
  readonly price: Price | null;
}): OrderTerms {
  const { kind, triggerPrice, triggerSource, price } = order;
  if (kind === 'take_profit') return { type: 'take_profit', triggerPrice, triggerSource, price };
  if (price === null) return { type: 'stop_market', triggerPrice, triggerSource };
  return { type: 'stop_limit', triggerPrice, triggerSource, price, timeInForce: 'GTC' };
}

/** What codes mean, and words where one code stands for many things. */
export interface RefusalTable {
  readonly codes: Readonly<Record<string, RefusalMeaning>>;
  readonly words: readonly (readonly [code: string, pattern: RegExp, meaning: RefusalMeaning])[];
  /** How long to wait after too many requests, where the venue does not say it. */
  readonly limitWaitMs: number;
}

/** A venue's code with what it means; what is not in the table is refused. */
export function judged(
  { request, status }: RawAnswer,
  refusal: { readonly code: string; readonly reason: string; readonly retryAfterMs?: number | null },
  { codes, words, limitWaitMs }: RefusalTable,
): JudgedRefusal {
  const { code, reason } = refusal;
  const [, , said] = words.find(([of, pattern]) => of === code && pattern.test(reason)) ?? [];
  // A code that nobody knows says little about a request that the venue has stumbled over.
  const meaning = said ?? codes[code] ?? (status >= 500 ? 'unknown' : 'refused');
  const retryAfterMs = refusal.retryAfterMs ?? (meaning === 'limit' ? limitWaitMs : null);
  return new JudgedRefusal(request, { meaning, code, reason, retryAfterMs });
}

/** What is the same in all protocols whose refusals are judged. */
export const JUDGED_PROTOCOL: Pick<VenueProtocol, 'limitMs' | 'isBadTimestamp' | 'usedWeight'> = {
  limitMs(failure) {
    if (!(failure instanceof JudgedRefusal) || failure.meaning !== 'limit') return null;
    return failure.retryAfterMs ?? MINUTE_MS;
  },
  isBadTimestamp: (failure) => failure instanceof JudgedRefusal && failure.meaning === 'clock',
  usedWeight: () => null,
};

/** What an HTTP status means that comes without a code of the venue; null for a good one. */
export function judgedStatus(answer: RawAnswer): JudgedRefusal | null {
  const { request, status, headers, body } = answer;
  if (status >= 200 && status < 300) return null;
  const seconds = Number(headers['Retry-After']);
  const retryAfterMs = seconds > 0 ? seconds * SECOND_MS : null;
  // Of what a gateway says in the place of the venue nobody knows whether the venue has seen the request.
  const meaning = status === 429 || status === 418 ? 'limit' : status === 401 ? 'keys' : 'unknown';
  return new JudgedRefusal(request, { meaning, code: `HTTP_${status}`, reason: body.slice(0, 80), retryAfterMs });
}

/**
 * The answer to a question without which an order cannot be sent. When there is none, nothing has been sent.
 * @throws RefusedHere, NotSent
 */
export async function beforehand<Answer>(question: Promise<Answer>): Promise<Answer> {
  try {
    return await question;
  } catch (failure) {
    if (failure instanceof RefusedHere) throw failure;
    const problem = `what the order needs cannot be asked for: ${describeFailure(failure)}`;
    throw new NotSent(problem, SECOND_MS);
  }
}
