import { describe, expect, it } from 'vitest';
import { clockSuite } from './clock-suite.ts';
import { createFakeClock } from './fake-clock.ts';

clockSuite('the fake clock', () => {
  const clock = createFakeClock();
  return { clock, elapse: (ms) => clock.advance(ms) };
});

describe('the fake clock', () => {
  it('stands until it is advanced, and runs each timer at its own time', async () => {
    const clock = createFakeClock(1_000);
    const times: number[] = [];
    for (const delayMs of [300, 100, 200.5]) clock.setTimer(delayMs, () => times.push(clock.now()));
    expect(clock.now()).toBe(1_000);
    await clock.advance(250);
    expect(times).toEqual([1_100, 1_200]);
    expect(clock.now()).toBe(1_250);
    expect(clock.pendingTimers()).toBe(1);
    await clock.advance(50);
    expect(times).toEqual([1_100, 1_200, 1_300]);
  });

  it('runs timers that others set, and that promises set, within the same advance', async () => {
    const clock = createFakeClock(0);
    const times: number[] = [];
    const tick = (): void => {
      times.push(clock.now());
      void Promise.resolve().then(() => clock.setTimer(10, tick));
    };
    clock.setTimer(10, tick);
    await clock.advance(35);
    expect(times).toEqual([10, 20, 30]);
  });

  it('gives what a callback throws to the one who advances, and keeps the timers after it', async () => {
    const clock = createFakeClock(0);
    const ran: number[] = [];
    clock.setTimer(10, () => {
      throw new Error('boom');
    });
    clock.setTimer(20, () => ran.push(clock.now()));
    await expect(clock.advance(100)).rejects.toThrow('boom');
    expect(clock.now()).toBe(10);
    await clock.advance(10);
    expect(ran).toEqual([20]);
  });

  it('refuses to go back, and to be advanced twice at once', async () => {
    const clock = createFakeClock();
    await expect(clock.advance(-1)).rejects.toThrow(RangeError);
    await expect(clock.advance(Number.NaN)).rejects.toThrow(RangeError);
    const first = clock.advance(1);
    await expect(clock.advance(1)).rejects.toThrow('await the first call');
    await first;
  });
});
