import { describe, expect, it } from 'vitest';

import { DAY_MS, MINUTE_MS } from '../../../domain/time.ts';
import type { Logger } from '../../../ports/logger.ts';
import { createFakeClock } from '../../../testkit/fake-clock.ts';
import { endOfTape, tapeNotice, tellTape } from './tape-news.ts';

const T0 = Date.UTC(2018, 0, 10, 4, 55);
const EARLY = { symbol: 'ETHBTC', fromMs: T0, toMs: T0 + DAY_MS, isWhole: true };
const LATE = { symbol: 'BTCUSDT', fromMs: T0 + 9 * DAY_MS, toMs: T0 + 10 * DAY_MS + 1, isWhole: true };
const LONG = { symbol: 'SOLUSDT', fromMs: T0, toMs: T0 + MINUTE_MS, isWhole: false };

describe('what is said of a tape', () => {
  it('names its symbols with their times, those that begin much later, and each beginning and end as it comes', async () => {
    const lines: string[] = [];
    const say = (message: string): void => void lines.push(message);
    const clock = createFakeClock(T0);
    tellTape([EARLY, LATE, LONG], { clock, logger: { info: say, warn: say } as unknown as Logger });
    expect(lines).toEqual([
      'the tape, UTC: ETHBTC (2018-01-10 04:55 to 2018-01-11 04:55); ' +
        'BTCUSDT (2018-01-19 04:55 to 2018-01-20 04:55); SOLUSDT (from 2018-01-10 04:55 on)',
      'BTCUSDT begins 9 days after the tape does and has no price until then; play it by itself',
    ]);
    await clock.advance(20 * DAY_MS);
    expect(lines.slice(2)).toEqual(['ETHBTC: its data have ended, its last price stands', 'BTCUSDT: its data begin']);
  });

  it('tells in the header where it stands, and what it has no data of', () => {
    expect(tapeNotice([], T0)).toBeNull();
    expect(tapeNotice([EARLY], T0)).toBe('2018-01-10 04:55');
    expect(tapeNotice([EARLY, LATE], T0)).toBe('2018-01-10 04:55, no data of BTCUSDT until 2018-01-19 04:55');
    expect(tapeNotice([EARLY, LATE], T0 + 2 * DAY_MS)).toBe(
      '2018-01-12 04:55, no data of ETHBTC since 2018-01-11 04:55 and 1 more',
    );
    expect(tapeNotice([LONG], T0 + DAY_MS)).toBe('2018-01-11 04:55');
  });

  it('ends with the minute of the last data, where all of it was looked at', () => {
    expect(endOfTape([EARLY])).toBe(T0 + DAY_MS);
    expect(endOfTape([EARLY, LATE])).toBe(T0 + 10 * DAY_MS + MINUTE_MS);
    expect(endOfTape([EARLY, LONG])).toBe(Infinity);
    expect(endOfTape([])).toBe(Infinity);
  });
});
