import { expect, it } from 'vitest';
import { clockSuite } from '../testkit/clock-suite.ts';
import { createFakeClock } from '../testkit/fake-clock.ts';
import { ownTimers } from './own-timers.ts';

clockSuite('a clock of its own', () => {
  const clock = createFakeClock();
  return { clock: ownTimers(clock), elapse: (ms) => clock.advance(ms) };
});

it('what is set by a clock of its own runs, unless it was cancelled or its owner has ended', async () => {
  const clock = createFakeClock(1_000);
  const own = ownTimers(clock);
  const ran: string[] = [];
  own.setTimer(1_000, () => ran.push('first'));
  own.setTimer(1_000, () => ran.push('cancelled')).cancel();
  own.setTimer(3_000, () => ran.push('too late'));
  clock.setTimer(3_000, () => ran.push('of somebody else'));
  await clock.advance(2_000);
  own.end();
  own.setTimer(0, () => ran.push('after the end')).cancel();
  await clock.advance(2_000);
  expect(ran).toEqual(['first', 'of somebody else']);
  expect(own.now()).toBe(clock.now());
});
