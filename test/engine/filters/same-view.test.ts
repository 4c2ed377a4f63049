import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { asId } from '../../../src/domain/ids.ts';
import type { VenueSymbol } from '../../../src/domain/ids.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, timeframeMs } from '../../../src/domain/time.ts';
import type { Timeframe } from '../../../src/domain/time.ts';
import type { CheckReport } from '../../../src/engine/filters/check-report.ts';
import { DeskSession, trader } from './desk-session.ts';
import { madeUpMinutes, Minutes } from './minutes.ts';
import type { MinuteColumns } from './minutes.ts';

const FILTERS = new URL('../../../filters/', import.meta.url);
const NAMES = readdirSync(FILTERS).filter((name) => name.endsWith('.js'));
const REAL_MINUTES = new URL('../../../../shared/data/bars/btc-perp-1m-20211231-20220201.csv', import.meta.url);

const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'].map((symbol) => asId<VenueSymbol>(symbol));
const START = Date.UTC(2025, 0, 6);
/** The longest columns begin up to 500 hours before a check. */
const WEEK_BEGINS = START + 505 * HOUR_MS;
const END = WEEK_BEGINS + 7 * DAY_MS;
const LENGTH = (END - START) / MINUTE_MS;
const STEP = 5 * MINUTE_MS;
const NEEDS = { timeframes: ['5m', '15m', '1h', '4h'] as Timeframe[], lookback: 300 };

/** What must not differ: everything but how long it took. */
type Seen = Omit<CheckReport, 'elapsedMs'>;

/** Puts a trader for each shipped filter to work and loads the history that a start at `from` finds. */
async function begin(session: DeskSession, from: number): Promise<void> {
  for (const name of NAMES) await session.put(trader(name, SYMBOLS), readFileSync(new URL(name, FILTERS), 'utf8'));
  const { timeframes, lookback } = session.desk.needs();
  expect(NEEDS.timeframes).toEqual(expect.arrayContaining([...timeframes]));
  expect(NEEDS.lookback).toBeGreaterThanOrEqual(lookback);
  session.loadHistory(from);
}

/** Checks every trader whose clock closes at `at`. */
async function checkAll(session: DeskSession, at: number, into: Map<string, Seen>): Promise<void> {
  const due = NAMES.filter((name) => {
    const atWork = session.desk.get(asId(name));
    return atWork !== null && at % timeframeMs(atWork.clockTimeframe) === 0;
  });
  const reports = await Promise.all(due.map((name) => session.check(name, at)));
  for (const { elapsedMs: _, ...seen } of reports) into.set(`${seen.traderId} ${at}`, seen);
}

/** Minute by minute from a fresh start at `from` on; before the last day not every close is checked, to save time. */
async function live(session: DeskSession, from: number): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  await begin(session, from);
  for (let until = from + MINUTE_MS; until <= END; until += MINUTE_MS) {
    session.closeMinute(until);
    const isChecked = until > END - DAY_MS ? until % STEP === 0 : until % (7 * STEP) === 0;
    if (isChecked) await checkAll(session, until, seen);
  }
  return seen;
}

/** Over recorded candles: each timeframe's own, none of them made of minutes. */
async function overHistory(session: DeskSession, markets: readonly Minutes[]): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  await begin(session, END - DAY_MS);
  for (let until = END - DAY_MS + STEP; until <= END; until += STEP) {
    for (const timeframe of NEEDS.timeframes) {
      const stepMs = timeframeMs(timeframe);
      if (until % stepMs !== 0) continue;
      for (const market of markets) session.book.candle(market.candle(timeframe, until - stepMs));
    }
    await checkAll(session, until, seen);
  }
  return seen;
}

/** Compares the three ways; gives the matches of the week. */
async function compare(markets: readonly Minutes[], restartedAt: number): Promise<number> {
  const sessions = [0, 1, 2].map(() => new DeskSession(markets, NEEDS)) as [DeskSession, DeskSession, DeskSession];
  try {
    const [old, fresh, history] = await Promise.all([
      live(sessions[0], WEEK_BEGINS),
      live(sessions[1], restartedAt),
      overHistory(sessions[2], markets),
    ]);
    expect(fresh.size).toBeGreaterThan(0);
    for (const [check, seen] of [...fresh, ...history]) {
      expect(seen, check).toEqual(old.get(check));
      expect(seen).toMatchObject({ checked: SYMBOLS.length, fault: null });
    }
    return old.values().reduce((sum, { matches }) => sum + matches.length, 0);
  } finally {
    await Promise.all(sessions.map(({ sandbox }) => sandbox.close()));
  }
}

/** Recorded minutes, from a later row on for each symbol. */
function realMarkets(): Minutes[] {
  const rows = readFileSync(REAL_MINUTES, 'utf8').trim().split('\n').slice(1);
  const columnOf = (at: number) => Float64Array.from(rows, (row) => Number(row.split(',')[at]));
  const [open, high, low, close, volume] = [1, 2, 3, 4, 5].map(columnOf) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const later = Math.floor((rows.length - LENGTH) / SYMBOLS.length);
  return SYMBOLS.map((symbol, number) => {
    const cut = (column: Float64Array) => column.subarray(number * later);
    const columns: MinuteColumns = {
      open: cut(open),
      high: cut(high),
      low: cut(low),
      close: cut(close),
      volume: cut(volume),
    };
    return new Minutes(symbol, START, columns);
  });
}

describe('what the shipped filters see and find', () => {
  const how = 'is the same from a fresh start, in a process a week old and over history';

  it(`${how}, in any market`, { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000), fc.integer({ min: 65, max: 700 }), async (seed, minutesBefore) => {
        const markets = SYMBOLS.map((symbol, at) => new Minutes(symbol, START, madeUpMinutes(LENGTH, 3 * seed + at)));
        expect(await compare(markets, END - minutesBefore * MINUTE_MS)).toBeGreaterThan(0);
      }),
      { numRuns: 1 },
    );
  });

  const skipped = existsSync(REAL_MINUTES) ? '' : ' (skipped: ../shared/data is absent)';
  it.skipIf(skipped !== '')(`${how}, over recorded minutes${skipped}`, { timeout: 180_000 }, async () => {
    expect(await compare(realMarkets(), END - 8 * HOUR_MS)).toBeGreaterThan(NAMES.length);
  });
});
