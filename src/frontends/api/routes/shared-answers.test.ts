import { describe, expect, it } from 'vitest';

import type { EngineHandle } from '../../../ports/engine-handle.ts';
import { createFakeClock } from '../../../testkit/fake-clock.ts';
import { SharedAnswers } from './shared-answers.ts';

function setting() {
  const clock = createFakeClock(0);
  let tell = (): void => undefined;
  const engine = {
    onAudit: (listener: () => void) => {
      tell = listener;
      return () => undefined;
    },
  } as unknown as EngineHandle;
  const answers = new SharedAnswers(engine, clock);
  let made = 0;
  const ask = (question = 'q'): Promise<string> =>
    answers.of(question, () => {
      made += 1;
      return Promise.resolve(`${question} ${made}`);
    });
  return { clock, answers, ask, change: () => tell(), count: () => made };
}

describe('answers to the same question', () => {
  it('are made once for all who ask at the same moment', async () => {
    const { ask, count } = setting();
    expect(await Promise.all([ask(), ask(), ask(), ask('other')])).toEqual(['q 1', 'q 1', 'q 1', 'other 2']);
    expect(count()).toBe(2);
  });

  it('are made anew after 100 ms without letting anybody wait, and never are older than 200 ms', async () => {
    const { clock, ask } = setting();
    await ask();
    await clock.advance(150);
    expect(await ask()).toBe('q 1');
    expect(await ask()).toBe('q 2');
    await clock.advance(200);
    expect(await ask()).toBe('q 3');
  });

  it('from before a change are not given after it, nor those that were being made', async () => {
    const { clock, ask, change } = setting();
    await ask();
    change();
    expect(await ask()).toBe('q 2');
    await clock.advance(150);
    const old = ask();
    change();
    expect([await old, await ask()]).toEqual(['q 2', 'q 4']);
    expect(await ask()).toBe('q 4');
  });

  it('that failed are asked for again', async () => {
    const { answers } = setting();
    await expect(answers.of('q', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await answers.of('q', () => Promise.resolve('yes'))).toBe('yes');
  });
});
