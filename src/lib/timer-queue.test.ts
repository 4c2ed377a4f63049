import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimerQueue } from './timer-queue.ts';

describe('a timer queue', () => {
  it('gives callbacks in the order of their due times, then of their adding, whatever is added, taken and cancelled', () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.record({ add: fc.integer({ min: 0, max: 60 }) }) },
        { weight: 3, arbitrary: fc.record({ cancel: fc.nat(60) }) },
        { weight: 2, arbitrary: fc.record({ takeAt: fc.integer({ min: 0, max: 65 }) }) },
      ),
      { maxLength: 250, size: 'max' },
    );
    fc.assert(
      fc.property(steps, (script) => {
        const queue = new TimerQueue();
        let taken = -1;
        let waiting: { due: number; id: number }[] = [];
        const cancels: (() => void)[] = [];
        for (const step of script) {
          if ('add' in step) {
            const id = cancels.length;
            cancels.push(queue.add(step.add, () => (taken = id)));
            waiting.push({ due: step.add, id });
          } else if ('cancel' in step) {
            cancels[step.cancel]?.();
            waiting = waiting.filter(({ id }) => id !== step.cancel);
          } else {
            const expected = waiting
              .toSorted((a, b) => a.due - b.due || a.id - b.id)
              .find(({ due }) => due <= step.takeAt);
            const callback = queue.takeDue(step.takeAt);
            expect(callback === null).toBe(expected === undefined);
            callback?.();
            if (expected !== undefined) expect(taken).toBe(expected.id);
            waiting = waiting.filter((timer) => timer !== expected);
          }
          expect(queue.size).toBe(waiting.length);
          expect(queue.nextDueMs).toBe(waiting.length === 0 ? null : Math.min(...waiting.map(({ due }) => due)));
        }
      }),
    );
  });
});
