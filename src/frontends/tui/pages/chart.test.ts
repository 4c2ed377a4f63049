import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { sparkline } from '../style/sparkline.ts';
import { lineWidth } from '../style/text.ts';
import { chartLines } from './chart.ts';

const SIZE = { width: 40, height: 5 };
const LEVELS = [
  { name: 'stop', price: 1, tone: 'down' },
  { name: 'entry', price: 3, tone: 'accent' },
] as const;

function rowsOf(prices: readonly number[]): string[] {
  return chartLines(prices, LEVELS, SIZE).map((line) =>
    line
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );
}

describe('the chart', () => {
  it('draws prices from low to high and names the levels where they lie', () => {
    expect(rowsOf([1, 2, 3, 4, 5, 4, 3, 2, 1])).toMatchInlineSnapshot(`
      [
        "   ⣷",
        "  ⢰⠙⡄",
        " ┄⡜┄⢇┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ entry   3.00000",
        " ⢠⠃ ⠸⡀",
        " ⡸┄┄┄⡇┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ stop    1.00000",
      ]
    `);
  });

  it('begins with the second price', () => {
    expect(rowsOf([3])).toEqual([' the chart begins with the next prices']);
  });

  it('has rows of one width, and every price lies in it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-8, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 200 }),
        fc.integer({ min: 32, max: 120 }),
        fc.integer({ min: 3, max: 30 }),
        (prices, width, height) => {
          const lines = chartLines(prices, LEVELS, { width, height });
          expect(lines).toHaveLength(height);
          for (const line of lines) expect(lineWidth(line)).toBe(width);
          const dots = lines
            .flatMap((line) => line.map(({ text }) => text))
            .join('')
            .match(/[\u2801-\u28ff]/gu);
          const columns = Math.ceil(Math.min(prices.length, (width - 20) * 2) / 2);
          expect(dots?.length ?? 0).toBeGreaterThanOrEqual(columns);
        },
      ),
    );
  });
});

describe('a sparkline', () => {
  it('goes from its lowest to its highest value; one that stands still is level', () => {
    expect(sparkline([1, 2, 3, 4, 5, 6, 7, 8], 8)).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([9, 9, 1, 8], 2)).toBe('▁█');
    expect(sparkline([5, 5], 4)).toBe('▅▅');
    expect(sparkline([], 4)).toBe('');
  });
});
