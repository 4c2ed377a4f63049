import { describe, expect, it } from 'vitest';

import { decimal, money, price, quantity } from '../../src/domain/decimal.ts';
import type { Decimal } from '../../src/domain/decimal.ts';
import type { Fill } from '../../src/domain/fill.ts';
import { asId } from '../../src/domain/ids.ts';
import { A, closeAll, held, stopOf, withPosition } from './held-position.ts';
import { ScriptedWorld } from './scripted-world.ts';

const MINUTE_MS = 60_000;
let trades = 0;

/** What the venue tells of units that somebody buys by hand (below zero: sells). */
function foreignFill(world: ScriptedWorld, bought: Decimal): Fill {
  trades += 1;
  return {
    ...{ market: world.market, symbol: asId(A), venueTradeId: `hand${trades}`, venueOrderId: asId('9'), orderId: null },
    ...{ side: bought.isNegative() ? 'sell' : 'buy', price: price('100'), quantity: quantity(bought.abs().toFixed()) },
    ...{ liquidity: 'taker', time: world.clock.now() },
    fee: { asset: 'USDT', amount: decimal('0'), rate: decimal('1'), value: money('0') },
  };
}

/** Somebody buys (below zero: sells) by hand on the account, and the venue tells it. */
function byHand(world: ScriptedWorld, units: string): void {
  const bought = decimal(units);
  world.broker.takeAway(A, bought.negated());
  world.broker.tell({ type: 'foreign_fill', fill: foreignFill(world, bought), clientOrderId: null });
}

const refusals = (world: ScriptedWorld): string =>
  [...world.store.signals.values()].map(({ state }) => JSON.stringify(state)).join();

describe('futures units of somebody else', () => {
  it.each(['told', 'found'])(
    'that stand beside ours, as %s, are not netted by the entry that follows our close',
    async (how) => {
      const world = await withPosition({ trader: { reverse: true } });
      if (how === 'told') byHand(world, '1');
      else world.broker.takeAway(A, decimal('-1'));
      await world.clock.advance(MINUTE_MS + 10_000);
      await world.signal(A, 'short', { stop: '5%' });
      await world.clock.advance(100);
      expect(world.broker.held(A).toFixed()).toBe('1');
      expect(refusals(world)).toContain('SYMBOL_TAKEN');
      await world.clock.advance(MINUTE_MS);
      expect(held(world)).toMatchObject({ side: 'long', traderId: null });
    },
  );

  it.each([
    ['1', 'short'],
    ['-1', 'long'],
  ] as const)(
    'of a position of %s that was just opened by hand are not netted, and are taken in soon',
    async (units, side) => {
      const world = await ScriptedWorld.open();
      world.match(A, side, { stop: '5%' });
      const boundary = Math.floor(world.clock.now() / MINUTE_MS + 1) * MINUTE_MS;
      await world.clock.advance(boundary - world.clock.now() - 100);
      world.tickAll();
      byHand(world, units);
      await world.clock.advance(2_300);
      expect(world.broker.held(A).toFixed()).toBe(units);
      expect(refusals(world)).toContain('SYMBOL_TAKEN');
      await world.clock.advance(5_000);
      expect(held(world).traderId).toBeNull();
    },
  );

  it('that were found while an order of ours was in doubt are looked at again as soon as it is not', async () => {
    const world = await ScriptedWorld.open();
    world.broker.script('entry', { kind: 'silence', arrives: false });
    await world.signal(A, 'long', { stop: '5%' });
    world.broker.takeAway(A, decimal('-3'));
    world.broker.tell({ type: 'account_stream_connected', accountId: asId('account') });
    await world.clock.advance(1_000);
    expect(world.positions).toHaveLength(0);
    await world.clock.advance(25_000);
    expect(held(world)).toMatchObject({ quantity: quantity('3'), traderId: null });
  });

  it('that are gone again stand in the way of nothing', async () => {
    const world = await ScriptedWorld.open();
    byHand(world, '1');
    byHand(world, '-1');
    await world.clock.advance(5_000);
    await world.signal(A, 'long', { stop: '5%' });
    expect(held(world)).toMatchObject({ side: 'long', quantity: quantity('1') });
  });

  it.each(['0.4', '-1'])(
    'that were counted when the venue was asked are not counted again by late news (%s)',
    async (taken) => {
      const world = await withPosition();
      const late = foreignFill(world, decimal(taken).negated());
      world.broker.takeAway(A, decimal(taken));
      await world.clock.advance(MINUTE_MS + 10_000);
      const { quantity: after } = held(world);
      expect(after.toFixed()).toBe(taken === '0.4' ? '0.6' : '1');
      world.broker.tell({ type: 'foreign_fill', fill: late, clientOrderId: null });
      await world.clock.advance(10_000);
      expect(held(world)).toMatchObject({ quantity: after, traderId: expect.any(String) as string });
      expect(world.broker.working('stop')).toHaveLength(1);
    },
  );

  it('are not sold by a stop and a close together', async () => {
    const world = await withPosition();
    byHand(world, '1');
    await world.clock.advance(100);
    const stop = stopOf(world);
    let wasResting = false;
    world.broker.beforeSubmit = ({ intent }) => {
      if (intent.leg === 'exit') wasResting = stop.isWorking;
    };
    await closeAll(world);
    await world.clock.advance(1_000);
    expect(wasResting).toBe(false);
    expect(world.broker.held(A).toFixed()).toBe('1');
    expect(world.broker.working()).toHaveLength(0);
  });

  it("on spot are the user's own holdings and stand in the way of nothing", async () => {
    const world = await ScriptedWorld.open({ market: 'spot' });
    byHand(world, '1');
    await world.signal(A, 'long', { stop: '5%' });
    expect(held(world).quantity.toFixed()).toBe('1');
  });

  it('that others take again were theirs, also when the exchange is asked before it tells of it', async () => {
    const world = await withPosition();
    byHand(world, '1');
    await world.clock.advance(MINUTE_MS / 2);
    const late = foreignFill(world, decimal('-1.2'));
    world.broker.takeAway(A, decimal('1.2'));
    // Something makes the engine look at the account just then.
    world.broker.tell({ type: 'account_stream_connected', accountId: asId('account') });
    await world.clock.advance(1_000);
    world.broker.tell({ type: 'foreign_fill', fill: late, clientOrderId: null });
    await world.clock.advance(MINUTE_MS);
    expect(held(world).quantity.toFixed()).toBe('0.8');
    expect(world.store.trades.size).toBe(0);
  });

  it('of before our position do not change it, however late they are told', async () => {
    const world = await ScriptedWorld.open();
    const [sold, bought] = [foreignFill(world, decimal('-0.4')), foreignFill(world, decimal('0.4'))];
    await world.signal(A, 'long', { stop: '5%' });
    for (const fill of [sold, bought]) world.broker.tell({ type: 'foreign_fill', fill, clientOrderId: null });
    await world.clock.advance(MINUTE_MS);
    expect(held(world).quantity.toFixed()).toBe('1');
    expect(world.alarms).toEqual([]);
  });
});
