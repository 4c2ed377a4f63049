import { describe, expect, it } from 'vitest';

import { decimal, money, price, quantity } from '../../src/domain/decimal.ts';
import { fillKey } from '../../src/domain/fill.ts';
import type { Fill } from '../../src/domain/fill.ts';
import { asId } from '../../src/domain/ids.ts';
import type { Fate } from '../../src/testkit/scripted-broker-terms.ts';
import { A, closeAll, held, stopOf, tighten, trigger, withPosition } from './held-position.ts';
import { ScriptedWorld } from './scripted-world.ts';

const MINUTE_MS = 60_000;

/** Every way in which a request can end, and whether it was executed. */
const OUTCOMES: readonly (readonly [string, Fate, boolean])[] = [
  ['is answered', { kind: 'usual' }, true],
  ['has its answer lost after it arrived', { kind: 'unknown', arrives: true }, true],
  ['has its answer lost before it arrived', { kind: 'unknown', arrives: false }, false],
  ['arrives and is never answered', { kind: 'silence', arrives: true }, true],
  ['never arrives', { kind: 'silence', arrives: false }, false],
  ['is not executed for the time being', { kind: 'not_executed', retryAfterMs: 1_500 }, false],
  ['is refused', { kind: 'refused', code: '-1003', reason: 'Too many.' }, false],
  ['ends in a fault of the broker', { kind: 'throws' }, false],
];

/** What holds whatever became of a request: nothing twice, every fill booked once, and the books are as the venue says. */
function checkBooks(world: ScriptedWorld): void {
  const { broker, store } = world;
  expect(broker.repeated).toEqual([]);
  expect([...store.fills.keys()].toSorted()).toEqual(broker.fills.map(({ fill }) => fillKey(fill)).toSorted());
  expect(world.position(A)?.quantity.toFixed() ?? '0').toBe(broker.held(A).abs().toFixed());
  expect(world.errors).toEqual([]);
}

const sent = (world: ScriptedWorld, leg: string): number =>
  world.broker.submissions.filter(({ intent }) => intent.leg === leg).length;

describe.each(['spot', 'futures'] as const)('on %s', (market) => {
  describe.each(OUTCOMES)('a request that %s', (_, fate, isExecuted) => {
    it('as an entry is made once, or not at all when it was refused', async () => {
      const world = await ScriptedWorld.open({ market });
      world.broker.script('entry', fate);
      await world.signal(A, 'long', { stop: '5%' });
      await world.clock.advance(2 * MINUTE_MS);
      expect(world.broker.held(A).toFixed()).toBe(fate.kind === 'refused' ? '0' : '1');
      expect(sent(world, 'entry')).toBe(isExecuted || fate.kind === 'refused' ? 1 : 2);
      if (fate.kind !== 'refused') expect(held(world).protection.guard).toBe('venue');
      checkBooks(world);
    });

    it('as an exit closes once, in the end', async () => {
      const world = await withPosition({ market });
      world.broker.script('exit', fate);
      await closeAll(world);
      await world.clock.advance(MINUTE_MS);
      expect(world.positions).toHaveLength(0);
      expect(world.store.trades.size).toBe(1);
      expect(world.broker.working()).toHaveLength(0);
      expect(sent(world, 'exit')).toBe(isExecuted ? 1 : 2);
      checkBooks(world);
    });

    it('as a stop leaves one stop at the venue, and somebody watches until then', async () => {
      const world = await ScriptedWorld.open({ market });
      world.broker.script('stop', fate);
      await world.signal(A, 'long', { stop: '5%' });
      expect(held(world).protection.guard).not.toBe('none');
      await world.clock.advance(MINUTE_MS);
      expect(held(world).protection).toMatchObject({ guard: 'venue' });
      expect(world.broker.working('stop')).toHaveLength(1);
      checkBooks(world);
    });

    it('as the change of a stop leaves one stop, where it belongs', async () => {
      const world = await withPosition({ market });
      world.broker.script('stop', fate);
      await tighten(world, '97');
      expect(held(world).protection.guard).not.toBe('none');
      await world.clock.advance(2 * MINUTE_MS);
      expect(world.broker.working('stop').map(trigger)).toEqual(['97']);
      expect(held(world).protection).toMatchObject({ guard: 'venue' });
      checkBooks(world);
    });

    it('as the cancel of an entry ends it', async () => {
      const world = await ScriptedWorld.open({ market });
      world.broker.script('entry', { kind: 'accepted' });
      await world.signal(A, 'long');
      const [order] = world.broker.working('entry');
      if (order === undefined || fate.kind === 'not_executed' || fate.kind === 'throws') return;
      world.broker.script('cancel', fate);
      await world.execute({ type: 'cancel_order', orderId: order.orderId });
      await world.clock.advance(2 * MINUTE_MS);
      expect(order.isWorking).toBe(false);
      expect(world.store.orders.get(order.orderId)?.state.status).toBe('cancelled');
      checkBooks(world);
    });

    it('as the cancel of a stop before a close does not keep the position open', async () => {
      const world = await withPosition({ market });
      if (fate.kind === 'not_executed' || fate.kind === 'throws') return;
      world.broker.script('cancel', fate);
      await closeAll(world);
      await world.clock.advance(2 * MINUTE_MS);
      expect(world.positions).toHaveLength(0);
      expect(world.broker.working()).toHaveLength(0);
      checkBooks(world);
    });
  });

  it('"not found" is no answer before the request can no longer arrive', async () => {
    const world = await ScriptedWorld.open({ market });
    world.broker.script('entry', { kind: 'silence', arrives: false });
    await world.signal(A, 'long');
    const startedAt = world.broker.submissions.length;
    await world.clock.advance(6_900);
    expect(world.broker.submissions).toHaveLength(startedAt);
    await world.clock.advance(3_000);
    expect(sent(world, 'entry')).toBe(2);
  });

  it('an order at the market that was taken, and of which nothing more is heard, is asked for', async () => {
    const world = await ScriptedWorld.open({ market });
    world.broker.script('entry', { kind: 'accepted' });
    await world.signal(A, 'long', { stop: '5%' });
    const [order] = world.broker.working('entry');
    if (order === undefined) throw new Error('the entry does not work');
    world.broker.isMuted = true;
    world.broker.fill(order);
    world.broker.isMuted = false;
    await world.clock.advance(2_500);
    expect(held(world).protection.guard).toBe('venue');
  });

  it('a fill that comes after a restart to an entry that had ended before is booked and guarded', async () => {
    const world = await ScriptedWorld.open({ market });
    world.broker.script('entry', { kind: 'accepted' });
    await world.signal(A, 'long');
    const [order] = world.broker.working('entry');
    if (order === undefined) throw new Error('the entry does not work');
    await world.execute({ type: 'cancel_order', orderId: order.orderId });
    await world.clock.advance(1_000);
    await world.crash();
    world.broker.fill(order, quantity('0.4'));
    await world.clock.advance(1_000);
    expect(held(world)).toMatchObject({ protection: { guard: 'venue' } });
    checkBooks(world);
  });

  it('a fill that is told by nobody, of an entry that has just been cancelled, is found', async () => {
    const world = await ScriptedWorld.open({ market });
    world.broker.script('entry', { kind: 'accepted' });
    await world.signal(A, 'long');
    const [order] = world.broker.working('entry');
    if (order === undefined) throw new Error('the entry does not work');
    await world.clock.advance(MINUTE_MS - (world.clock.now() % MINUTE_MS) - 5_000);
    await world.execute({ type: 'cancel_order', orderId: order.orderId });
    world.broker.isMuted = true;
    world.broker.fill(order, quantity('0.4'));
    world.broker.isMuted = false;
    await world.clock.advance(MINUTE_MS + 10_000);
    expect(held(world).quantity.toFixed()).toBe('0.4');
    checkBooks(world);
  });

  it.each([
    ['quote', 'USDT', '0.1', '1', '0.1', '1'],
    ['BNB', 'BNB', '0.0002', '500', '0.1', '1'],
    ['base', 'A', '0.001', '100', '0.1', market === 'spot' ? '0.999' : '1'],
  ])('a fee in %s counts by its worth at the time of the fill', async (_, asset, amount, rate, value, units) => {
    const world = await ScriptedWorld.open({ market });
    world.broker.script('entry', { kind: 'accepted' });
    await world.signal(A, 'long', { stop: '5%' });
    const [order] = world.broker.working('entry');
    if (order === undefined) throw new Error('the entry does not work');
    const fill: Fill = {
      ...{ market, symbol: asId(A), venueTradeId: 'f1', venueOrderId: order.venueOrderId, orderId: order.orderId },
      ...{ side: 'buy', price: price('100'), quantity: quantity('1'), liquidity: 'taker', time: world.clock.now() },
      fee: { asset, amount: decimal(amount), rate: decimal(rate), value: money(value) },
    };
    const at = world.clock.now();
    world.broker.tell({ type: 'order_update', orderId: order.orderId, update: { type: 'fill', at, fill } });
    await world.clock.advance(10);
    expect(held(world).quantity.toFixed()).toBe(units);
    expect(held(world).totals.fees.toFixed()).toBe('0.1');
    expect(world.store.orders.get(order.orderId)?.execution.feesValue.toFixed()).toBe('0.1');
  });
});

describe('protection', () => {
  it('of which the exchange says that there is nothing to reduce is asked for before more is sent', async () => {
    const world = await ScriptedWorld.open();
    world.broker.script('entry', { kind: 'accepted' });
    await world.signal(A, 'long', { stop: '5%' });
    const [entry] = world.broker.working('entry');
    if (entry === undefined) throw new Error('the entry does not work');
    world.broker.script('stop', { kind: 'refused', code: '-2022' });
    let asked = 0;
    const snapshot = world.broker.snapshot.bind(world.broker);
    world.broker.snapshot = () => {
      asked += 1;
      return snapshot();
    };
    world.broker.fill(entry);
    await world.clock.advance(100);
    expect(asked).toBe(1);
    expect(held(world).protection.guard).toBe('local');
    await world.clock.advance(5_000);
    expect(held(world).protection.guard).toBe('venue');
  });

  it.each(['spot', 'futures'] as const)(
    'by venue and monitor together never closes more than there is (%s)',
    async (market) => {
      const world = await withPosition({ market });
      const stop = stopOf(world);
      const at = world.clock.now();
      const { orderId, venueOrderId } = stop;
      const triggered = {
        type: 'triggered',
        at,
        venueOrderId,
        reportedQuantity: null,
        childVenueOrderId: null,
      } as const;
      // The venue has been set off and takes its time.
      const isReached = world.broker.move.bind(world.broker);
      world.broker.move = () => undefined;
      world.tick(A, '94');
      world.broker.tell({ type: 'order_update', orderId, update: triggered });
      await world.clock.advance(1_500);
      expect(sent(world, 'exit')).toBe(0);
      await world.clock.advance(3_000);
      world.broker.move = isReached;
      if (stop.isWorking) world.broker.move(A, price('94'));
      await world.clock.advance(MINUTE_MS);
      expect(world.positions).toHaveLength(0);
      expect(world.broker.held(A).toFixed()).toBe('0');
      checkBooks(world);
    },
  );
});

describe('a close on spot that waits for units which the stop locks', () => {
  it.each([
    ['1', '0'],
    ['0.4', '0.6'],
  ])('of %s survives a crash, and is made once', async (part, left) => {
    const world = await withPosition({ market: 'spot' });
    for (const change of ['cancel', 'stop'] as const) world.broker.script(change, { kind: 'silence', arrives: false });
    await world.execute({ type: 'close_position', positionId: held(world).id, fraction: decimal(part) });
    expect(sent(world, 'exit')).toBe(0);
    await world.crash();
    await world.clock.advance(MINUTE_MS);
    expect(world.broker.held(A).toFixed()).toBe(left);
    expect(world.broker.working('stop').map(({ intent }) => intent.quantity.toFixed())).toEqual(
      left === '0' ? [] : [left],
    );
    checkBooks(world);
  });

  it('is not made a second time when the crash comes between sending and storing', async () => {
    const world = await withPosition({ market: 'spot' });
    world.broker.beforeSubmit = ({ intent }) => {
      if (intent.leg === 'exit') world.die();
    };
    await world.execute({ type: 'close_position', positionId: held(world).id, fraction: decimal('0.4') });
    await world.clock.advance(100);
    expect(world.isAlive).toBe(false);
    world.broker.beforeSubmit = () => undefined;
    await world.start();
    await world.clock.advance(MINUTE_MS);
    expect(world.broker.held(A).toFixed()).toBe('0.6');
    checkBooks(world);
  });
});

describe('a target', () => {
  it.each(['spot', 'futures'] as const)(
    'is taken once when the crash comes between sending and storing (%s)',
    async (market) => {
      const world = await ScriptedWorld.open({ market });
      const targets = [
        { at: '2%', part: '0.4' },
        { at: '4%', part: '0.6' },
      ];
      await world.signal(A, 'long', { stop: '5%', targets });
      world.broker.beforeSubmit = ({ intent }) => {
        if (intent.leg === 'exit') world.die();
      };
      world.tick(A, '102');
      await world.clock.advance(100);
      expect(world.isAlive).toBe(false);
      world.broker.beforeSubmit = () => undefined;
      await world.start();
      world.tick(A, '102.5');
      await world.clock.advance(MINUTE_MS);
      expect(world.broker.held(A).toFixed()).toBe('0.6');
      checkBooks(world);
    },
  );
});

describe('a position larger than one market order may take', () => {
  const largest = { marketQuantity: { min: null, max: quantity('0.8') } };
  const open = async (rules: object, units: string): Promise<ScriptedWorld> => {
    const world = await ScriptedWorld.open({ importedPositions: 'stop', rules });
    world.broker.takeAway(A, decimal(units).negated());
    await world.clock.advance(MINUTE_MS + 5_000);
    return world;
  };
  const quantities = (world: ScriptedWorld, leg: string): readonly string[] =>
    world.broker.submissions.filter(({ intent }) => intent.leg === leg).map(({ intent }) => intent.quantity.toFixed());

  it('is closed in parts', async () => {
    const world = await open(largest, '2');
    await closeAll(world);
    await world.clock.advance(5_000);
    expect(quantities(world, 'exit').toSorted()).toEqual(['0.4', '0.8', '0.8']);
    expect(world.positions).toHaveLength(0);
    expect(world.broker.held(A).toFixed()).toBe('0');
  });

  it('leaves no part that is too small for an order', async () => {
    const world = await open({ ...largest, quantity: { min: quantity('0.2'), max: null } }, '0.9');
    await closeAll(world);
    await world.clock.advance(5_000);
    expect(quantities(world, 'exit')).toEqual(['0.45', '0.45']);
    expect(world.positions).toHaveLength(0);
  });

  it('has at the venue the largest stop that is taken, and is closed whole when that goes off', async () => {
    const world = await open(largest, '2');
    expect(stopOf(world).intent.quantity.toFixed()).toBe('0.8');
    world.tick(A, '94');
    await world.clock.advance(10_000);
    expect(world.positions).toHaveLength(0);
    expect(world.broker.held(A).toFixed()).toBe('0');
  });
});
