import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FairQueue } from './fair-queue.ts';

interface Work {
  readonly owner: string;
  readonly number: number;
}

const anyWork = fc
  .array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 })
  .map((owners) => owners.map((owner, number): Work => ({ owner, number })));

function takeAll(queue: FairQueue<Work>): Work[] {
  const taken: Work[] = [];
  for (let work = queue.take(); work !== undefined; work = queue.take()) taken.push(work);
  return taken;
}

describe('the queue of a sandbox process', () => {
  it('gives each piece of work once, each owner his own in their order', () => {
    fc.assert(
      fc.property(anyWork, (all) => {
        const queue = new FairQueue<Work>();
        for (const work of all) queue.push(work);
        const taken = takeAll(queue);
        for (const owner of ['a', 'b', 'c', 'd']) {
          const own = (list: readonly Work[]) =>
            list.filter((work) => work.owner === owner).map(({ number }) => number);
          expect(own(taken)).toEqual(own(all));
        }
        expect(taken).toHaveLength(all.length);
      }),
    );
  });

  it('lets nobody have two turns while another waits for his first', () => {
    fc.assert(
      fc.property(anyWork, (all) => {
        const queue = new FairQueue<Work>();
        for (const work of all) queue.push(work);
        const owners = new Set(all.map(({ owner }) => owner));
        const first = takeAll(queue).slice(0, owners.size);
        expect(new Set(first.map(({ owner }) => owner))).toEqual(owners);
      }),
    );
  });
});
