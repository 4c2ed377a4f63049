import { describe, expect, it } from 'vitest';
import { ta } from './index.ts';
import { sampleCandles } from './sample-candles.ts';

describe('supertrend', () => {
  const candles = sampleCandles(1_000, 7);
  const { high, low, close } = candles;
  const { line, direction } = ta.supertrend(candles, 10, 2);

  it("is Pine's definition, with the sign of an uptrend turned to 1", () => {
    const atr = ta.atr(candles, 10);
    let upper = 0;
    let lower = 0;
    let previous = NaN;
    const wanted = Array.from(close, (price, row) => {
      if (Number.isNaN(atr[row]!)) return { line: NaN, direction: NaN };
      const middle = (high[row]! + low[row]!) / 2;
      const nextUpper = middle + 2 * atr[row]!;
      const nextLower = middle - 2 * atr[row]!;
      const before = close[row - 1]!;
      const [oldUpper, oldLower] = [upper, lower];
      lower = nextLower > oldLower || before < oldLower ? nextLower : oldLower;
      upper = nextUpper < oldUpper || before > oldUpper ? nextUpper : oldUpper;
      const down = Number.isNaN(atr[row - 1]!) ? true : previous === oldUpper ? !(price > upper) : price < lower;
      previous = down ? upper : lower;
      return { line: previous, direction: down ? -1 : 1 };
    });
    expect(Array.from(line)).toEqual(wanted.map((each) => each.line));
    expect(Array.from(direction)).toEqual(wanted.map((each) => each.direction));
  });

  it('stands below the close in an uptrend and above it in a downtrend', () => {
    close.forEach((price, row) => {
      if (direction[row] === 1) expect(line[row]).toBeLessThanOrEqual(price);
      if (direction[row] === -1) expect(line[row]).toBeGreaterThanOrEqual(price);
    });
    expect(new Set(direction.slice(10))).toEqual(new Set([1, -1]));
  });
});

describe('ichimoku', () => {
  const candles = sampleCandles(200);
  const drawn = ta.ichimoku(candles);
  const plain = ta.ichimoku(candles.high, candles.low, candles.close, 9, 26, 52, 1);

  it('draws both spans 25 rows ahead of the candles they are made of', () => {
    expect(drawn.spanA.slice(25)).toEqual(plain.spanA.slice(0, 175));
    expect(drawn.spanB.slice(25)).toEqual(plain.spanB.slice(0, 175));
    expect(plain.spanA[60]).toBe((plain.conversion[60]! + plain.base[60]!) / 2);
  });

  it('has its lines from the rows on that are told', () => {
    const first = (column: Float64Array) => column.findIndex((value) => !Number.isNaN(value));
    expect([drawn.conversion, drawn.base, drawn.spanA, drawn.spanB].map(first)).toEqual([8, 25, 50, 76]);
    expect(ta.ichimoku.indicator.warmUp(9, 26, 52, 26)).toBe(76);
  });

  it('draws the close 25 rows behind, with nothing where it is not known yet', () => {
    expect(drawn.lagging.slice(0, 175)).toEqual(candles.close.slice(25));
    expect(drawn.lagging.slice(175).every((value) => Number.isNaN(value))).toBe(true);
  });
});

describe('emaRibbon', () => {
  const { close } = sampleCandles(100);

  it('is an EMA for each period, in their order', () => {
    expect(ta.emaRibbon(close, [5, 20, 10])).toEqual([ta.ema(close, 5), ta.ema(close, 20), ta.ema(close, 10)]);
  });

  it('refuses periods that are no list of whole numbers', () => {
    expect(() => ta.emaRibbon(close, 5 as unknown as number[])).toThrow(
      /emaRibbon: periods must be a list of numbers, got 5/,
    );
    expect(() => ta.emaRibbon(close, [5, 0.5])).toThrow(/ema: n must be a whole number from 1 to 100000, got 0.5/);
  });
});
