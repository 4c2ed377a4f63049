import { describe, expect, it } from 'vitest';

import { createFakeClock } from '../../testkit/fake-clock.ts';
import { silentLogger } from '../../testkit/silent-logger.ts';
import type { Stop } from '../wait-for-stop.ts';
import { endInTime } from './end-in-time.ts';

function ending() {
  const clock = createFakeClock();
  const exits: number[] = [];
  const asked = Promise.withResolvers<Stop>();
  const end = endInTime(asked.promise, { clock, logger: silentLogger, exit: (exitCode) => exits.push(exitCode) });
  const ask = () => asked.resolve({ why: 'SIGTERM', exitCode: 143 });
  return { clock, exits, ask, end };
}

describe('an end that does not come', () => {
  it('is cut short 30 s after it was asked for, however long the program ran before', async () => {
    const { clock, exits, ask } = ending();
    await clock.advance(3_600_000);
    expect(exits).toEqual([]);
    ask();
    await clock.advance(29_999);
    expect(exits).toEqual([]);
    await clock.advance(1);
    expect(exits).toEqual([70]);
  });

  it('that came in time is left alone, and nothing is waited for after it', async () => {
    const { clock, exits, ask, end } = ending();
    ask();
    await clock.advance(5_000);
    end.cancel();
    expect(clock.pendingTimers()).toBe(0);
    await clock.advance(60_000);
    expect(exits).toEqual([]);
  });

  it('that comes before it was asked for sets no clock ticking', async () => {
    const { clock, exits, ask, end } = ending();
    end.cancel();
    ask();
    await clock.advance(60_000);
    expect(exits).toEqual([]);
  });
});
