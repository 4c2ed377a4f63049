import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Candle } from '../../../domain/candle.ts';
import { asId } from '../../../domain/ids.ts';
import type { Line } from '../style/line.ts';
import { lineWidth } from '../style/text.ts';
import { candleChartLines } from './candle-chart.ts';

const START = Date.UTC(2026, 0, 31, 12);
const STEP_MS = 300_000;

function candles(figures: readonly (readonly [open: number, high: number, low: number, close: number])[]): Candle[] {
  const unknown = { volume: NaN, quoteVolume: NaN, trades: NaN, buyVolume: NaN, sellVolume: NaN };
  return figures.map(([open, high, low, close], at) => ({
    symbol: asId('BTCUSDT'),
    timeframe: '5m',
    openTime: START + at * STEP_MS,
    ...{ open, high, low, close },
    ...unknown,
    closed: true,
  }));
}

function textOf(lines: readonly Line[] | null): string[] {
  return (lines ?? []).map((line) =>
    line
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );
}

const NOTHING_MARKED = { levels: [], marks: [] };

describe('the chart of candles', () => {
  it('draws rising bodies hollow and falling ones filled, with wicks, levels across and marks below', () => {
    const drawn = candleChartLines(
      {
        timeframe: '5m',
        candles: candles([
          [10, 20, 10, 18],
          [18, 19, 12, 13],
          [13, 17, 11, 16],
        ]),
      },
      { levels: [{ name: 'stop', price: 11, tone: 'down' }], marks: [{ letter: 'E', at: START + STEP_MS + 1 }] },
      { width: 40, height: 7 },
    );
    expect(textOf(drawn)).toMatchInlineSnapshot(`
      [
        " │  ╷                         20.0000",
        " ║  ┃  ╷",
        " ║  ┃  ║",
        " ║  ┃  ║",
        " ║  ┃  ║",
        " ║┄┄┄┄┄╵┄┄┄┄┄┄┄┄┄┄┄┄┄ stop    11.0000",
        "    E                 5m ║ up ┃ down",
      ]
    `);
  });

  it('has no chart without candles, and none where there is no room', () => {
    const some = { timeframe: '5m', candles: candles([[1, 2, 1, 2]]) } as const;
    expect(candleChartLines({ ...some, candles: [] }, NOTHING_MARKED, { width: 80, height: 20 })).toBeNull();
    expect(candleChartLines(some, NOTHING_MARKED, { width: 29, height: 20 })).toBeNull();
    expect(candleChartLines(some, NOTHING_MARKED, { width: 80, height: 3 })).toBeNull();
  });

  it('shows every candle that fits, the latest ones, in rows of one width', () => {
    const figure = fc.double({ min: 1e-8, max: 1e6, noNaN: true });
    const candle = fc.tuple(figure, figure, figure, figure).map((four) => {
      const [open, , , close] = four;
      return [open, Math.max(...four), Math.min(...four), close] as const;
    });
    const size = fc.record({ width: fc.integer({ min: 30, max: 200 }), height: fc.integer({ min: 4, max: 40 }) });
    fc.assert(
      fc.property(fc.array(candle, { minLength: 1, maxLength: 250 }), size, (figures, { width, height }) => {
        const levels = [{ name: 'entry', price: 3, tone: 'accent' }] as const;
        const marks = [{ letter: 'E', at: START }];
        const lines = candleChartLines(
          { timeframe: '5m', candles: candles(figures) },
          { levels, marks },
          { width, height },
        );
        expect(lines).toHaveLength(height);
        for (const line of lines ?? []) expect(lineWidth(line)).toBe(width);
        const rows = textOf(lines).slice(0, -1);
        const columns = width - 20;
        const wanted = Math.min(figures.length, columns);
        const shown = Array.from({ length: columns }, (_, at) => rows.some((row) => /[║┃│╵╷]/.test(row[at + 1] ?? '')));
        expect(shown.filter(Boolean)).toHaveLength(wanted);
      }),
      { numRuns: 50 },
    );
  });
});
