import { describe, expect, it } from 'vitest';

import { VenueError } from '../venue-error.ts';
import { RateLimiter } from './rate-limits.ts';

const LIMITS = [
  { kind: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 100 },
  { kind: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 2 },
] as const;
const START = 1_700_000_040_000;

function refusal(action: () => void): VenueError {
  try {
    action();
  } catch (failure) {
    if (failure instanceof VenueError) return failure;
  }
  throw new Error('nothing was refused');
}

describe('rate limits', () => {
  it('let weight through up to the limit, then refuse with 429, -1003 and Retry-After until the window ends', () => {
    const limiter = new RateLimiter(LIMITS);
    limiter.takeWeight(100, START);
    expect(limiter.headers(START, false)).toEqual({ 'X-MBX-USED-WEIGHT-1M': '100' });
    const refused = refusal(() => limiter.takeWeight(1, START + 20_000));
    expect([refused.status, refused.code, refused.headers['Retry-After']]).toEqual([429, -1003, '40']);
    limiter.takeWeight(100, START + 60_000);
  });

  it('ban with 418 who goes on against refusals', () => {
    const limiter = new RateLimiter(LIMITS);
    limiter.takeWeight(100, START);
    for (let turn = 0; turn < 21; turn += 1) refusal(() => limiter.takeWeight(1, START));
    const banned = refusal(() => limiter.takeWeight(1, START + 61_000));
    expect([banned.status, banned.code]).toEqual([418, -1003]);
    expect(Number(banned.headers['Retry-After'])).toBeGreaterThan(0);
    limiter.takeWeight(1, START + 121_000);
  });

  it('count orders and refuse them with 429 and -1015', () => {
    const limiter = new RateLimiter(LIMITS);
    limiter.takeOrder(START);
    limiter.takeOrder(START);
    expect(limiter.headers(START, true)['X-MBX-ORDER-COUNT-10S']).toBe('2');
    const refused = refusal(() => limiter.takeOrder(START));
    expect([refused.status, refused.code, refused.headers['Retry-After']]).toEqual([429, -1015, '10']);
    limiter.takeOrder(START + 10_000);
  });

  it('are described to WebSocket clients with their counts', () => {
    const limiter = new RateLimiter(LIMITS);
    limiter.takeWeight(7, START);
    expect(limiter.describe(START, false)).toEqual([
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 100, count: 7 },
    ]);
  });
});
