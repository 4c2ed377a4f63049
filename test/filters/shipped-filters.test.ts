import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';

import { createSystemClock } from '../../src/adapters/clock/system/clock.ts';
import { createIsolatedVmSandbox } from '../../src/adapters/sandbox/isolated-vm/sandbox.ts';
import { sampleCandles } from '../../src/analysis/indicators/sample-candles.ts';
import { asId } from '../../src/domain/ids.ts';
import type { TraderId, VenueSymbol } from '../../src/domain/ids.ts';
import { anchorTime, timeframeMs } from '../../src/domain/time.ts';
import type { Timeframe } from '../../src/domain/time.ts';
import { sandboxCommand } from '../../src/modes/assets.ts';
import type { CandleColumns } from '../../src/ports/filter-sandbox.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';

const FILTERS = new URL('../../filters/', import.meta.url);
const names = readdirSync(FILTERS).filter((name) => name.endsWith('.js'));
const ROWS = 1_000;
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'].map((symbol) => asId<VenueSymbol>(symbol));

/** Candles of a timeframe that end at `until`; volume surges now and then. */
function candlesUntil(until: number, timeframe: Timeframe, seed: number): readonly Float64Array[] {
  const rows = ROWS;
  const { open, high, low, close, volume } = sampleCandles(rows, seed);
  const stepMs = timeframeMs(timeframe);
  const time = Float64Array.from(
    { length: rows },
    (_, row) => Math.floor(until / stepMs) * stepMs - (rows - row) * stepMs,
  );
  const unknown = new Float64Array(rows).fill(NaN);
  return [
    time,
    open,
    high,
    low,
    close,
    volume.map((each, row) => (row % 3 === 0 ? each * 5 : each)),
    unknown,
    unknown,
    unknown,
    unknown,
  ];
}

describe('the shipped filters', () => {
  const parts = { command: sandboxCommand(), clock: createSystemClock(), logger: silentLogger, processes: 1 };
  const sandbox = createIsolatedVmSandbox(parts);
  afterAll(() => sandbox.close());

  it.each(names)('%s is fit for the sandbox and finds something in a market that moves', async (name) => {
    const id = asId<TraderId>(name);
    const loaded = await sandbox.load(id, readFileSync(new URL(name, FILTERS), 'utf8'), {});
    if (!loaded.ok) throw new Error(loaded.fault.message);
    const { timeframes, lookback } = loaded.meta;
    const [clock] = timeframes;
    const until = Date.UTC(2025, 0, 1);
    const candles = SYMBOLS.flatMap((symbol, seed) =>
      timeframes.map((timeframe): CandleColumns => ({
        symbol,
        timeframe,
        columns: candlesUntil(until, timeframe, seed + 1),
      })),
    );
    sandbox.extend(candles);
    let matches = 0;
    for (let back = 0; back < 400; back += 1) {
      const now = until - back * timeframeMs(clock);
      if (anchorTime(now, clock, lookback) < until - ROWS * timeframeMs(clock)) break;
      const view = { tickers: [], forming: [] };
      const outcome = await sandbox.check({
        traderId: id,
        kind: 'check',
        now,
        symbols: SYMBOLS,
        positions: new Map(),
        view,
      });
      if (!outcome.ok) throw new Error(outcome.fault.message);
      expect(outcome.checked).toBe(SYMBOLS.length);
      matches += outcome.matches.length;
    }
    expect(matches).toBeGreaterThan(0);
  });
});
