import { describe, expect, it } from 'vitest';

import { decimal, quantity } from '../../src/domain/decimal.ts';
import { asId } from '../../src/domain/ids.ts';
import type { OrderId } from '../../src/domain/ids.ts';
import { clientOrderId } from '../../src/domain/order/client-order-id.ts';
import { newOrder } from '../../src/domain/order/order.ts';
import type { Order } from '../../src/domain/order/order.ts';
import { A, closeAll, held, withPosition } from './held-position.ts';
import { ScriptedWorld } from './scripted-world.ts';

const B = 'BUSDT';
const REFUSED = { kind: 'refused', code: '-1111' } as const;
const USUAL = { kind: 'usual' } as const;

const refusals = (world: ScriptedWorld): string =>
  [...world.store.signals.values()].map(({ state }) => JSON.stringify(state)).join();

/** A close that ended in an earlier run without a fill. */
function endedClose(world: ScriptedWorld, reason: string): Order {
  const [stop] = [...world.store.orders.values()].filter(({ intent }) => intent.leg === 'stop');
  if (stop === undefined) throw new Error('there is no stop');
  const id = asId<OrderId>('zexit0000000000000000001');
  const intent = { ...stop.intent, id, leg: 'exit', terms: { type: 'market' }, quantity: quantity('0.4') } as const;
  const order = newOrder(
    { ...intent, reason: 'manual' },
    clientOrderId({ instance: 'test', subject: held(world).id, leg: 'exit', number: 1 }),
  );
  return { ...order, state: { status: 'cancelled', at: world.clock.now(), venueOrderId: null, reason } };
}

describe('a close of an earlier run', () => {
  it.each([
    ['the first', [REFUSED, USUAL]],
    ['the second', [USUAL, REFUSED]],
    ['each', [REFUSED, REFUSED]],
  ] as const)('is owed when %s of two has failed', async (_, fates) => {
    const world = await withPosition();
    world.broker.script('exit', ...fates);
    await world.execute({ type: 'close_position', positionId: held(world).id, fraction: decimal('0.4') });
    await closeAll(world);
    await world.clock.advance(100);
    expect(world.broker.submissions.filter(({ intent }) => intent.leg === 'exit')).toHaveLength(2);
    expect(world.positions).toHaveLength(1);
    await world.crash();
    await world.clock.advance(10_000);
    expect(world.positions).toHaveLength(0);
    expect(world.broker.held(A).toFixed()).toBe('0');
  });

  it('that was tried again is owed once', async () => {
    const world = await withPosition();
    world.broker.script('exit', REFUSED, REFUSED, REFUSED);
    await world.execute({ type: 'close_position', positionId: held(world).id, fraction: decimal('0.4') });
    await world.clock.advance(4_000);
    await world.crash();
    await world.clock.advance(10_000);
    expect(held(world).quantity.toFixed()).toBe('0.6');
  });

  it.each([
    ['not executed', '0.6'],
    ['no longer wanted before it was sent', '1'],
  ])('that ended as %s leaves %s', async (reason, left) => {
    const world = await withPosition();
    world.die();
    const order = endedClose(world, reason);
    world.store.orders.set(order.intent.id, order);
    await world.start();
    await world.clock.advance(10_000);
    expect(held(world).quantity.toFixed()).toBe(left);
  });
});

describe('what is on its way in weighs as much as it may yet become', () => {
  const limits = { maxExposurePct: decimal('1.5') };

  it.each(['unfilled', 'partly filled'])('%s, before and after a restart', async (how) => {
    const world = await ScriptedWorld.open({ limits });
    world.broker.script('entry', { kind: 'accepted' });
    await world.signal(A, 'long', { stop: '5%' });
    const [entry] = world.broker.working('entry');
    if (entry === undefined) throw new Error('the entry does not work');
    if (how === 'partly filled') world.broker.fill(entry, quantity('0.1'));
    await world.signal(B, 'long', { stop: '5%' });
    expect(world.position(B)).toBeUndefined();
    await world.crash();
    await world.signal(B, 'long', { stop: '5%' });
    expect(world.position(B)).toBeUndefined();
    expect(refusals(world).match(/"EXPOSURE_LIMIT"/g)).toHaveLength(2);
    world.broker.fill(entry);
    await world.clock.advance(100);
    expect(held(world).quantity.toFixed()).toBe('1');
  });
});

describe('the end of a program that has only positions at rest', () => {
  it('waits for no answer', async () => {
    const world = await withPosition();
    await world.crash();
    await world.clock.advance(30_000);
    let hasEnded = false;
    void world.engine.stop(true).then(() => {
      hasEnded = true;
    });
    await world.clock.advance(200);
    expect(hasEnded).toBe(true);
  });
});

describe('the audit log', () => {
  it('says what stopped opening when losses in a row did', async () => {
    const world = await withPosition({ limits: { maxConsecutiveLosses: 1 } });
    world.tick(A, '94');
    await world.clock.advance(3_000);
    const changes = world.store.audit.filter(({ subject }) => subject === 'breaker').map(({ change }) => change);
    expect(changes).toContain('tripped by consecutive_losses');
    expect(world.store.breaker?.breaker.status).toBe('tripped');
  });
});
