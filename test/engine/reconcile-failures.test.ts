import { describe, expect, it } from 'vitest';

import { decimal, money, price } from '../../src/domain/decimal.ts';
import { A, held, withPosition } from './held-position.ts';
import { ScriptedWorld } from './scripted-world.ts';

const B = 'BUSDT';
const MINUTE_MS = 60_000;

/** The venue refuses to tell the fills of one symbol, as it does once that is delisted. */
function refuseFills(world: ScriptedWorld, symbol: string): void {
  const { broker } = world;
  const answered = broker.fillsSince.bind(broker);
  broker.fillsSince = (instrument, since) =>
    instrument.symbol === symbol ? Promise.reject(new Error('-1121 Invalid symbol.')) : answered(instrument, since);
}

describe('a symbol whose fills are refused for good', () => {
  it.each(['futures', 'spot'] as const)(
    'keeps nothing else on %s from being put right, and is told once',
    async (market) => {
      const world = await withPosition({ market });
      await world.signal(B, 'long', { stop: '5%' });
      refuseFills(world, A);
      world.broker.takeAway(B, decimal('1'));
      await world.clock.advance(MINUTE_MS + 5_000);
      expect(world.position(B)).toBeUndefined();
      await world.clock.advance(5 * MINUTE_MS);
      expect(world.alarms.filter((text) => text.includes('does not tell its fills'))).toHaveLength(1);
      expect(held(world).quantity.toFixed()).toBe('1');
    },
  );

  it('loses what its account does not hold any more, but not before the fills were asked for again', async () => {
    const world = await withPosition();
    refuseFills(world, A);
    world.broker.takeAway(A, decimal('1'));
    const told = (): boolean => world.alarms.some((text) => text.includes('does not tell its fills'));
    for (let second = 0; second < 240 && !told(); second += 1) {
      expect(world.positions).toHaveLength(1);
      await world.clock.advance(1_000);
    }
    await world.clock.advance(10_000);
    expect(world.positions).toHaveLength(0);
  });

  it('has its missed fills booked as what they are once they are told', async () => {
    const world = await withPosition();
    const { broker } = world;
    const answered = broker.fillsSince.bind(broker);
    let refusals = 2;
    broker.fillsSince = (instrument, since) => {
      refusals -= 1;
      return refusals >= 0 ? Promise.reject(new Error('not now')) : answered(instrument, since);
    };
    broker.isMuted = true;
    broker.query = () => Promise.resolve({ kind: 'no_answer', cause: 'a test wants it' });
    broker.move(A, price('95'));
    await world.clock.advance(MINUTE_MS + 10_000);
    expect([...world.store.trades.values()].map(({ reason }) => reason)).toEqual(['stop']);
  });
});

describe('an account that cannot be compared', () => {
  it.each(['does not answer', 'answers nonsense'])('as the venue %s opens nothing, and is told', async (how) => {
    const world = await ScriptedWorld.open();
    world.die();
    const answered = world.broker.snapshot.bind(world.broker);
    world.broker.snapshot = () =>
      how === 'does not answer' ? Promise.reject(new Error('down')) : Promise.resolve({ at: 0 } as never);
    await world.start();
    await world.signal(A, 'long', { stop: '5%' });
    expect(world.positions).toHaveLength(0);
    await world.clock.advance(5 * MINUTE_MS);
    expect(world.alarms.filter((text) => text.includes('could not be held against'))).toHaveLength(1);
    world.broker.snapshot = answered;
    await world.clock.advance(MINUTE_MS);
    await world.signal(A, 'long', { stop: '5%' });
    expect(world.positions).toHaveLength(1);
  });
});

describe('funding of the time in which the program was off', () => {
  it.each(['another question fails', 'the comparison fails'])('is not lost when %s at the start', async (how) => {
    const world = await withPosition();
    world.die();
    world.broker.payFunding(A, money('-0.5'));
    await world.clock.advance(30 * MINUTE_MS);
    const answered = world.broker.snapshot.bind(world.broker);
    const broken = how === 'another question fails' ? Promise.reject(new Error('down')) : Promise.resolve({ at: 0 });
    broken.catch(() => undefined);
    world.broker.snapshot = () => broken as never;
    await world.start();
    world.broker.snapshot = answered;
    await world.clock.advance(MINUTE_MS);
    expect(held(world).totals.funding.toFixed()).toBe('-0.5');
  });

  it('that a run before has booked is not booked again when the stream tells it again', async () => {
    const world = await withPosition();
    world.broker.payFunding(A, money('-0.5'));
    await world.clock.advance(100);
    await world.crash();
    const [payment] = world.broker.funding;
    if (payment === undefined) throw new Error('nothing was paid');
    world.broker.tell(payment);
    await world.clock.advance(100);
    expect(held(world).totals.funding.toFixed()).toBe('-0.5');
  });
});
