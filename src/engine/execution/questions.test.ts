import { describe, expect, it } from 'vitest';

import { asId } from '../../domain/ids.ts';
import { createFakeClock } from '../../testkit/fake-clock.ts';
import { Questions } from './questions.ts';

const ID = asId<never>('order');

/** Asks at the given moments, and says when the questions were put within the time. */
async function asked(
  untilMs: number,
  events: Readonly<Record<number, (questions: Questions) => void>>,
): Promise<number[]> {
  const clock = createFakeClock(0);
  const at: number[] = [];
  const questions = new Questions(clock, () => at.push(clock.now()));
  for (let now = 0; now <= untilMs; now += 500) {
    events[now]?.(questions);
    await clock.advance(500);
  }
  questions.stop();
  return at;
}

describe('questions about orders', () => {
  it('come every two seconds, later ever more seldom', async () => {
    const at = await asked(200_000, { 0: (questions) => questions.ask(ID) });
    expect(at.slice(0, 3)).toEqual([2_000, 4_000, 6_000]);
    const gaps = at.slice(1).map((each, index) => each - (at[index] ?? 0));
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b));
    expect(gaps.at(-1)).toBe(60_000);
  });

  it('come soon again when something new has happened to an order that is asked for seldom', async () => {
    const at = await asked(126_000, { 0: (questions) => questions.ask(ID), 120_000: (questions) => questions.ask(ID) });
    expect(at.filter((each) => each > 120_000)).toEqual([122_000, 124_000, 126_000]);
  });

  it('are not put off by what happens, and not hurried by what is in dispute', async () => {
    const often = Object.fromEntries([0, 500, 1_000, 1_500].map((at) => [at, (each: Questions) => each.ask(ID)]));
    expect(await asked(1_500, often)).toEqual([2_000]);
    const disputed = { 0: (each: Questions) => each.ask(ID), 120_000: (each: Questions) => each.goOn(ID) };
    expect((await asked(126_000, disputed)).filter((each) => each > 120_000)).toEqual([]);
  });

  it('can be put at once', async () => {
    const urgent = { 0: (each: Questions) => each.ask(ID), 500: (each: Questions) => each.ask(ID, 0) };
    expect(await asked(2_500, urgent)).toEqual([500, 2_500]);
  });
});
