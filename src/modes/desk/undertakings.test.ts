import { describe, expect, it } from 'vitest';

import { Undertakings } from './undertakings.ts';

describe('undertakings', () => {
  it('are settled only when everything has ended, and what it set off as well', async () => {
    const undertakings = new Undertakings();
    expect(undertakings.settle()).toBeUndefined();
    const first = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    void undertakings.watch(first.promise).then(() => undertakings.watch(second.promise));
    let isSettled = false;
    const settled = undertakings.settle()?.then(() => (isSettled = true));
    first.resolve();
    await new Promise(setImmediate);
    expect(isSettled).toBe(false);
    second.resolve();
    await settled;
    expect(undertakings.settle()).toBeUndefined();
  });

  it('count work that fails until it has failed, and hand the failure on', async () => {
    const undertakings = new Undertakings();
    const work = undertakings.watch(Promise.reject(new Error('no space')));
    const settled = undertakings.settle();
    await expect(work).rejects.toThrow('no space');
    await settled;
    expect(undertakings.settle()).toBeUndefined();
  });

  it('watch the named methods of an object and leave the others as they are', async () => {
    const undertakings = new Undertakings();
    const gate = Promise.withResolvers<string>();
    class Worker {
      readonly #answer = 'kept';
      slow(): Promise<string> {
        return gate.promise;
      }
      quick(): string {
        return this.#answer;
      }
    }
    const watched = undertakings.watched(new Worker(), ['slow']);
    expect(watched.quick()).toBe('kept');
    const answer = watched.slow();
    expect(undertakings.settle()).toBeDefined();
    gate.resolve('done');
    expect(await answer).toBe('done');
    expect(undertakings.settle()).toBeUndefined();
  });
});
