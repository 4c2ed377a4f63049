/** What the fault simulation has found, each in its smallest form. */
import { describe, expect, it } from 'vitest';

import { Decimal, price, quantity } from '../../src/domain/decimal.ts';
import { asId } from '../../src/domain/ids.ts';
import type { VenueOrderId } from '../../src/domain/ids.ts';
import { exchangeRules } from '../../src/testkit/builders/instruments.ts';
import { closeAll, stopOf, trigger, withPosition } from './held-position.ts';
import { ScriptedWorld } from './scripted-world.ts';

describe('on spot', () => {
  it('what a stop has sold by a first word of it is not sold again before its fills are booked', async () => {
    const world = await withPosition({ market: 'spot' });
    const stop = stopOf(world);
    world.broker.script('cancel', { kind: 'unknown', arrives: false });
    await closeAll(world);
    const exits = (): number => world.broker.submissions.filter(({ intent }) => intent.leg === 'exit').length;
    expect(exits()).toBe(0);
    const news = {
      at: world.clock.now(),
      venueOrderId: asId<VenueOrderId>('7'),
      reportedQuantity: quantity('1'),
    } as const;
    world.broker.tell({ type: 'order_update', orderId: stop.orderId, update: { type: 'accepted', ...news } });
    await world.clock.advance(0);
    expect(exits()).toBe(0);
  });
});

describe('a tick that has grown', () => {
  it('moves the stop at the exchange to the next tick inwards', async () => {
    const world = await ScriptedWorld.open({ market: 'futures' });
    const refused = { kind: 'refused', code: '-4014' } as const;
    world.broker.script('stop', refused);
    world.feed.listed = world.feed.listed.map((each) => ({
      ...each,
      rules: exchangeRules({ ...each.rules, tick: price('1') }),
    }));
    await world.nextMinute();
    await world.signal(world.symbols[0] ?? '', 'long', { stop: '4.6%' });
    await world.clock.advance(10_000);
    expect(trigger(stopOf(world))).toBe('96');
    expect(world.positions[0]?.protection).toMatchObject({ guard: 'venue', stopPrice: price('96') });
  });
});

describe('a balance that the exchange names no more', () => {
  it('is zero', async () => {
    const world = await ScriptedWorld.open();
    const balance = { accountId: asId('account'), asset: 'XYZ', updatedAt: world.clock.now() } as const;
    const held = { ...balance, free: new Decimal(5), locked: new Decimal(1) } as never;
    world.broker.tell({ type: 'balance_changed', balance: held });
    await world.clock.advance(70_000);
    const [known] = world.engine.handle.balances().filter(({ asset }) => asset === 'XYZ');
    expect(known).toMatchObject({ free: new Decimal(0), locked: new Decimal(0) });
  });
});
