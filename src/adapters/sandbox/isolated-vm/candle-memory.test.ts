import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CANDLE_COLUMNS } from '../../../domain/candle.ts';
import { MINUTE_MS } from '../../../domain/time.ts';
import { CandleRing, RING_ROWS, SERIES_BYTES } from './candle-memory.ts';

interface Row {
  /** In half minutes: odd ones are where no candle begins. */
  readonly time: number;
  readonly close: number;
}

/** Stretches of rows, oldest first, mostly the next minutes, sometimes earlier ones again or between the minutes. */
const arbitraryStretches = fc.array(
  fc
    .record({
      from: fc.oneof(fc.integer({ min: -40, max: 4 }), fc.constant(1)),
      steps: fc.array(fc.constantFrom(2, 2, 2, 4, 1), { maxLength: 12 }),
      close: fc.integer({ min: 0, max: 2 }),
    })
    .map(({ from, steps, close }) => {
      let time = 2 * from;
      return [time, ...steps.map((step) => (time += step))].map((each) => ({ time: each, close }));
    }),
  { maxLength: 12 },
);

/** What a ring holds after a stretch, as FilterSandbox.extend says. */
function taken(held: readonly Row[], stretch: readonly Row[]): readonly Row[] {
  const [first] = held;
  let rows = first !== undefined && stretch[0]!.time < first.time ? [] : [...held];
  for (const row of stretch.filter(({ time }) => time % 2 === 0)) {
    const last = rows.at(-1);
    if (last === undefined || row.time > last.time) rows.push(row);
    else rows = rows.map((each) => (each.time === row.time ? row : each));
  }
  return rows.slice(-RING_ROWS);
}

describe('a ring of candles', () => {
  it('holds the newest rows in order, with the latest word on each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: RING_ROWS + 20 }), arbitraryStretches, (history, stretches) => {
        const ring = new CandleRing('1m', new ArrayBuffer(SERIES_BYTES));
        let held: readonly Row[] = [];
        const write = (stretch: readonly Row[]): void => {
          const figures = CANDLE_COLUMNS.flatMap((name) =>
            stretch.map(({ time, close }) => (name === 'time' ? time * (MINUTE_MS / 2) : close)),
          );
          ring.write(Float64Array.from(figures), 0, stretch.length);
          held = taken(held, stretch);
        };
        const start = 1e4;
        write(Array.from({ length: history }, (_, row) => ({ time: start + 2 * row, close: -1 })));
        for (const stretch of stretches) {
          const { time: last } = held.at(-1)!;
          write(stretch.map(({ time, close }) => ({ time: last + time, close })));
        }
        const [times, , , , closes] = ring.read();
        expect([...times!]).toEqual(held.map(({ time }) => time * (MINUTE_MS / 2)));
        expect([...closes!]).toEqual(held.map(({ close }) => close));
      }),
    );
  });
});
