import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ta } from '../../../../analysis/indicators/index.ts';
import type { Indicator, IndicatorFunction } from '../../../../analysis/indicators/index.ts';
import { sampleCandles } from '../../../../analysis/indicators/sample-candles.ts';
import { CANDLE_COLUMNS } from '../../../../domain/candle.ts';
import { CandleRing, RING_ROWS, SERIES_BYTES } from '../candle-memory.ts';
import { ColumnMemory } from './column-memory.ts';
import { Generation, HL2, HLC3 } from './generation.ts';
import type { Recipe } from './generation.ts';

const LONGEST = 120;
/** The ring goes round, and the rows that are looked at lie across its end. */
const ROWS = RING_ROWS + LONGEST / 2;
const FROM = ROWS - LONGEST;

type Batch = IndicatorFunction<never, never, string>;
const indicators = Object.values(ta as Readonly<Record<string, unknown>>).filter(
  (each): each is Batch => typeof each === 'function' && 'indicator' in each,
);

/** Two series in one memory, as the symbols of a trader are. */
const memory = new ColumnMemory(LONGEST);
const series = [1, 2].map((seed) => {
  const { time, open, high, low, close, volume } = sampleCandles(ROWS, seed);
  const unknown = new Float64Array(ROWS).fill(NaN);
  const columns = [time, open, high, low, close, volume, unknown, unknown, unknown, unknown];
  const ring = new CandleRing('5m', new ArrayBuffer(SERIES_BYTES));
  ring.write(Float64Array.from(columns.flatMap((column) => [...column])), 0, ROWS);
  return { columns, generation: new Generation(new Float64Array(ring.buffer), memory) };
});

const columnOf = (input: string): number =>
  (CANDLE_COLUMNS as readonly string[]).indexOf(input === 'x' ? 'close' : input.replace('?', ''));

function parametersOf(indicator: Indicator): number[] {
  return indicator.parameters.map((parameter) => parameter.default ?? 5);
}

function recipeOf(indicator: Indicator, id: number): Recipe {
  const inputs = indicator.inputs.map(columnOf);
  const start = () => indicator.start(...parametersOf(indicator));
  return { id, inputs, isUsed: indicator.outputs.map(() => true), start };
}

/** Lengths of a series as candles come, at most LONGEST. */
const arbitraryLengths = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 6 }).map((steps) =>
  steps.map((_, at) =>
    Math.min(
      LONGEST,
      steps.slice(0, at + 1).reduce((a, b) => a + b),
    ),
  ),
);

describe('the candles of a series from its anchor on', () => {
  it('give every indicator what it is over the whole columns, however the candles come and whose turn it is', () => {
    fc.assert(
      fc.property(arbitraryLengths, (lengths) => {
        const recipes = indicators.map(({ indicator }, id) => recipeOf(indicator, id));
        for (const { generation } of series) generation.startOver(FROM, 0);
        for (const length of lengths) {
          for (const { generation } of series) {
            generation.extend(length);
            for (const recipe of recipes) for (const at of recipe.isUsed.keys()) generation.series(recipe, at);
          }
        }
        const length = lengths.at(-1)!;
        for (const { columns, generation } of series) {
          indicators.forEach((batch, id) => {
            const { indicator } = batch;
            const inputs = indicator.inputs.map((input) => columns[columnOf(input)]!.slice(FROM, FROM + length));
            const outputs = indicator.outputs.map(() => new Float64Array(length));
            indicator.start(...parametersOf(indicator)).extend(inputs, outputs, { from: 0, to: length });
            const seen = indicator.outputs.map((_, at) => generation.series(recipes[id]!, at).slice(0, length));
            expect([indicator.name, seen]).toEqual([indicator.name, outputs]);
            indicator.outputs.forEach((_, at) =>
              expect(generation.series(recipes[id]!, at).slice(length).every(Number.isNaN)).toBe(true),
            );
          });
        }
      }),
      { numRuns: 20 },
    );
  });

  it('are copied from the ring row by row, and the means of prices are made of them', () => {
    const [{ columns, generation }] = series as [(typeof series)[number]];
    generation.startOver(FROM, LONGEST);
    const copied = (number: number, from: number): Float64Array => {
      const into = new Float64Array(LONGEST).fill(-1);
      generation.copy(number, into, from);
      return into;
    };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LONGEST }), (from) => {
        const at = (number: number): Float64Array => columns[number]!.slice(FROM + from);
        const [high, low, close] = [at(2), at(3), at(4)];
        expect(copied(4, from)).toEqual(Float64Array.from([...Array<number>(from).fill(-1), ...close]));
        expect(copied(HL2, from).slice(from)).toEqual(high.map((each, row) => (each + low[row]!) / 2));
        expect(copied(HLC3, from).slice(from)).toEqual(high.map((each, row) => (each + low[row]! + close[row]!) / 3));
      }),
      { numRuns: 30 },
    );
  });
});
