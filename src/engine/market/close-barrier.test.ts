import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { asId } from '../../domain/ids.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import { createFakeClock } from '../../testkit/fake-clock.ts';
import { CLOSE_GRACE_MS, CloseBarrier } from './close-barrier.ts';
import type { ClosedBoundary } from './close-barrier.ts';

const START = Date.UTC(2024, 7, 8);
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'].map((symbol) => asId<VenueSymbol>(symbol));
const [BTC, ETH, SOL] = SYMBOLS as [VenueSymbol, VenueSymbol, VenueSymbol];

function barrierOf(awaited: () => Iterable<VenueSymbol> = () => SYMBOLS): {
  clock: ReturnType<typeof createFakeClock>;
  barrier: CloseBarrier;
  told: (ClosedBoundary & { at: number })[];
  late: { symbol: VenueSymbol; time: number }[];
} {
  const clock = createFakeClock(START + 1);
  const told: (ClosedBoundary & { at: number })[] = [];
  const late: { symbol: VenueSymbol; time: number }[] = [];
  const barrier = new CloseBarrier({
    clock,
    awaited,
    onClosed: (boundary) => told.push({ ...boundary, at: clock.now() }),
    onLate: (symbol, time) => late.push({ symbol, time }),
  });
  barrier.start();
  return { clock, barrier, told, late };
}

describe('the close barrier', () => {
  it('tells a boundary at the moment in which the last awaited symbol delivers', async () => {
    const { clock, barrier, told } = barrierOf();
    const boundary = START + MINUTE_MS;
    await clock.advance(MINUTE_MS + 49);
    barrier.delivered(BTC, boundary);
    barrier.delivered(SOL, boundary);
    expect(told).toEqual([]);
    await clock.advance(30);
    barrier.delivered(ETH, boundary);
    expect(told).toEqual([{ time: boundary, late: [], at: boundary + 80 }]);
  });

  it('waits two seconds for what is late, then goes on and reports it when it comes', async () => {
    const { clock, barrier, told, late } = barrierOf();
    const boundary = START + MINUTE_MS;
    await clock.advance(MINUTE_MS + 9);
    barrier.delivered(BTC, boundary);
    await clock.advance(CLOSE_GRACE_MS);
    expect(told).toEqual([{ time: boundary, late: [ETH, SOL], at: boundary + CLOSE_GRACE_MS }]);
    barrier.delivered(ETH, boundary);
    expect(late).toEqual([{ symbol: ETH, time: boundary }]);
    expect(told).toHaveLength(1);
  });

  it('does not wait for a symbol that went stale', async () => {
    const { clock, barrier, told } = barrierOf();
    await clock.advance(MINUTE_MS);
    barrier.delivered(BTC, START + MINUTE_MS);
    barrier.delivered(ETH, START + MINUTE_MS);
    barrier.excused(SOL);
    expect(told.map((boundary) => boundary.late)).toEqual([[]]);
  });

  it('tells every boundary once and in order, whatever comes when', async () => {
    const deliveries = fc.array(
      fc.record({
        symbol: fc.constantFrom(...SYMBOLS),
        minute: fc.integer({ min: -1, max: 8 }),
        waitMs: fc.integer({ min: 0, max: 30_000 }),
      }),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(deliveries, async (steps) => {
        const { clock, barrier, told } = barrierOf();
        for (const { symbol, minute, waitMs } of steps) {
          await clock.advance(waitMs);
          const boundary = START + minute * MINUTE_MS;
          if (boundary <= clock.now()) barrier.delivered(symbol, boundary);
        }
        await clock.advance(2 * MINUTE_MS);
        const times = told.map((boundary) => boundary.time);
        expect(times).toEqual(times.map((_, index) => START + (index + 1) * MINUTE_MS));
        for (const boundary of told) {
          expect(boundary.at).toBeGreaterThanOrEqual(boundary.time);
          expect(boundary.at).toBeLessThanOrEqual(boundary.time + CLOSE_GRACE_MS);
        }
        barrier.stop();
      }),
      { numRuns: 100 },
    );
  });

  it('leaves no timer behind when it is stopped', async () => {
    const { clock, barrier, told } = barrierOf();
    barrier.stop();
    await clock.advance(10 * MINUTE_MS);
    expect(told).toEqual([]);
  });
});
