import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Candle } from '../../../domain/candle.ts';
import { asId } from '../../../domain/ids.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import { MINUTE_MS, SECOND_MS } from '../../../domain/time.ts';
import { CandleBook } from './candle-book.ts';
import type { CandleGap } from '../shared/backfill.ts';

const SYMBOL = asId<VenueSymbol>('BTCUSDT');
const NAME = { symbol: SYMBOL, timeframe: '1m' } as const;
const START_MS = Date.UTC(2026, 0, 1);

/** A state of the minute that began `minute` minutes after the start; its volume tells how far it has come. */
function state(minute: number, volume: number, closed = false): Candle {
  return {
    ...{ ...NAME, openTime: START_MS + minute * MINUTE_MS, open: 1, high: 1, low: 1, close: 1, volume },
    ...{ quoteVolume: NaN, trades: NaN, buyVolume: NaN, sellVolume: NaN, closed },
  };
}

interface Bench {
  readonly book: CandleBook;
  readonly told: Candle[];
  readonly gaps: CandleGap[];
  readonly closed: () => [number, number][];
}

/** A book that follows the minutes from the start on. */
function open(): Bench {
  const told: Candle[] = [];
  const gaps: CandleGap[] = [];
  const book = new CandleBook(
    (candle) => told.push(candle),
    (gap) => gaps.push(gap),
  );
  book.follow([NAME], START_MS);
  const minuteOf = ({ openTime }: Candle): number => (openTime - START_MS) / MINUTE_MS;
  return {
    ...{ book, told, gaps },
    closed: () => told.filter((candle) => candle.closed).map((candle) => [minuteOf(candle), candle.volume]),
  };
}

describe('a candle book', () => {
  it('closes a candle in its last state when the next one begins, without asking', () => {
    const { book, told, gaps, closed } = open();
    for (const [minute, volume] of [
      [0, 1],
      [0, 5],
      [0, 5],
      [1, 2],
      [2, 3],
    ] as const)
      book.take(state(minute, volume));
    expect(closed()).toEqual([
      [0, 5],
      [1, 2],
    ]);
    expect(told.filter((candle) => !candle.closed)).toHaveLength(5);
    expect(gaps).toEqual([]);
  });

  it('asks for a candle whose end fell into an interruption, and tells it before later ones', () => {
    const { book, gaps, closed } = open();
    book.take(state(0, 1));
    book.interrupted(SYMBOL);
    book.take(state(1, 7));
    book.take(state(2, 9));
    expect(closed()).toEqual([]);
    expect(gaps).toHaveLength(1);
    book.fill(gaps[0] ?? expect.fail(), [state(0, 4, true)]);
    expect(gaps[1]).toMatchObject({ fromMs: START_MS + MINUTE_MS, toMs: START_MS + MINUTE_MS });
    book.fill(gaps[1] ?? expect.fail(), [state(1, 8, true)]);
    book.take(state(3, 1));
    expect(closed()).toEqual([
      [0, 4],
      [1, 8],
      [2, 9],
    ]);
    expect(book.isWhole).toBe(true);
  });

  it('goes on with a candle that still forms after an interruption: its states are cumulative', () => {
    const { book, gaps, closed } = open();
    book.take(state(0, 1));
    book.interrupted(SYMBOL);
    book.take(state(0, 6));
    book.take(state(1, 1));
    expect(closed()).toEqual([[0, 6]]);
    expect(gaps).toEqual([]);
  });

  it('asks for what nothing closed in time, once, and takes that there is nothing', () => {
    const { book, gaps, closed } = open();
    book.findDue(START_MS + MINUTE_MS + SECOND_MS);
    expect(gaps).toEqual([]);
    book.findDue(START_MS + MINUTE_MS + 2 * SECOND_MS);
    book.findDue(START_MS + MINUTE_MS + 4 * SECOND_MS);
    expect(gaps).toEqual([{ ...NAME, fromMs: START_MS, toMs: START_MS }]);
    book.fill(gaps[0] ?? expect.fail(), []);
    book.findDue(START_MS + MINUTE_MS + 9 * SECOND_MS);
    expect(gaps).toHaveLength(1);
    book.take(state(1, 2));
    book.take(state(2, 2));
    expect(closed()).toEqual([[1, 2]]);
  });

  it('takes nothing of the past and nothing of a series that is not followed', () => {
    const { book, told } = open();
    book.take(state(-1, 1));
    book.take(state(1, 1));
    book.take(state(0, 1));
    book.follow([], START_MS);
    book.take(state(2, 1));
    expect(told).toEqual([state(1, 1)]);
    expect(book.dropped).toBe(3);
  });

  it('tells every closed candle once, in order and as it ended, whatever is interrupted, lost and answered late', () => {
    const step = fc.record({
      /** States of each minute that arrive: 1 .. 5, the last of them 5; none when nothing arrives. */
      states: fc.subarray([1, 2, 3, 4, 5]),
      isInterrupted: fc.boolean(),
      isSwept: fc.boolean(),
      isAnswered: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const { book, gaps, closed } = open();
        let answered = 0;
        const answer = (untilMinute: number): void => {
          const gap = gaps[answered];
          if (gap === undefined || gap.toMs >= START_MS + untilMinute * MINUTE_MS) return;
          const [from, to] = [gap.fromMs, gap.toMs].map((time) => (time - START_MS) / MINUTE_MS);
          const minutes = Array.from({ length: (to ?? 0) - (from ?? 0) + 1 }, (_, index) => (from ?? 0) + index);
          answered += 1;
          book.fill(
            gap,
            minutes.map((minute) => state(minute, 5, true)),
          );
        };
        for (const [minute, { states, isInterrupted, isSwept, isAnswered }] of steps.entries()) {
          for (const volume of states) book.take(state(minute, volume));
          // The stream loses states only when it is interrupted.
          if (isInterrupted || states.at(-1) !== 5) book.interrupted(SYMBOL);
          if (isSwept) book.findDue(START_MS + (minute + 1) * MINUTE_MS + 3 * SECOND_MS);
          if (isAnswered) answer(minute + 1);
        }
        const end = steps.length;
        book.findDue(START_MS + end * MINUTE_MS + 3 * SECOND_MS);
        while (answered < gaps.length) answer(end);
        expect(closed()).toEqual(Array.from({ length: end }, (_, minute) => [minute, 5]));
        expect(book.isWhole).toBe(true);
      }),
    );
  });
});
