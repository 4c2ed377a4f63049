import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { FilterMeta } from '../../src/domain/filter.ts';
import { asId } from '../../src/domain/ids.ts';
import type { VenueSymbol } from '../../src/domain/ids.ts';
import { candleOpenTime, HOUR_MS, MINUTE_MS, timeframeMs } from '../../src/domain/time.ts';
import { loadCandles } from '../../src/modes/cli/filter/history/load-candles.ts';
import { historyOf, rowsClosedAt, sliceRows, viewAt } from '../../src/modes/cli/filter/history/replay.ts';
import type { SymbolHistory } from '../../src/modes/cli/filter/history/replay.ts';
import type { CandleColumns, FilterPosition, FilterSandbox } from '../../src/ports/filter-sandbox.ts';
import { answerOf, loadShipped, openSandbox, passOver, SHIPPED } from './filter-trader.ts';

const FILE = resolve('../shared/data/bars/ETH_BTC-5m-201801.json');
/** The reference of a shipped filter: with its name every filter finds all that it reads. */
const SYMBOL = 'BTCUSDT';
const MOST_BYTES = 10_240;
const names = [...SHIPPED.keys()];

type Answers = Awaited<ReturnType<typeof passOver>>;

/** Five-minute candles that end where an hour does. */
function madeCandles(rows: number, price: (row: number) => number): CandleColumns {
  const time = Float64Array.from({ length: rows }, (_, row) => Date.UTC(2024, 0, 1) + row * 5 * MINUTE_MS);
  const prices = Float64Array.from({ length: rows }, (_, row) => price(row));
  const volume = new Float64Array(rows).fill(10);
  const columns = [time, prices, prices, prices, prices, volume, volume, volume, volume, volume];
  return { symbol: asId<VenueSymbol>(SYMBOL), timeframe: '5m', columns };
}

const matchesOf = (answers: Answers) => [...answers.values()].flatMap(({ matches }) => matches);
const checkedOf = (answers: Answers) => [...answers.values()].filter(({ checked }) => checked > 0).length;

describe('every shipped filter', () => {
  let sandbox: FilterSandbox;
  beforeAll(() => {
    sandbox = openSandbox();
  });
  afterAll(() => sandbox.close());

  it('is one of the ten that are promised', () => {
    expect(names.map((name) => name.replace('.js', ''))).toEqual([
      ...['bollinger-squeeze', 'donchian-breakout', 'ema-ribbon-trend', 'macd-crossover', 'rsi-divergence'],
      ...['rsi-reversal', 'smart-money-flow', 'supertrend', 'volume-spike', 'vwap-reversion'],
    ]);
  });

  it.each(names)('%s says what it is, bounds its numbers and ends its positions', async (name) => {
    expect(Buffer.byteLength(SHIPPED.get(name)!)).toBeLessThanOrEqual(MOST_BYTES);
    const { meta } = await loadShipped(sandbox, name);
    expect(meta.description.length).toBeGreaterThan(20);
    for (const spec of Object.values(meta.params)) {
      expect(spec.about).not.toBe('');
      expect([spec.min, spec.max, spec.step]).not.toContain(null);
    }
    expect(meta.exits.maxHoldMs).not.toBeNull();
  });

  it.each(names)('%s finds nothing where prices stand still', async (name) => {
    const rows = 12 * 320;
    const answers = await passOver(sandbox, name, (meta) => [
      historyOf(
        madeCandles(rows, () => 100),
        meta,
      ),
    ]);
    expect(checkedOf(answers)).toBeGreaterThan(0);
    expect(matchesOf(answers)).toEqual([]);
  });

  it.each(names)('%s does not look at less history than it asks for', async (name) => {
    const wild = (row: number): number => 100 + 10 * Math.sin(row) + 5 * Math.cos(row / 7);
    const short = ({ timeframes, lookback }: FilterMeta): number =>
      Math.max(...timeframes.map((each) => (timeframeMs(each) * lookback) / timeframeMs('5m'))) - 1;
    const answers = await passOver(sandbox, name, (meta) => [historyOf(madeCandles(short(meta), wild), meta)]);
    expect(checkedOf(answers)).toBe(0);
    expect(matchesOf(answers)).toEqual([]);
  });
});

describe.skipIf(!existsSync(FILE))('shipped filters over real candles (skipped where ../shared/data is absent)', () => {
  const passes = new Map<string, Answers>();
  let base: CandleColumns;
  let sandbox: FilterSandbox;
  beforeAll(async () => {
    base = await loadCandles(FILE, { symbol: SYMBOL, timeframe: '5m' }, () => undefined);
    sandbox = openSandbox();
    for (const name of names) passes.set(name, await passOver(sandbox, name, (meta) => [historyOf(base, meta)]));
  }, 240_000);
  afterAll(() => sandbox.close());

  it.each(names)('%s finds something, with the figures in its conditions', (name) => {
    const matches = matchesOf(passes.get(name)!);
    expect(matches.length).toBeGreaterThan(0);
    for (const { conditions, plots } of matches) {
      expect(conditions.length).toBeGreaterThan(0);
      for (const condition of conditions) expect(condition).toMatch(/\d/);
      expect(conditions.join()).not.toMatch(/NaN|undefined|Infinity/);
      expect(plots.length).toBeGreaterThan(0);
    }
  });

  it.each(names)('%s sets its stops and targets on the right sides of the price, within reach', (name) => {
    const close = base.columns[4]!;
    for (const [now, { matches }] of passes.get(name)!) {
      const price = close[rowsClosedAt(base, now) - 1]!;
      for (const { side, stopLoss, takeProfit } of matches) {
        const sign = side === 'long' ? 1 : -1;
        if (stopLoss?.kind === 'price') {
          const distance = (sign * (price - stopLoss.price.toNumber())) / price;
          expect(distance).toBeGreaterThan(0);
          expect(distance).toBeLessThan(0.5);
        }
        for (const { at } of takeProfit) {
          if (at.kind === 'price') expect(sign * (at.price.toNumber() - price)).toBeGreaterThan(0);
        }
      }
    }
  });

  it('answer the same in a process that has run for a week, candle by candle, as in a pass over history', async () => {
    const old = openSandbox();
    try {
      const traders = new Map<string, { meta: FilterMeta; history: SymbolHistory }>();
      for (const name of names) {
        const { meta } = await loadShipped(old, name);
        traders.set(name, { meta, history: historyOf(base, meta) });
      }
      const [time] = base.columns;
      const from = time!.at(-1)! - 7 * 24 * HOUR_MS;
      const all = [
        ...new Map(
          [...traders.values()].flatMap(({ history }) => history.byTimeframe.map((each) => [each.timeframe, each])),
        ).values(),
      ];
      for (const series of all) old.extend([sliceRows(series, 0, rowsClosedAt(series, from))]);
      for (let row = rowsClosedAt(base, from); row < time!.length; row += 1) {
        const now = time![row]! + timeframeMs('5m');
        for (const series of all) {
          const [before, after] = [rowsClosedAt(series, now - 1), rowsClosedAt(series, now)];
          if (after > before) old.extend([sliceRows(series, before, after)]);
        }
        await Promise.all(
          [...traders].map(async ([name, { meta }]) => {
            if (candleOpenTime(now, meta.timeframes[0]) !== now) return;
            expect(await checkAt(old, { name, now, meta }), `${name} at ${now}`).toEqual(passes.get(name)!.get(now));
          }),
        );
      }
    } finally {
      await old.close();
    }
  }, 240_000);

  it('answer the same after a fresh start that loads no more than their columns hold', async () => {
    // Moments at which at least one filter matched, and all clocks close.
    const hours = [...passes.values()].flatMap((answers) =>
      [...answers].filter(([now, { matches }]) => matches.length > 0 && now % HOUR_MS === 0).map(([now]) => now),
    );
    const moments = [...new Set(hours)]
      .sort((a, b) => a - b)
      .filter((_, at, list) => at % Math.ceil(list.length / 4) === 0);
    expect(moments.length).toBeGreaterThan(2);
    for (const now of moments) {
      const fresh = openSandbox();
      try {
        for (const name of names) {
          const { meta } = await loadShipped(fresh, name);
          for (const series of historyOf(base, meta).byTimeframe) {
            const to = rowsClosedAt(series, now);
            fresh.extend([sliceRows(series, Math.max(0, to - 2 * meta.lookback), to)]);
          }
          expect(await checkAt(fresh, { name, now, meta }), `${name} at ${now}`).toEqual(passes.get(name)!.get(now));
        }
      } finally {
        await fresh.close();
      }
    }
  }, 240_000);

  async function checkAt(where: FilterSandbox, { name, now, meta }: { name: string; now: number; meta: FilterMeta }) {
    const symbol = asId<VenueSymbol>(SYMBOL);
    const positions = new Map<VenueSymbol, FilterPosition>();
    const view = viewAt(now, [historyOf(base, meta)], meta);
    const traderId = asId<Parameters<FilterSandbox['check']>[0]['traderId']>(name);
    return answerOf(await where.check({ traderId, kind: 'check', now, symbols: [symbol], positions, view }));
  }
});
