import type { Exchange, OHLCV } from 'ccxt';
import { describe, expect, it } from 'vitest';

import { asId } from '../../../domain/ids.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import { MINUTE_MS, SECOND_MS } from '../../../domain/time.ts';
import { createFakeClock } from '../../../testkit/fake-clock.ts';
import { VenueHistory } from './venue-history.ts';

const NOW = Date.UTC(2026, 0, 5, 12) + 30 * SECOND_MS;
const FORMING = NOW - 30 * SECOND_MS;
const ask = (fromMs: number, toMs = NOW) => ({
  symbol: asId<VenueSymbol>('X'),
  timeframe: '1m' as const,
  fromMs,
  toMs,
});

/** A venue whose candles begin at `listedAt`, and which looks at so many minutes a call. */
function openHistory({ listedAt = 0, perCall = 100, aheadMs = null as number | null }) {
  const clock = createFakeClock(NOW);
  const calls: number[] = [];
  const exchange = {
    has: { fetchTime: aheadMs !== null },
    fetchTime: async () => clock.now() + (aheadMs ?? 0),
    async fetchOHLCV(_symbol: string, _timeframe: string, since: number, limit: number): Promise<OHLCV[]> {
      calls.push(since);
      const times = Array.from({ length: Math.min(limit, perCall) }, (_, index) => since + index * MINUTE_MS);
      return times.filter((time) => time >= listedAt && time <= NOW).map((time) => [time, 1, 1, 1, 1, 1]);
    },
  };
  return { history: new VenueHistory(exchange as unknown as Exchange, clock), calls };
}

describe('the history of a venue', () => {
  it.each([[7], [100], [5_000]])('is complete where the venue gives %i candles a call', async (perCall) => {
    const { history } = openHistory({ perCall });
    const fromMs = FORMING - 1_000 * MINUTE_MS;
    const candles = await history.candles(ask(fromMs), 'X');
    const times = Array.from({ length: 1_000 }, (_, index) => fromMs + index * MINUTE_MS);
    expect(candles.map(({ openTime }) => openTime)).toEqual(times);
    expect(candles.every(({ closed }) => closed)).toBe(true);
  });

  it('begins where the symbol was listed, and asks no more than it takes to find that', async () => {
    const listedAt = FORMING - 250 * MINUTE_MS;
    const { history, calls } = openHistory({ listedAt });
    const candles = await history.candles(ask(FORMING - 1_000 * MINUTE_MS), 'X');
    expect(candles.map(({ openTime }) => openTime)[0]).toBe(listedAt);
    expect(candles).toHaveLength(250);
    expect(calls.length).toBeLessThanOrEqual(11);
  });

  it('ends with the last candle that is closed by the time of the venue', async () => {
    const last = async (aheadMs: number | null) =>
      (await openHistory({ aheadMs }).history.candles(ask(FORMING - 5 * MINUTE_MS), 'X')).at(-1)?.openTime;
    expect(await last(0)).toBe(FORMING - MINUTE_MS);
    expect(await last(-31 * SECOND_MS)).toBe(FORMING - 2 * MINUTE_MS);
    expect(await last(30 * SECOND_MS)).toBe(FORMING);
    expect(await last(null)).toBe(FORMING - MINUTE_MS);
  });
});
