import { describe, expect, it } from 'vitest';

import { EventQueue } from './event-queue.ts';

function recorded() {
  const log: string[] = [];
  const queue = new EventQueue({
    handled: () => log.push('handled'),
    failed: (failure) => log.push(`failed: ${String(failure)}`),
  });
  return { log, queue };
}

describe('the event queue', () => {
  it('handles an event to its end before one that arises in it', () => {
    const { log, queue } = recorded();
    queue.take(() => {
      queue.take(() => log.push('second'));
      log.push('first');
    });
    expect(log).toEqual(['first', 'handled', 'second', 'handled']);
  });

  it('goes on after an event that throws', () => {
    const { log, queue } = recorded();
    queue.take(() => {
      queue.take(() => log.push('next'));
      throw new Error('broken');
    });
    expect(log).toEqual(['failed: Error: broken', 'handled', 'next', 'handled']);
  });

  it('drops what comes after it is closed', () => {
    const { log, queue } = recorded();
    queue.close();
    queue.take(() => log.push('late'));
    expect(log).toEqual([]);
  });
});
