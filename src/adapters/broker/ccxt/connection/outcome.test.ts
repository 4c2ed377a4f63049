import { describe, expect, it } from 'vitest';
import { ConnectionFault, NotSent, RefusedHere, UnreadableAnswer, VenueRefusal } from './failures.ts';
import { failedOutcome, isRateLimited } from './outcome.ts';

const FINAL_AT = 7_000;

function refusal(status: number, code: number | null, retryAfterMs: number | null = null): VenueRefusal {
  return new VenueRefusal('POST /api/v3/order', { status, code, reason: 'because', retryAfterMs, answer: null });
}

describe('the outcome of a request that was not answered well', () => {
  it.each([
    ['500 with -1000', refusal(500, -1000)],
    ['500 with -1001', refusal(500, -1001)],
    ['503 with -1006', refusal(503, -1006)],
    ['503 without a code', refusal(503, null)],
    ['504', refusal(504, null)],
    ['502 from a proxy', refusal(502, null)],
    ['408 with -1007', refusal(408, -1007)],
    ['400 with -1000', refusal(400, -1000)],
    ['400 with -1006', refusal(400, -1006)],
    ['403 without a code', refusal(403, null)],
    ['an answer that is no JSON', new UnreadableAnswer('html')],
    ['a connection lost after the request was written', new ConnectionFault('reset', true)],
    ['something that nobody has thought of', new TypeError('x is not a function')],
  ])('is unknown: %s', (_, failure) => {
    expect(failedOutcome(failure, FINAL_AT)).toEqual({
      kind: 'unknown',
      cause: failure.message,
      notFoundFinalAt: FINAL_AT,
    });
  });

  it.each([
    ['429, by Retry-After', refusal(429, -1003, 17_000), 17_000],
    ['429 without Retry-After', refusal(429, -1003), 60_000],
    ['418, by Retry-After', refusal(418, -1003, 120_000), 120_000],
    ['418 without a readable body', refusal(418, null), 60_000],
    ['-1003 under another status', refusal(400, -1003), 60_000],
    ['503 with -1008', refusal(503, -1008), 1_000],
    ['429 with -1015', refusal(429, -1015), 10_000],
    ['429 with -1015, by Retry-After', refusal(429, -1015, 4_000), 4_000],
    ['400 with -1021', refusal(400, -1021), 1_000],
    ['a connection that never came about', new ConnectionFault('ECONNREFUSED', false), 1_000],
    ['a request that is held back here', new NotSent('banned', 5_000), 5_000],
  ])('is not executed: %s', (_, failure, retryAfterMs) => {
    expect(failedOutcome(failure, FINAL_AT)).toEqual({ kind: 'not_executed', cause: failure.message, retryAfterMs });
  });

  it.each([
    ['400 with -2010', refusal(400, -2010), '-2010', 'because'],
    ['400 with -1013', refusal(400, -1013), '-1013', 'because'],
    ['401 with -2015', refusal(401, -2015), '-2015', 'because'],
    ['404 with -1121', refusal(404, -1121), '-1121', 'because'],
    ['409 with -2021', refusal(409, -2021), '-2021', 'because'],
    ['what is refused here', new RefusedHere('LIST_UNSUPPORTED', 'no lists'), 'LIST_UNSUPPORTED', 'no lists'],
    ['what cannot be signed', new NotSent('a bad key', null), 'REQUEST_INVALID', 'a bad key'],
  ])('is refused: %s', (_, failure, code, reason) => {
    expect(failedOutcome(failure, FINAL_AT)).toEqual({ kind: 'refused', code, reason });
  });

  it('stops all requests for the weight, and orders alone for the number of orders', () => {
    expect(isRateLimited({ status: 429, code: -1003 })).toBe(true);
    expect(isRateLimited({ status: 418, code: null })).toBe(true);
    expect(isRateLimited({ status: 429, code: -1015 })).toBe(false);
    expect(isRateLimited({ status: 503, code: -1008 })).toBe(false);
  });
});
