import { describe, expect, it } from 'vitest';

import { AitraderError } from '../../domain/errors.ts';
import { createFakeClock } from '../../testkit/fake-clock.ts';
import { silentLogger } from '../../testkit/silent-logger.ts';
import type { Stop } from '../wait-for-stop.ts';
import { reachWorld } from './reach-world.ts';
import type { Reached } from './reach-world.ts';
import type { World } from './world.ts';

/** Only whether it was closed is looked at. */
class FakeWorld {
  isClosed = false;
  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
  get asWorld(): World {
    return this as unknown as World;
  }
}

function attempt(opens: readonly (() => Promise<World>)[]) {
  const clock = createFakeClock();
  const simulate = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<Stop>();
  const told: (string | null)[] = [];
  let tries = 0;
  let end: Reached | null = null;
  const reached = reachWorld({
    open: () => (opens[Math.min(tries++, opens.length - 1)] ?? unreachable)(),
    onlooker: {
      simulate: simulate.promise,
      tell: (trouble) => {
        const next = trouble?.retryAtMs ?? null;
        told.push(trouble === null ? null : `${trouble.why}, ${next === null ? 'trying' : `at ${next} ms`}`);
      },
    },
    stopped: stopped.promise,
    clock,
    logger: silentLogger,
  }).then((outcome) => (end = outcome));
  return { clock, simulate, stopped, told, reached, tries: () => tries, end: () => end };
}

const unreachable = (): Promise<World> => {
  const context = { venue: 'Binance', problem: 'api does not answer: no such host. Check the network.' };
  return Promise.reject(new AitraderError('EXCHANGE_UNREACHABLE', context));
};
const silent = (): Promise<World> => new Promise(() => undefined);

describe('a world whose exchange is not reached', () => {
  it('is tried again after 5, 10, 20, 40 and then every 60 s, and says why each time', async () => {
    const { clock, told, tries, end, stopped, reached } = attempt([unreachable]);
    for (const [seconds, expected] of [
      [0, 1],
      [5, 2],
      [10, 3],
      [20, 4],
      [40, 5],
      [60, 6],
      [60, 7],
    ] as const) {
      await clock.advance(seconds * 1_000);
      expect(tries()).toBe(expected);
    }
    expect(told.slice(0, 2)).toEqual([
      'api does not answer: no such host, at 5000 ms',
      'api does not answer: no such host, at 15000 ms',
    ]);
    expect(end()).toBeNull();
    stopped.resolve({ why: 'quit', exitCode: 0 });
    expect((await reached).kind).toBe('stopped');
    expect(clock.pendingTimers()).toBe(0);
  });

  it('is opened as soon as it is there', async () => {
    const world = new FakeWorld();
    const { clock, told, end } = attempt([unreachable, () => Promise.resolve(world.asWorld)]);
    await clock.advance(5_000);
    expect(end()).toEqual({ kind: 'world', world });
    expect(told.at(-1)).toBeNull();
    expect(clock.pendingTimers()).toBe(0);
  });

  it('gives way to the simulated market at once, also while it is being tried; what opens late is closed', async () => {
    const world = new FakeWorld();
    const late = Promise.withResolvers<World>();
    const { clock, simulate, told, reached } = attempt([() => late.promise]);
    await clock.advance(3_000);
    expect(told).toEqual(['no answer yet, trying']);
    simulate.resolve();
    expect((await reached).kind).toBe('simulate');
    late.resolve(world.asWorld);
    await clock.advance(0);
    expect(world.isClosed).toBe(true);
  });

  it('leaves every other failure to the caller', async () => {
    const refusal = new AitraderError('USAGE', { problem: 'no symbol is left to watch', hint: '' });
    const { reached } = attempt([() => Promise.reject(refusal)]);
    await expect(reached).rejects.toBe(refusal);
  });

  it('waits in silence for a first answer that does not take long', async () => {
    const { clock, told } = attempt([silent]);
    await clock.advance(2_900);
    expect(told).toEqual([]);
  });
});
