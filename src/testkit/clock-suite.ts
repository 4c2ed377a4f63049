import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../ports/clock.ts';

/** A clock under test and the way to let its time pass. */
export interface ClockHarness {
  readonly clock: Clock;
  /** Settles when `ms` of the clock's time have passed and every timer due by then has run. */
  readonly elapse: (ms: number) => Promise<void>;
}

/** What every clock of the program keeps to (ports/clock.ts). */
export function clockSuite(name: string, createHarness: () => ClockHarness): void {
  describe(`${name} keeps the clock contract`, () => {
    it('tells whole milliseconds that never go back', async () => {
      const { clock, elapse } = createHarness();
      let lastNow = clock.now();
      let lastMonotonic = clock.monotonicMs();
      for (let step = 0; step < 5; step += 1) {
        await elapse(1);
        expect(Number.isInteger(clock.now())).toBe(true);
        expect(clock.now()).toBeGreaterThanOrEqual(lastNow);
        expect(clock.monotonicMs()).toBeGreaterThanOrEqual(lastMonotonic + 1);
        lastNow = clock.now();
        lastMonotonic = clock.monotonicMs();
      }
    });

    it('runs a timer once, after its delay, never inside the call that sets it', async () => {
      const { clock, elapse } = createHarness();
      for (const delayMs of [-5, 0, 0.5, 3]) {
        const setAt = clock.monotonicMs();
        const runsAt: number[] = [];
        clock.setTimer(delayMs, () => runsAt.push(clock.monotonicMs()));
        expect(runsAt).toEqual([]);
        await elapse(5);
        await elapse(5);
        expect(runsAt).toHaveLength(1);
        expect((runsAt[0] ?? 0) - setAt).toBeGreaterThanOrEqual(delayMs);
      }
    });

    it('runs timers in the order of their due times, those due at once in the order in which they were set', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: -2, max: 6 }), { maxLength: 25 }), async (delays) => {
          const { clock, elapse } = createHarness();
          const ran: number[] = [];
          const timers = delays.map((delayMs, index) => {
            const earliestDue = clock.monotonicMs() + Math.max(0, delayMs);
            clock.setTimer(delayMs, () => ran.push(index));
            return { index, earliestDue, latestDue: clock.monotonicMs() + Math.max(0, delayMs) };
          });
          await elapse(7);
          expect(ran.toSorted((a, b) => a - b)).toEqual(timers.map(({ index }) => index));
          for (const first of timers) {
            for (const second of timers) {
              const isEarlier = first.latestDue < second.earliestDue;
              const isSetFirst = first.index < second.index && delays[first.index] === delays[second.index];
              if (isEarlier || isSetFirst) expect(ran.indexOf(first.index)).toBeLessThan(ran.indexOf(second.index));
            }
          }
        }),
        { numRuns: 30 },
      );
    });

    it('runs a timer that a callback sets after those that were due already', async () => {
      const { clock, elapse } = createHarness();
      const ran: string[] = [];
      clock.setTimer(0, () => {
        ran.push('first');
        clock.setTimer(0, () => ran.push('set by the first'));
      });
      clock.setTimer(0, () => ran.push('second'));
      await elapse(1);
      expect(ran).toEqual(['first', 'second', 'set by the first']);
    });

    it('settles what one timer resolved before the next one runs', async () => {
      const { clock, elapse } = createHarness();
      const ran: string[] = [];
      const waitThrice = async (): Promise<void> => {
        await Promise.resolve();
        await Promise.resolve();
        await Promise.resolve();
        ran.push('continued');
      };
      clock.setTimer(1, () => void waitThrice());
      clock.setTimer(1, () => ran.push('second'));
      await elapse(3);
      expect(ran).toEqual(['continued', 'second']);
    });

    it('does not run a cancelled timer, and takes cancelling one that has run, or twice, for nothing', async () => {
      const { clock, elapse } = createHarness();
      const ran: string[] = [];
      const cancelled = clock.setTimer(1, () => ran.push('cancelled'));
      const killer = clock.setTimer(2, () => {
        ran.push('killer');
        victim.cancel();
        killer.cancel();
      });
      const victim = clock.setTimer(2, () => ran.push('victim'));
      clock.setTimer(2, () => ran.push('bystander'));
      cancelled.cancel();
      cancelled.cancel();
      await elapse(4);
      killer.cancel();
      await elapse(1);
      expect(ran).toEqual(['killer', 'bystander']);
    });

    it('takes delays longer than 2^31 ms, and none that is not finite', async () => {
      const { clock, elapse } = createHarness();
      const ran: number[] = [];
      const timers = [2 ** 31, 2 ** 40].map((delayMs) => clock.setTimer(delayMs, () => ran.push(delayMs)));
      await elapse(5);
      expect(ran).toEqual([]);
      for (const timer of timers) timer.cancel();
      for (const delayMs of [Number.NaN, Infinity]) {
        expect(() => clock.setTimer(delayMs, () => ran.push(delayMs))).toThrow(RangeError);
      }
    });
  });
}
