import { describe, expect, it } from 'vitest';

import { decimal, money, price, quantity } from '../../src/domain/decimal.ts';
import type { AccountEvent } from '../../src/domain/event.ts';
import type { Fill } from '../../src/domain/fill.ts';
import { asId } from '../../src/domain/ids.ts';
import { A, closeAll, held, stopOf, tighten, trigger, withPosition } from './held-position.ts';
import { ScriptedWorld } from './scripted-world.ts';

describe('on futures', () => {
  it('the new stop stands before the old one goes', async () => {
    const world = await withPosition();
    const old = stopOf(world);
    let wasGuarded = false;
    world.broker.beforeSubmit = ({ intent }) => {
      if (intent.leg === 'stop') wasGuarded = old.isWorking;
    };
    await tighten(world, '97');
    await world.clock.advance(50);
    expect(wasGuarded).toBe(true);
    expect(old.isWorking).toBe(false);
  });

  it('of two stops that a crash has left the older one goes', async () => {
    const world = await withPosition();
    world.broker.script('cancel', { kind: 'unknown', arrives: false });
    await tighten(world, '97');
    await world.crash();
    await world.clock.advance(60_000);
    expect(world.broker.working('stop').map(trigger)).toEqual(['97']);
  });

  it('a stop that outlived its position over a crash is cancelled', async () => {
    const world = await withPosition();
    world.broker.script('cancel', { kind: 'unknown', arrives: false });
    await closeAll(world);
    await world.crash();
    await world.clock.advance(30_000);
    expect(world.broker.working()).toHaveLength(0);
  });

  it('a short has its stop above and closes at it', async () => {
    const world = await withPosition({}, 'short');
    expect(trigger(stopOf(world))).toBe('105');
    world.tick(A, '105');
    await world.clock.advance(3_000);
    expect(world.positions).toHaveLength(0);
  });

  it('what the venue does not hold any more leaves the books, found by the refusal of an exit', async () => {
    const world = await withPosition();
    world.broker.takeAway(A, decimal('1'));
    await closeAll(world);
    await world.clock.advance(20_000);
    expect(world.positions).toHaveLength(0);
    expect([...world.store.trades.values()].map(({ reason }) => reason)).toEqual(['external']);
    expect(world.broker.held(A).toFixed()).toBe('0');
    expect(world.alarms.join()).toContain('the exchange 0');
  });

  it('a fill of a foreign order reduces the position, once', async () => {
    const world = await withPosition();
    world.broker.takeAway(A, decimal('0.4'));
    const fill: Fill = {
      ...{
        market: 'futures',
        symbol: asId(A),
        venueTradeId: 'f1',
        venueOrderId: asId('9'),
        orderId: null,
        side: 'sell',
      },
      ...{ price: price('100'), quantity: quantity('0.4'), liquidity: 'taker', time: world.clock.now() },
      fee: { asset: 'USDT', amount: decimal('0'), rate: decimal('1'), value: money('0') },
    };
    world.broker.tell({ type: 'foreign_fill', fill, clientOrderId: null });
    // What is left of ours is the venue's word, which is believed when it is given twice.
    await world.clock.advance(5_000);
    expect(held(world).quantity.toFixed()).toBe('0.6');
    expect(held(world).exits.map(({ price: at, reason }) => [at.toFixed(), reason])).toEqual([['100', 'external']]);
    expect(stopOf(world).intent.quantity.toFixed()).toBe('0.6');
  });

  it('funding is booked once by its id', async () => {
    const world = await withPosition();
    const paid: AccountEvent = {
      ...{ type: 'funding_paid', instrument: { market: 'futures', symbol: asId(A) }, incomeId: '7' },
      ...{ amount: money('-0.5'), paidAt: world.clock.now() },
    };
    world.broker.tell(paid);
    world.broker.tell(paid);
    await world.clock.advance(10);
    expect(held(world).totals.funding.toFixed()).toBe('-0.5');
  });
});

describe('on spot', () => {
  it('units that the stop locks are freed before a close, also while stops are refused', async () => {
    const world = await withPosition({ market: 'spot' });
    world.broker.script('stop', { kind: 'refused', code: '-1000' });
    await tighten(world, '97');
    await world.clock.advance(10);
    await closeAll(world);
    await world.clock.advance(100);
    expect(world.positions).toHaveLength(0);
    expect(world.broker.held(A).toFixed()).toBe('0');
  });

  it('a venue that cannot replace in one step has the stop cancelled and placed anew', async () => {
    const world = await withPosition({ market: 'spot', capabilities: { atomicReplace: false } });
    await tighten(world, '97');
    await world.clock.advance(50);
    expect(world.broker.working('stop').map(trigger)).toEqual(['97']);
    expect(world.alerts).toHaveLength(0);
  });

  it.each([
    ['last', ['last', 'mark']],
    ['mark', ['mark']],
  ] as const)('a stop waits for the %s price where the venue has triggers by %j', async (source, sources) => {
    const world = await withPosition({ market: 'futures', capabilities: { triggerSources: new Set(sources) } });
    expect(world.broker.working('stop').map(({ intent }) => intent.terms)).toMatchObject([{ triggerSource: source }]);
  });

  it('without stops at the venue this program watches', async () => {
    const world = await withPosition({ market: 'spot', capabilities: { residentStops: false } });
    expect(held(world).protection.guard).toBe('local');
    expect(world.broker.working()).toHaveLength(0);
    world.tick(A, '95');
    await world.clock.advance(10);
    expect(world.positions).toHaveLength(0);
  });

  it('a fee in base makes the position smaller; what cannot be sold is dust, and the position is closed', async () => {
    const world = await withPosition({
      market: 'spot',
      feeBps: 10,
      feeInBase: true,
      rules: { step: quantity('0.01') },
    });
    expect(held(world).quantity.toFixed()).toBe('0.999');
    expect(stopOf(world).intent.quantity.toFixed()).toBe('0.99');
    await world.execute({ type: 'kill', keepPositions: false, reason: 'enough' });
    await world.clock.advance(100);
    expect(world.positions).toHaveLength(0);
    const [trade] = world.store.trades.values();
    expect(trade?.dust?.quantity.toFixed()).toBe('0.009');
    expect(trade?.reason).toBe('kill');
    expect(world.broker.held(A).toFixed()).toBe('0.009');
  });

  it('a lack of units for the stop is not taken for a price beyond it', async () => {
    const world = await ScriptedWorld.open({ market: 'spot' });
    const refusal = {
      kind: 'refused',
      code: '-2010',
      reason: 'Account has insufficient balance for requested action.',
    };
    world.broker.script('stop', refusal as never);
    await world.signal(A, 'long', { stop: '5%' });
    expect(held(world).protection.guard).toBe('local');
    await world.clock.advance(5_000);
    expect(held(world).protection.guard).toBe('venue');
  });
});
