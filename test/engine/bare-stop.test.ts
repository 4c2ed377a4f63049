import { describe, expect, it } from 'vitest';

import { decimal, quantity } from '../../src/domain/decimal.ts';
import { exchangeRules } from '../../src/testkit/builders/instruments.ts';
import { A, held, stopOf, trigger, withPosition } from './held-position.ts';
import { ScriptedWorld } from './scripted-world.ts';

const NOTIONAL = { notional: { ...exchangeRules().notional, min: decimal('98') as never } };

/** The price moves for this program; the stop at the venue is not set off. */
function tickHere(world: ScriptedWorld, to: string): void {
  const { broker } = world;
  const move = broker.move.bind(broker);
  broker.move = () => undefined;
  world.tick(A, to);
  broker.move = move;
}

const exitsSent = (world: ScriptedWorld): number =>
  world.broker.submissions.filter(({ intent }) => intent.leg === 'exit').length;

describe('a stop below the minimum worth of the exchange', () => {
  it('lets nothing be opened on spot', async () => {
    const world = await ScriptedWorld.open({ market: 'spot', rules: NOTIONAL });
    await world.signal(A, 'long', { stop: '5%' });
    expect(world.broker.submissions).toHaveLength(0);
    expect(JSON.stringify([...world.store.signals.values()])).toContain('at its stop');
    await world.signal(A, 'long', { stop: '1%' });
    expect(held(world).protection.guard).toBe('venue');
  });

  it('is of no matter on futures', async () => {
    const world = await withPosition({ rules: NOTIONAL });
    expect(held(world).protection.guard).toBe('venue');
  });

  it.each([true, false])('of the rest of a position is told once (watched here: %s)', async (monitorPositions) => {
    const rules = { notional: { ...exchangeRules().notional, min: decimal('50') as never } };
    const world = await withPosition({ market: 'spot', rules, monitorPositions });
    await world.execute({ type: 'close_position', positionId: held(world).id, fraction: decimal('0.5') });
    await world.clock.advance(120_000);
    expect(held(world).quantity.toFixed()).toBe('0.5');
    expect(held(world).protection).toMatchObject({ guard: 'local' });
    const told = world.alerts.filter(({ text }) => text.includes('takes no stop over so little'));
    expect(told.map(({ severity }) => severity)).toEqual([monitorPositions ? 'warning' : 'critical']);
    expect(told[0]?.text).toContain(monitorPositions ? 'this program watches it' : 'NOBODY watches it');
  });
});

describe('without ENABLE_POSITION_MONITORING', () => {
  it.each(['the venue has no stops', 'its stops are refused'])(
    'a person hears that nobody watches when %s',
    async (how) => {
      const isRefused = how === 'its stops are refused';
      const world = await ScriptedWorld.open({ monitorPositions: false, capabilities: { residentStops: isRefused } });
      const refusal = { kind: 'refused', code: '-1003', reason: 'Too much.' } as const;
      if (isRefused) world.broker.script('stop', ...Array.from({ length: 9 }, () => refusal));
      await world.signal(A, 'long', { stop: '5%' });
      await world.clock.advance(10_000);
      expect(world.alarms.join()).toContain('NOBODY watches it');
      expect(world.alerts.map(({ text }) => text).join()).not.toContain('this program watches');
    },
  );
});

describe('a stop at the venue that is due', () => {
  it('is asked for at once: what it has done is not done a second time', async () => {
    const world = await withPosition();
    world.broker.isMuted = true;
    world.tick(A, '94');
    await world.clock.advance(300);
    expect(world.positions).toHaveLength(0);
    expect(exitsSent(world)).toBe(0);
  });

  it('is waited for no more once the venue says that it still rests', async () => {
    const world = await withPosition();
    tickHere(world, '94');
    await world.clock.advance(900);
    expect(exitsSent(world)).toBe(0);
    await world.clock.advance(1_600);
    expect(world.positions).toHaveLength(0);
  });

  it('is waited for a while without an answer, and not for ever', async () => {
    const world = await withPosition();
    world.broker.isUnreachable = true;
    tickHere(world, '94');
    await world.clock.advance(4_000);
    expect(exitsSent(world)).toBe(0);
    await world.clock.advance(4_000);
    expect(exitsSent(world)).toBe(1);
  });

  it('of a position with units of others beside it is cancelled before this program closes', async () => {
    const world = await withPosition();
    world.broker.takeAway(A, decimal('-1'));
    await world.clock.advance(70_000);
    tickHere(world, '94');
    await world.clock.advance(3_000);
    expect(world.positions).toHaveLength(0);
    world.tick(A, '90');
    await world.clock.advance(3_000);
    expect(world.broker.held(A).toFixed()).toBe('1');
  });
});

describe('a position', () => {
  it('is guarded here as soon as its only standing stop is gone, whatever another one may come to', async () => {
    const world = await withPosition();
    const first = stopOf(world);
    world.broker.script('stop', { kind: 'unknown', arrives: false });
    await world.execute({ type: 'close_position', positionId: held(world).id, fraction: decimal('0.4') });
    await world.clock.advance(100);
    expect(held(world).protection).toMatchObject({ guard: 'venue', stopOrderId: first.orderId });
    world.broker.end(first, 'cancelled by the user');
    await world.clock.advance(100);
    expect(held(world).protection.guard).toBe('local');
    await world.clock.advance(20_000);
    expect(held(world).protection.guard).toBe('venue');
    expect(stopOf(world).intent.quantity).toEqual(quantity('0.6'));
  });

  it('of an earlier run is given no second stop on spot before the venue has said which rest', async () => {
    const world = await withPosition({ market: 'spot' });
    world.broker.takeAway(A, decimal('-5'));
    world.die();
    for (const [id, { intent }] of world.store.orders) if (intent.leg === 'stop') world.store.orders.delete(id);
    world.broker.isUnreachable = true;
    await world.start();
    await world.clock.advance(4_000);
    expect(world.broker.working('stop').map(trigger)).toEqual(['95']);
    world.broker.isUnreachable = false;
    await world.clock.advance(20_000);
    expect(world.broker.working('stop').map(trigger)).toEqual(['95']);
    expect(held(world).protection.guard).toBe('venue');
  });

  it('of an earlier run is given a stop on spot once the venue has said that none rests', async () => {
    const world = await withPosition({ market: 'spot' });
    world.die();
    world.broker.end(stopOf(world), 'cancelled by the user');
    world.broker.isUnreachable = true;
    await world.start();
    world.broker.isUnreachable = false;
    await world.clock.advance(20_000);
    expect(world.broker.working('stop')).toHaveLength(1);
  });
});
