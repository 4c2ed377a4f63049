import { describe, expect, it } from 'vitest';

import { seededRandom } from '../../lib/random.ts';
import { createFakeClock } from '../../testkit/fake-clock.ts';
import { ListenKeys } from './listen-keys.ts';

const HOUR_MS = 3_600_000;

function open() {
  const clock = createFakeClock();
  const expired: string[] = [];
  return { clock, expired, keys: new ListenKeys(clock, seededRandom(1), (key) => expired.push(key)) };
}

describe('listen keys', () => {
  it('are one per account, the same until they end', () => {
    const { keys } = open();
    const key = keys.open('a');
    expect(key).toMatch(/^[A-Za-z0-9]{64}$/);
    expect([keys.open('a'), keys.keepAlive('a'), keys.accountOf(key)]).toEqual([key, key, 'a']);
    expect(keys.open('b')).not.toBe(key);
    keys.close('a');
    expect([keys.accountOf(key), keys.keepAlive('a')]).toEqual([null, null]);
    expect(keys.open('a')).not.toBe(key);
  });

  it('end an hour after the last keepalive, and are told of once', async () => {
    const { clock, expired, keys } = open();
    const key = keys.open('a');
    await clock.advance(0.9 * HOUR_MS);
    keys.keepAlive('a');
    await clock.advance(0.9 * HOUR_MS);
    expect(expired).toEqual([]);
    await clock.advance(0.1 * HOUR_MS);
    expect([expired, keys.accountOf(key)]).toEqual([[key], null]);
    await clock.advance(2 * HOUR_MS);
    expect([expired.length, clock.pendingTimers()]).toEqual([1, 0]);
  });
});
