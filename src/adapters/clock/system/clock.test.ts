import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clockSuite } from '../../../testkit/clock-suite.ts';
import { createSystemClock } from './clock.ts';

clockSuite('the system clock', () => {
  const clock = createSystemClock();
  return { clock, elapse: (ms) => new Promise((resolve) => clock.setTimer(ms, resolve)) };
});

describe('the system clock beside a machine whose clock is set', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('holds while the machine stands behind an earlier answer, and goes on from there', () => {
    const clock = createSystemClock();
    expect(clock.now()).toBe(1_000_000);
    vi.setSystemTime(400_000);
    expect(clock.now()).toBe(1_000_000);
    vi.setSystemTime(1_000_001);
    expect(clock.now()).toBe(1_000_001);
  });

  it('runs a timer of more than 2^31 ms once, when its time has come', async () => {
    const clock = createSystemClock();
    const runsAt: number[] = [];
    const start = clock.monotonicMs();
    clock.setTimer(2 ** 31 + 5_000, () => runsAt.push(clock.monotonicMs() - start));
    await vi.advanceTimersByTimeAsync(2 ** 31 + 4_999);
    expect(runsAt).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(runsAt).toEqual([2 ** 31 + 5_000]);
  });
});

/** Runs `script` in a Node of its own, where `clock` is a system clock, and gives what it printed, warnings included. */
function runWithClock(script: string): string {
  const module = JSON.stringify(join(import.meta.dirname, 'clock.ts'));
  const source = `import { createSystemClock } from ${module}; const clock = createSystemClock(); ${script}`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return stdout + stderr;
}

describe('the system clock in a process', () => {
  it('keeps the process alive while a timer waits, and not when all are cancelled', () => {
    expect(runWithClock('clock.setTimer(30, () => console.log("ran"))')).toBe('ran\n');
    expect(runWithClock('clock.setTimer(3_600_000, () => {}).cancel(); clock.setTimer(0, () => {}).cancel()')).toBe('');
  });

  it('does not overflow the timeouts of Node', () => {
    const script = 'const long = clock.setTimer(2 ** 40, () => {}); clock.setTimer(5, () => long.cancel());';
    expect(runWithClock(script)).toBe('');
  });

  it('makes what a callback throws an uncaught exception, and runs the other timers', () => {
    const script = `
      process.on('uncaughtException', (error) => console.log('uncaught', error.message));
      clock.setTimer(5, () => { throw new Error('boom'); });
      clock.setTimer(5, () => console.log('second'));
      clock.setTimer(6, () => console.log('third'));`;
    expect(runWithClock(script)).toBe('uncaught boom\nsecond\nthird\n');
  });
});
