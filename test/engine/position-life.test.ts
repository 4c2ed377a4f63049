import { describe, expect, it } from 'vitest';

import { price, quantity } from '../../src/domain/decimal.ts';
import { parseLevel } from '../../src/domain/levels.ts';
import { A, closeAll, held, stopOf, tighten, trigger, withPosition } from './held-position.ts';
import { ScriptedWorld } from './scripted-world.ts';

describe.each(['spot', 'futures'] as const)('a position on %s', (market) => {
  it('has its stop at the venue from the first fill, over what is held, after every partial fill', async () => {
    const world = await ScriptedWorld.open({ market });
    world.broker.script('entry', { kind: 'accepted' });
    await world.signal(A, 'long', { stop: '5%' });
    const [entry] = world.broker.working('entry');
    if (entry === undefined) throw new Error('the entry does not work');
    for (const [part, sum] of [
      ['0.2', '0.2'],
      ['0.3', '0.5'],
      ['0.5', '1'],
    ] as const) {
      world.broker.fill(entry, quantity(part));
      await world.clock.advance(10);
      expect(world.broker.working('stop')).toHaveLength(1);
      expect(stopOf(world).intent.quantity.toFixed()).toBe(sum);
      expect(held(world).protection).toMatchObject({ guard: 'venue' });
    }
  });

  it('closes at its stop, with the trade booked', async () => {
    const world = await withPosition({ market });
    world.tick(A, '94.5');
    await world.clock.advance(3_000);
    expect(world.positions).toHaveLength(0);
    const [trade] = world.store.trades.values();
    expect(trade).toMatchObject({ reason: 'stop' });
    expect(trade?.pnl.toFixed()).toBe('-5.5');
  });

  it('takes its targets part by part, and its stop covers what is left', async () => {
    const world = await ScriptedWorld.open({ market });
    await world.signal(A, 'long', {
      stop: '5%',
      targets: [
        { at: '2%', part: '0.4' },
        { at: '4%', part: '0.6' },
      ],
    });
    world.tick(A, '102');
    await world.clock.advance(50);
    expect(held(world).quantity.toFixed()).toBe('0.6');
    expect(world.broker.working('stop').map(({ intent }) => intent.quantity.toFixed())).toEqual(['0.6']);
    world.tick(A, '104');
    await world.clock.advance(50);
    expect(world.positions).toHaveLength(0);
    expect(world.broker.working()).toHaveLength(0);
    expect(world.broker.held(A).toFixed()).toBe('0');
    expect([...world.store.trades.values()][0]?.reason).toBe('target');
  });

  it('is closed by hand whole, with its stop gone and every unit sold', async () => {
    const world = await withPosition({ market });
    await closeAll(world);
    await world.clock.advance(50);
    expect(world.positions).toHaveLength(0);
    expect(world.broker.working()).toHaveLength(0);
    expect(world.broker.held(A).toFixed()).toBe('0');
  });

  it('keeps a tighter stop, which the venue follows; a looser one is refused', async () => {
    const world = await withPosition({ market });
    await tighten(world, '97');
    await world.clock.advance(50);
    expect(world.broker.working('stop').map(trigger)).toEqual(['97']);
    expect(held(world).protection).toMatchObject({ guard: 'venue' });
    await expect(tighten(world, '96')).rejects.toMatchObject({ code: 'STOP_LOOSENED' });
    expect(world.broker.working('stop').map(trigger)).toEqual(['97']);
  });

  it('whose stop is refused is watched here, with an alarm from the third time on, until a stop rests', async () => {
    const world = await ScriptedWorld.open({ market });
    const refusal = { kind: 'refused', code: '-1003', reason: 'Too much.' } as const;
    world.broker.script('stop', refusal, refusal, refusal);
    await world.signal(A, 'long', { stop: '5%' });
    expect(held(world).protection.guard).toBe('local');
    expect(world.alarms).toHaveLength(0);
    await world.clock.advance(6_500);
    expect(world.alarms).toHaveLength(1);
    await world.clock.advance(10_000);
    expect(held(world).protection.guard).toBe('venue');
    expect(world.broker.submissions.filter(({ intent }) => intent.leg === 'stop')).toHaveLength(4);
  });

  it('whose stop is refused is closed here when the price comes to it', async () => {
    const world = await ScriptedWorld.open({ market });
    world.broker.script('stop', ...Array.from({ length: 9 }, () => ({ kind: 'refused', code: '-1003' }) as const));
    await world.signal(A, 'long', { stop: '5%' });
    world.tick(A, '95');
    await world.clock.advance(10);
    expect(world.positions).toHaveLength(0);
    expect(world.broker.held(A).toFixed()).toBe('0');
  });

  it('whose stop would trigger at once is closed at the market', async () => {
    const world = await ScriptedWorld.open({ market });
    world.broker.script('entry', { kind: 'accepted' });
    await world.signal(A, 'long', { stop: '95' });
    world.broker.move(A, price('94'));
    const [entry] = world.broker.working('entry');
    if (entry === undefined) throw new Error('the entry does not work');
    world.broker.fill(entry);
    await world.clock.advance(100);
    expect(world.positions).toHaveLength(0);
    expect(world.broker.held(A).toFixed()).toBe('0');
    expect(world.broker.submissions.length).toBeLessThan(5);
  });

  it('whose moved stop would trigger at once is closed, and the venue is not flooded', async () => {
    const world = await withPosition({ market });
    world.broker.move(A, price('96'));
    await tighten(world, '97');
    await world.clock.advance(100);
    expect(world.positions).toHaveLength(0);
    expect(world.broker.working()).toHaveLength(0);
    expect(world.broker.submissions.length).toBeLessThan(6);
  });

  it('whose stop was taken away at the venue is watched here, tells so, and gets another stop', async () => {
    const world = await withPosition({ market });
    world.broker.end(stopOf(world), 'cancelled by hand');
    await world.clock.advance(0);
    expect(held(world).protection.guard).toBe('local');
    expect(world.alerts.at(-1)?.title).toBe('position unprotected');
    await world.clock.advance(5_000);
    expect(held(world).protection.guard).toBe('venue');
  });

  it('whose stop finds no answer is not given a second one', async () => {
    const world = await ScriptedWorld.open({ market });
    world.broker.script('stop', { kind: 'silence', arrives: true });
    await world.signal(A, 'long', { stop: '5%' });
    expect(held(world).protection.guard).toBe('local');
    await world.clock.advance(5_000);
    expect(held(world).protection.guard).toBe('venue');
    expect(world.broker.working('stop')).toHaveLength(1);
  });

  it('whose exit fails is tried until it is flat, with a critical alarm after the third failure', async () => {
    const world = await withPosition({ market });
    const refusal = { kind: 'refused', code: '-1000', reason: 'An unknown error.' } as const;
    world.broker.script('exit', refusal, refusal, refusal, refusal);
    await closeAll(world);
    await world.clock.advance(2_000);
    expect(world.alarms).toHaveLength(0);
    await world.clock.advance(1_500);
    expect(world.alarms).toHaveLength(1);
    await world.clock.advance(60_000);
    expect(world.positions).toHaveLength(0);
    expect(world.broker.held(A).toFixed()).toBe('0');
  });

  it('goes on closing after a restart in between two tries', async () => {
    const world = await withPosition({ market });
    world.broker.script('exit', { kind: 'refused', code: '-1000' });
    await closeAll(world);
    await world.crash();
    await world.clock.advance(5_000);
    expect(world.positions).toHaveLength(0);
    expect(world.broker.held(A).toFixed()).toBe('0');
  });

  it('moves its stop to the entry at break-even, and trails the best price', async () => {
    const world = await ScriptedWorld.open({
      market,
      exits: { breakEven: parseLevel('1r'), trailing: parseLevel('6%') },
    });
    await world.signal(A, 'long', { stop: '5%' });
    world.tick(A, '105');
    await world.clock.advance(1_100);
    expect(trigger(stopOf(world))).toBe('100');
    world.tick(A, '110');
    await world.clock.advance(1_100);
    expect(trigger(stopOf(world))).toBe('103.4');
    world.tick(A, '106');
    await world.clock.advance(1_100);
    expect(trigger(stopOf(world))).toBe('103.4');
    world.tick(A, '103');
    await world.clock.advance(3_000);
    expect([...world.store.trades.values()].map(({ reason }) => reason)).toEqual(['trailing']);
  });

  it('ends at its time limit', async () => {
    const world = await withPosition({ market, exits: { maxHoldMs: 60_000 } });
    await world.clock.advance(61_000);
    expect(world.positions).toHaveLength(0);
    expect([...world.store.trades.values()].map(({ reason }) => reason)).toEqual(['time_limit']);
  });

  it('is closed by kill, which also takes what a late fill brings', async () => {
    const world = await withPosition({ market, symbols: [A, 'BUSDT'] });
    world.broker.script('entry', { kind: 'accepted' });
    await world.signal('BUSDT', 'long');
    world.broker.script('cancel', { kind: 'unknown', arrives: false });
    await world.execute({ type: 'kill', keepPositions: false, reason: 'enough' });
    const [entry] = world.broker.working('entry');
    if (entry === undefined) throw new Error('the entry does not work');
    world.broker.fill(entry, quantity('0.5'));
    await world.clock.advance(10_000);
    expect(world.positions).toHaveLength(0);
    expect(world.broker.held(A).toFixed()).toBe('0');
    expect(world.broker.held('BUSDT').toFixed()).toBe('0');
    expect(world.broker.working()).toHaveLength(0);
    await world.signal(A, 'long');
    expect(world.positions).toHaveLength(0);
  });

  it('is closed by a kill that was interrupted by a restart', async () => {
    const world = await withPosition({ market });
    world.broker.script('exit', { kind: 'not_executed', retryAfterMs: 1_000 });
    await world.execute({ type: 'kill', keepPositions: false, reason: 'enough' });
    await world.crash();
    await world.clock.advance(10_000);
    expect(world.positions).toHaveLength(0);
  });

  it('stays through a pause, guarded; nothing new is opened until resume', async () => {
    const world = await withPosition({ market });
    await world.execute({ type: 'pause_opening', reason: 'lunch' });
    await world.signal('BUSDT', 'long');
    expect(world.positions).toHaveLength(1);
    expect(held(world).protection.guard).toBe('venue');
    await world.execute({ type: 'resume_opening' });
    await world.signal('BUSDT', 'long');
    expect(world.positions).toHaveLength(2);
  });

  it('is turned by an opposite signal when its trader reverses (spot: closed)', async () => {
    const world = await withPosition({ market, trader: { reverse: true } });
    await world.signal(A, 'short', { stop: '5%' });
    await world.clock.advance(100);
    if (market === 'spot') expect(world.positions).toHaveLength(0);
    else expect(held(world)).toMatchObject({ side: 'short', protection: { guard: 'venue' } });
    expect(world.store.trades.size).toBe(1);
  });

  it('is one per symbol, whoever asks', async () => {
    const world = await withPosition({ market });
    await world.signal(A, 'long');
    expect(world.broker.held(A).toFixed()).toBe('1');
  });

  it('survives a restart with fills that were missed', async () => {
    const world = await ScriptedWorld.open({ market });
    world.broker.script('entry', { kind: 'accepted' });
    await world.signal(A, 'long', { stop: '5%' });
    const [entry] = world.broker.working('entry');
    if (entry === undefined) throw new Error('the entry does not work');
    world.broker.fill(entry, quantity('0.4'));
    await world.clock.advance(10);
    world.die();
    world.broker.fill(entry, quantity('0.6'));
    await world.start();
    await world.clock.advance(5_000);
    expect(held(world).quantity.toFixed()).toBe('1');
    expect(world.broker.working('stop').map(({ intent }) => intent.quantity.toFixed())).toEqual(['1']);
    const ids = world.broker.submissions.map(({ clientOrderId }) => clientOrderId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('whose stop has partly filled unheard when it is closed by hand is closed whole', async () => {
    const world = await withPosition({ market });
    world.broker.isMuted = true;
    world.broker.fill(stopOf(world), quantity('0.3'));
    world.broker.isMuted = false;
    await closeAll(world);
    await world.clock.advance(5_000);
    expect(world.positions).toHaveLength(0);
    expect(world.broker.held(A).toFixed()).toBe('0');
  });

  it('whose stop has ended unheard is found out and given another one', async () => {
    const world = await withPosition({ market });
    world.broker.isMuted = true;
    world.broker.end(stopOf(world), 'cancelled by hand');
    world.broker.isMuted = false;
    await world.clock.advance(70_000);
    expect(world.broker.working('stop')).toHaveLength(1);
    expect(held(world).protection.guard).toBe('venue');
  });

  it('that is reported closed before its fills come is not closed a second time', async () => {
    const world = await withPosition({ market, capabilities: { residentStops: false } });
    world.broker.script('exit', { kind: 'accepted' });
    await closeAll(world);
    const [exit] = world.broker.working('exit');
    if (exit === undefined) throw new Error('the exit does not work');
    const { orderId, venueOrderId } = exit;
    const at = world.clock.now();
    const update = { type: 'filled', at, venueOrderId, reportedQuantity: null } as const;
    world.broker.tell({ type: 'order_update', orderId, update });
    world.tick(A, '90');
    await world.clock.advance(1_500);
    expect(world.broker.submissions.filter(({ intent }) => intent.leg === 'exit')).toHaveLength(1);
    world.broker.fill(exit);
    await world.clock.advance(1_500);
    expect(world.positions).toHaveLength(0);
  });
});
