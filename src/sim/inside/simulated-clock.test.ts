import { describe, expect, it } from 'vitest';

import { clockSuite } from '../../testkit/clock-suite.ts';
import { createFakeClock } from '../../testkit/fake-clock.ts';
import { createSyntheticMarket } from '../market/synthetic-market.ts';
import { InsideStream } from './inside-stream.ts';
import { MarketDrive } from './market-drive.ts';
import { SimulatedClock } from './simulated-clock.ts';

const START = Date.UTC(2026, 0, 7, 9, 17);

clockSuite('the simulated clock, driven', () => {
  const source = createSyntheticMarket({ seed: 1, symbols: 1, startMs: START });
  const stream = new InsideStream(source, 'futures');
  const clock = new SimulatedClock(START);
  const counts = { timers: 0, unsettled: 0, maxLagMs: 0 };
  const stage = { source, stream, clock, counts, tapeEndMs: null, isClosed: false };
  const options = { speed: 'max', realClock: createFakeClock(), settle: () => undefined } as const;
  return {
    clock,
    elapse: async (ms) => {
      await new MarketDrive(stage, { ...options, until: clock.now() + ms }).run();
    },
  };
});

describe('the simulated clock', () => {
  it('stands until it is moved, and does not go back', () => {
    const clock = new SimulatedClock(START);
    expect([clock.now(), clock.monotonicMs(), clock.nextDueMs]).toEqual([START, 0, Infinity]);
    clock.moveTo(START + 5);
    clock.moveTo(START + 2);
    expect([clock.now(), clock.monotonicMs()]).toEqual([START + 5, 5]);
  });

  it('keeps fractions of a delay exactly, however late it is', () => {
    const clock = new SimulatedClock(START);
    const ranAt: number[] = [];
    clock.setTimer(0.1, () => ranAt.push(clock.monotonicMs(), clock.now()));
    clock.runNext();
    expect(ranAt).toEqual([0.1, START]);
    clock.runNext();
    expect(ranAt).toHaveLength(2);
  });

  it('ends a loop of timers that set each other without time passing', () => {
    const clock = new SimulatedClock(START);
    const again = (): void => void clock.setTimer(0, again);
    again();
    const run = (): void => {
      for (let i = 0; i <= 100_000; i += 1) clock.runNext();
    };
    expect(run).toThrow('do they set each other?');
  });
});
