/** How the broker keeps the exchange's time, whatever its answers take: requests with a wrong timestamp are refused. */
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { openVenueClient } from '../../src/adapters/broker/ccxt/connection/venue-client.ts';
import { asId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/lib/secret.ts';
import { WeightBudget } from '../../src/lib/weight-budget.ts';
import { loadCcxtVenue } from '../../src/modes/assets.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';

const QUESTION = { weight: 1, priority: 'question' } as const;
const COST = { min: 0, max: 9_000 };

/** A venue whose clock is ahead by `aheadMs`, which takes its time on the way to it and back. */
async function clientOf(terms: { aheadMs: number; thereMs: number; backMs: number }) {
  const clock = createFakeClock();
  const timestamps: { readonly said: number; readonly true: number }[] = [];
  let isRefusing = false;
  const client = openVenueClient({
    account: { id: asId('main'), userId: asId('user'), venue: 'binance', market: 'spot', money: 'live', label: 'main' },
    venueClass: await loadCcxtVenue('binance'),
    ...{ apiKey: new Secret('k'.repeat(64)), secret: new Secret('s'.repeat(64)), clock },
    hosts: { rest: 'http://venue', userStream: '' },
    budget: new WeightBudget(clock, 6_000),
    async transport({ url }) {
      const { pathname, searchParams } = new URL(url);
      const said = Number(searchParams.get('timestamp'));
      if (said > 0) timestamps.push({ said, true: clock.now() + terms.aheadMs });
      if (pathname !== '/api/v3/time') {
        const body = JSON.stringify(isRefusing ? { code: -1021, msg: 'Timestamp' } : {});
        return { status: isRefusing ? 400 : 200, headers: {}, body };
      }
      await clock.advance(terms.thereMs);
      const body = JSON.stringify({ serverTime: clock.now() + terms.aheadMs });
      await clock.advance(terms.backMs);
      return { status: 200, headers: {}, body };
    },
  });
  const ask = async (): Promise<void> => void (await client.call('privateGetAccount', {}, QUESTION).catch(() => null));
  return { ask, timestamps, refuse: (is: boolean) => (isRefusing = is) };
}

it('is never further off than the answer to the question for it took', async () => {
  const delays = { thereMs: fc.integer(COST), backMs: fc.integer(COST) };
  const terms = fc.record({ aheadMs: fc.integer({ min: -60_000, max: 60_000 }), ...delays });
  await fc.assert(
    fc.asyncProperty(terms, async (given) => {
      const { ask, timestamps } = await clientOf(given);
      await ask();
      const [{ said, true: now } = { said: NaN, true: NaN }] = timestamps;
      expect(Math.abs(said - now)).toBeLessThanOrEqual(given.thereMs + given.backMs + 1);
    }),
    { numRuns: 50 },
  );
});

it('does not let a slow answer move a clock that is right', async () => {
  const delays = fc.record({ aheadMs: fc.constant(0), thereMs: fc.integer(COST), backMs: fc.integer(COST) });
  await fc.assert(
    fc.asyncProperty(delays, async (given) => {
      const { ask, timestamps } = await clientOf(given);
      await ask();
      expect(timestamps[0]?.said).toBe(timestamps[0]?.true);
    }),
    { numRuns: 50 },
  );
});

it('is measured anew, and believed, when a timestamp was refused', async () => {
  const { ask, timestamps, refuse } = await clientOf({ aheadMs: 1_500, thereMs: 1_500, backMs: 1_500 });
  refuse(true);
  await ask();
  expect(timestamps[0]).toMatchObject({ said: (timestamps[0]?.true ?? NaN) - 1_500 });
  refuse(false);
  await ask();
  expect(timestamps[1]?.said).toBe(timestamps[1]?.true);
});
