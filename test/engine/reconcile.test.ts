import { describe, expect, it } from 'vitest';

import { decimal, money, price, quantity } from '../../src/domain/decimal.ts';
import { asId } from '../../src/domain/ids.ts';
import type { VenueSymbol } from '../../src/domain/ids.ts';
import { clientOrderId } from '../../src/domain/order/client-order-id.ts';
import type { OrderLeg } from '../../src/domain/order/client-order-id.ts';
import type { Submission } from '../../src/ports/broker.ts';
import { A, closeAll, held, stopOf, trigger, withPosition } from './held-position.ts';
import { ScriptedWorld } from './scripted-world.ts';

const B = 'BUSDT';
const MINUTE_MS = 60_000;

/** What the audit log says in words that reconciliation has put right. */
const corrections = (world: ScriptedWorld): readonly string[] =>
  world.store.audit.filter(({ subject }) => subject === 'reconciliation').map(({ data }) => data);

const reasons = (world: ScriptedWorld): readonly string[] =>
  [...world.store.trades.values()].map(({ reason }) => reason);

/** Puts an order of this program at the venue that no book knows. */
async function stray(
  world: ScriptedWorld,
  { leg, subject, symbol = A }: { readonly leg: OrderLeg; readonly subject: string; readonly symbol?: string },
): Promise<string> {
  const id = clientOrderId({ instance: 'test', subject: asId(subject), leg, number: 700 });
  const [sent] = world.broker.submissions;
  const terms = { type: 'stop_market', triggerPrice: price('93'), triggerSource: 'last' } as const;
  const limit = { type: 'limit', price: price('80'), timeInForce: 'GTC', postOnly: false } as const;
  const side = leg === 'entry' ? 'buy' : 'sell';
  const intent = {
    ...(sent?.intent as Submission['intent']),
    ...{ id: asId(leg === 'entry' ? subject : `${leg}0000000000000000`), symbol: asId<VenueSymbol>(symbol), side, leg },
    ...{ terms: leg === 'stop' ? terms : limit, quantity: quantity('1'), reduceOnly: leg !== 'entry' },
  } as Submission['intent'];
  const wasMuted = world.broker.isMuted;
  world.broker.isMuted = true;
  await world.broker.submit({ intent, clientOrderId: id, attempt: 1 });
  world.broker.isMuted = wasMuted;
  return id;
}

describe('a futures position that no book knows', () => {
  it('is taken into the books, told, and left alone: no stop, no target, no kill', async () => {
    const world = await ScriptedWorld.open();
    world.broker.takeAway(A, decimal('-2'));
    await world.clock.advance(MINUTE_MS + 5_000);
    expect(held(world)).toMatchObject({ side: 'long', protection: { guard: 'none', stopPrice: null } });
    expect(world.alarms.join()).toContain('WITHOUT A STOP');
    expect(corrections(world).join()).toContain('IMPORT_POSITIONS=stop');
    world.tick(A, '40');
    await world.execute({ type: 'kill', keepPositions: false, reason: 'enough' });
    await world.clock.advance(3 * MINUTE_MS);
    expect(world.broker.held(A).toFixed()).toBe('2');
    expect(world.broker.submissions).toHaveLength(0);
    expect(world.alerts.map(({ text }) => text).join()).toContain('AUSDT long 2');
  });

  it('is found at the start, before anything is opened in its symbol', async () => {
    const world = await ScriptedWorld.open();
    world.die();
    world.broker.takeAway(A, decimal('2'));
    await world.start();
    await world.signal(A, 'long');
    expect(held(world)).toMatchObject({ side: 'short', traderId: null });
    expect(world.engine.handle.signals()[0]?.state).toMatchObject({ status: 'rejected', code: 'SYMBOL_TAKEN' });
  });

  it('is given a stop when its owner wants that, from the price of now', async () => {
    const world = await ScriptedWorld.open({ importedPositions: 'stop' });
    world.broker.takeAway(A, decimal('-2'));
    world.tick(A, '80');
    await world.clock.advance(MINUTE_MS + 5_000);
    expect(held(world)).toMatchObject({ protection: { guard: 'venue' } });
    expect(stopOf(world).intent.quantity.toFixed()).toBe('2');
    expect(trigger(stopOf(world))).toBe('76');
    await world.execute({ type: 'kill', keepPositions: false, reason: 'enough' });
    await world.clock.advance(5_000);
    expect(world.broker.held(A).toFixed()).toBe('0');
  });

  it('is guarded from the first change that its owner makes, and can be closed', async () => {
    const world = await ScriptedWorld.open();
    world.broker.takeAway(A, decimal('-2'));
    await world.clock.advance(MINUTE_MS + 5_000);
    await world.execute({ type: 'change_protection', positionId: held(world).id, change: { takeProfit: [] } });
    await world.clock.advance(100);
    expect(held(world).protection.guard).toBe('venue');
    expect(trigger(stopOf(world))).toBe('95');
    await closeAll(world);
    await world.clock.advance(1_000);
    expect(world.broker.held(A).toFixed()).toBe('0');
  });

  it('follows what its owner adds and takes, and is gone when it is gone', async () => {
    const world = await ScriptedWorld.open();
    world.broker.takeAway(A, decimal('-2'));
    await world.clock.advance(MINUTE_MS + 5_000);
    world.broker.takeAway(A, decimal('-1'));
    await world.clock.advance(MINUTE_MS + 5_000);
    expect(held(world).quantity.toFixed()).toBe('3');
    world.broker.takeAway(A, decimal('2.5'));
    await world.clock.advance(MINUTE_MS + 5_000);
    expect(held(world).quantity.toFixed()).toBe('0.5');
    world.broker.takeAway(A, decimal('0.5'));
    await world.clock.advance(MINUTE_MS + 5_000);
    expect(world.positions).toHaveLength(0);
    expect(reasons(world)).toEqual(['external']);
  });

  it('that a stop of ours waits for goes on as ours, under its name and behind its stop', async () => {
    const world = await withPosition();
    const { id } = held(world);
    world.die();
    for (const each of [world.store.positions, world.store.orders, world.store.fills]) each.clear();
    await world.start();
    await world.clock.advance(10_000);
    expect(held(world)).toMatchObject({ id, protection: { guard: 'venue' } });
    expect(world.broker.working('stop').map(trigger)).toEqual(['95']);
    world.tick(A, '94');
    await world.clock.advance(5_000);
    expect(world.positions).toHaveLength(0);
    expect(world.broker.held(A).toFixed()).toBe('0');
  });

  it('is left for later while an order of ours in the symbol may have made it', async () => {
    const world = await ScriptedWorld.open();
    world.broker.script('entry', { kind: 'silence', arrives: true });
    await world.signal(A, 'long', { stop: '4%' });
    await world.clock.advance(MINUTE_MS);
    expect(held(world).traderId).not.toBeNull();
    expect(corrections(world).join()).not.toContain('in no book');
  });
});

describe('what others do to a position of ours', () => {
  it('units that they add stay theirs: told once, not sold, and taken back without harm', async () => {
    const world = await withPosition();
    world.broker.takeAway(A, decimal('-0.5'));
    await world.clock.advance(5 * MINUTE_MS);
    expect(held(world).quantity.toFixed()).toBe('1');
    expect(world.alarms.filter((text) => text.includes('0.5'))).toHaveLength(1);
    expect(stopOf(world).intent.quantity.toFixed()).toBe('1');
    await closeAll(world);
    await world.clock.advance(1_000);
    expect(world.broker.held(A).toFixed()).toBe('0.5');
  });

  it('a futures position that vanished is closed as external, and its stop goes', async () => {
    const world = await withPosition();
    world.broker.takeAway(A, decimal('1'));
    await world.clock.advance(MINUTE_MS + 5_000);
    expect(world.positions).toHaveLength(0);
    expect(reasons(world)).toEqual(['external']);
    expect(world.broker.working()).toHaveLength(0);
    expect(corrections(world)).toHaveLength(1);
  });

  it('a position that was turned at the venue is closed as external, and the other side is taken in', async () => {
    const world = await withPosition();
    world.broker.takeAway(A, decimal('3'));
    await world.clock.advance(2 * MINUTE_MS + 5_000);
    expect(reasons(world)).toEqual(['external']);
    expect(held(world)).toMatchObject({ side: 'short', traderId: null });
  });

  it('a difference that is there for a moment only changes nothing', async () => {
    const world = await withPosition();
    await world.clock.advance(MINUTE_MS - (world.clock.now() % MINUTE_MS));
    world.broker.takeAway(A, decimal('1'));
    world.broker.tell({ type: 'account_stream_connected', accountId: asId('account') });
    await world.clock.advance(1_000);
    world.broker.takeAway(A, decimal('-1'));
    await world.clock.advance(3 * MINUTE_MS);
    expect(held(world).quantity.toFixed()).toBe('1');
    expect(corrections(world)).toEqual([]);
  });
});

describe('spot lots', () => {
  it('are reduced newest first by what the account does not hold any more', async () => {
    const world = await ScriptedWorld.open({ market: 'spot' });
    world.broker.script('entry', { kind: 'accepted' });
    await world.signal(A, 'long', { stop: '5%' });
    const [entry] = world.broker.working('entry');
    if (entry === undefined) throw new Error('the entry does not work');
    for (const part of ['0.6', '0.4']) world.broker.fill(entry, quantity(part));
    await world.clock.advance(100);
    world.broker.takeAway(A, decimal('0.5'));
    await world.clock.advance(MINUTE_MS + 5_000);
    expect(held(world).lots.map(({ remainingQuantity }) => remainingQuantity.toFixed())).toEqual(['0.5', '0']);
    expect(stopOf(world).intent.quantity.toFixed()).toBe('0.5');
    expect(corrections(world)).toHaveLength(1);
  });

  it('that are gone whole close their position as external', async () => {
    const world = await withPosition({ market: 'spot' });
    world.broker.takeAway(A, decimal('1'));
    await world.clock.advance(MINUTE_MS + 5_000);
    expect(reasons(world)).toEqual(['external']);
    expect(world.broker.working()).toHaveLength(0);
  });

  it('are all that is ours: what the account holds beyond them is left alone', async () => {
    const world = await withPosition({ market: 'spot' });
    for (const symbol of [A, B]) world.broker.takeAway(symbol, decimal('-5'));
    await world.clock.advance(3 * MINUTE_MS);
    expect(corrections(world)).toEqual([]);
    await world.execute({ type: 'kill', keepPositions: false, reason: 'enough' });
    await world.clock.advance(5_000);
    expect(world.positions).toHaveLength(0);
    for (const symbol of [A, B]) expect(world.broker.held(symbol).toFixed()).toBe('5');
  });

  it('are looked for at once when the exchange says that there is nothing to sell', async () => {
    const world = await withPosition({ market: 'spot', capabilities: { residentStops: false } });
    world.broker.takeAway(A, decimal('1'));
    await closeAll(world);
    await world.clock.advance(10_000);
    expect(world.positions).toHaveLength(0);
    expect(reasons(world)).toEqual(['external']);
  });
});

describe('funding', () => {
  it('that was missed is booked once, to the position that it was paid for', async () => {
    const world = await withPosition();
    world.broker.isMuted = true;
    world.broker.payFunding(A, money('-0.5'));
    world.broker.isMuted = false;
    await world.clock.advance(3 * MINUTE_MS);
    expect(held(world).totals.funding.toFixed()).toBe('-0.5');
    expect(corrections(world)).toHaveLength(1);
    await world.crash();
    await world.clock.advance(3 * MINUTE_MS);
    expect(held(world).totals.funding.toFixed()).toBe('-0.5');
  });

  it('of the time in which the program was off is booked at the start, before a close of that time', async () => {
    const world = await withPosition();
    world.die();
    await world.clock.advance(5 * MINUTE_MS);
    world.broker.payFunding(A, money('0.25'));
    world.tick(A, '94');
    await world.start();
    await world.clock.advance(5_000);
    expect([...world.store.trades.values()].map(({ pnl }) => pnl.toFixed())).toEqual(['-5.75']);
  });

  it('is booked of an earlier position of the symbol to the account alone', async () => {
    const world = await ScriptedWorld.open();
    world.broker.isMuted = true;
    world.broker.payFunding(A, money('-3'));
    world.broker.isMuted = false;
    await world.signal(A, 'long', { stop: '5%' });
    await world.clock.advance(3 * MINUTE_MS);
    expect(held(world).totals.funding.toFixed()).toBe('0');
  });

  it('that cannot be asked for keeps nothing else from being put right', async () => {
    const world = await withPosition();
    world.broker.fundingSince = () => Promise.reject(new Error('not now'));
    world.broker.takeAway(A, decimal('1'));
    await world.clock.advance(MINUTE_MS + 5_000);
    expect(world.positions).toHaveLength(0);
  });
});

describe('a working order of ours that no book knows', () => {
  it('is cancelled when it is an entry, and guarded when it fills on the way', async () => {
    const world = await withPosition();
    const id = await stray(world, { leg: 'entry', subject: 'e0000000000000000000000x', symbol: B });
    const order = world.broker.orders.get(id);
    if (order === undefined) throw new Error('the venue does not have it');
    await world.clock.advance(MINUTE_MS + 5_000);
    expect(order.isWorking).toBe(false);
    expect(corrections(world).join()).toContain(id);
    world.broker.fill(order, quantity('0.3'));
    await world.clock.advance(100);
    expect(world.position(B)).toMatchObject({ protection: { guard: 'venue' } });
  });

  it('is cancelled when its position is closed', async () => {
    const world = await withPosition();
    const { id: subject } = held(world);
    await closeAll(world);
    await world.clock.advance(100);
    world.broker.takeAway(A, decimal('-1'));
    const id = await stray(world, { leg: 'exit', subject });
    world.broker.takeAway(A, decimal('1'));
    await world.clock.advance(2 * MINUTE_MS);
    expect(world.broker.orders.get(id)?.isWorking).toBe(false);
  });

  it('goes on as the stop of its position when that has none, and goes when it has', async () => {
    const world = await withPosition();
    const { id: subject } = held(world);
    const id = await stray(world, { leg: 'stop', subject });
    await world.clock.advance(MINUTE_MS + 5_000);
    expect(world.broker.orders.get(id)?.isWorking).toBe(false);
    expect(world.broker.working('stop').map(trigger)).toEqual(['95']);
    expect(held(world).protection.guard).toBe('venue');
  });
});

describe('a kill that closes everything', () => {
  it('ends with the word of the exchange that nothing of ours is left', async () => {
    const world = await withPosition();
    await world.execute({ type: 'kill', keepPositions: false, reason: 'enough' });
    await world.clock.advance(10_000);
    const told = (): number => world.alerts.filter(({ text }) => text.includes('confirms')).length;
    expect(told()).toBe(1);
    await world.clock.advance(5 * MINUTE_MS);
    expect(told()).toBe(1);
  });

  it('does not say so while the venue still holds something', async () => {
    const world = await withPosition();
    world.broker.takeAway(A, decimal('-0.5'));
    await world.execute({ type: 'kill', keepPositions: false, reason: 'enough' });
    await world.clock.advance(1_500);
    expect(world.alerts.some(({ text }) => text.includes('confirms'))).toBe(false);
    await world.clock.advance(2 * MINUTE_MS);
    expect(world.alerts.find(({ text }) => text.includes('confirms'))?.text).toContain('AUSDT long 0.5');
  });

  it.each([
    ['futures', ['exit filled', 'stop cancelled']],
    ['spot', ['stop cancelled', 'exit filled']],
  ] as const)('on %s goes through %j', async (market, wanted) => {
    const world = await withPosition({ market });
    const order: string[] = [];
    const stop = stopOf(world);
    world.broker.beforeSubmit = ({ intent }) => {
      if (intent.leg === 'exit') order.push('exit filled');
    };
    const end = world.broker.end.bind(world.broker);
    world.broker.end = (ended, reason) => {
      if (ended === stop) order.push('stop cancelled');
      end(ended, reason);
    };
    await world.execute({ type: 'kill', keepPositions: false, reason: 'enough' });
    await world.clock.advance(2_000);
    expect(order).toEqual(wanted);
    expect(world.broker.held(A).toFixed()).toBe('0');
  });
});

describe('reconciliation', () => {
  it('runs at once when the account stream is back', async () => {
    const world = await withPosition();
    await world.clock.advance(MINUTE_MS - (world.clock.now() % MINUTE_MS) + 5_000);
    world.broker.isMuted = true;
    world.broker.fill(stopOf(world));
    world.broker.isMuted = false;
    world.broker.tell({ type: 'account_stream_connected', accountId: asId('account') });
    await world.clock.advance(100);
    expect(world.positions).toHaveLength(0);
    expect(corrections(world).join()).toContain('missed');
  });

  it('changes nothing in an account that is as the books say', async () => {
    const world = await withPosition({ symbols: [A, B] });
    await world.signal(B, 'short', { stop: '4%' });
    await world.clock.advance(2 * MINUTE_MS);
    const records = world.store.audit.length;
    for (let count = 0; count < 3; count += 1) {
      world.broker.tell({ type: 'account_stream_connected', accountId: asId('account') });
      await world.clock.advance(5_000);
    }
    expect(world.store.audit.slice(records)).toEqual([]);
  });
});

describe("a fill that is told as somebody else's before its order is known to be ours", () => {
  it('is booked once', async () => {
    const world = await withPosition();
    const stop = stopOf(world);
    world.broker.isMuted = true;
    world.broker.fill(stop, quantity('0.4'));
    world.broker.isMuted = false;
    const told = world.broker.fills.at(-1);
    if (told === undefined) throw new Error('nothing was filled');
    world.broker.tell({ type: 'foreign_fill', fill: { ...told.fill, orderId: null }, clientOrderId: null });
    await world.clock.advance(2 * MINUTE_MS);
    expect(held(world).quantity.toFixed()).toBe('0.6');
    expect(world.store.orders.get(stop.orderId)?.execution.filledQuantity.toFixed()).toBe('0.4');
    expect(world.errors).toEqual([]);
  });
});
