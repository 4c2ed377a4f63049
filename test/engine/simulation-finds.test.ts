/** What the fault simulation has found, each in its smallest form. */
import { describe, expect, it, vi } from 'vitest';

import { Decimal, decimal, price, quantity } from '../../src/domain/decimal.ts';
import { asId } from '../../src/domain/ids.ts';
import type { VenueOrderId, VenueSymbol } from '../../src/domain/ids.ts';
import { MINUTE_MS } from '../../src/domain/time.ts';
import type { VenuePosition } from '../../src/ports/broker.ts';
import { exchangeRules } from '../../src/testkit/builders/instruments.ts';
import { A, closeAll, held, stopOf, tighten, trigger, withPosition } from './held-position.ts';
import { ScriptedFeed } from './scripted-feed.ts';
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

  it('what a run before may have sold is not sold again before the exchange has told the fills', async () => {
    await closeTwice(await withPosition({ market: 'spot' }), 2_000);
  });

  it.each([['told one by one', true] as const, ['missed', false] as const])(
    'the fills of a stop that are %s are booked to the last, although the rest before it is dust',
    async (_, isTold) => {
      const world = await withPosition({ market: 'spot' });
      const stop = stopOf(world);
      world.broker.isMuted = true;
      world.broker.fill(stop, quantity('0.999'));
      world.broker.fill(stop, quantity('0.001'));
      world.broker.isMuted = !isTold;
      for (const update of stop.history) world.broker.tell({ type: 'order_update', orderId: stop.orderId, update });
      await world.clock.advance(70_000);
      expect(world.positions).toEqual([]);
      expect([...world.store.trades.values()].map(({ dust }) => dust)).toEqual([null]);
      expect(world.store.fills.size).toBe(3);
    },
  );
});

/** Books that know nothing of what follows, as after a crash. */
function remember({ store }: ScriptedWorld): () => void {
  const before = [store.positions, store.orders, store.fills, store.trades].map((map) => [map, [...map]] as const);
  return () => {
    for (const [map, entries] of before) {
      map.clear();
      for (const [key, value] of entries) (map as Map<string, unknown>).set(key, value);
    }
  };
}

/** Closes the position, forgets that, and closes it again while the exchange does not tell its fills for `untoldMs`. */
async function closeTwice(world: ScriptedWorld, untoldMs: number): Promise<void> {
  const { broker } = world;
  const forget = remember(world);
  await closeAll(world);
  await world.clock.advance(1_000);
  expect(broker.held(A).isZero()).toBe(true);
  world.die();
  forget();
  const exits = (): number => broker.submissions.filter(({ intent }) => intent.leg === 'exit').length;
  const fillsSince = broker.fillsSince.bind(broker);
  broker.fillsSince = () => Promise.reject(new Error('nobody answers'));
  await world.start();
  await closeAll(world);
  await world.clock.advance(untoldMs);
  expect(exits()).toBe(1);
  broker.fillsSince = fillsSince;
  await world.clock.advance(30_000);
  expect(world.positions).toHaveLength(0);
  expect(exits()).toBe(1);
}

describe('while the exchange does not tell the fills of a run before', () => {
  it('a futures position that nobody has to guard is not closed again', async () => {
    const world = await ScriptedWorld.open();
    world.broker.takeAway(A, decimal('-2'));
    await world.clock.advance(70_000);
    await closeTwice(world, 20_000);
  });
});

describe('a stop of which no run has said yet whether it rests', () => {
  it('is told when the exchange stays silent', async () => {
    const world = await withPosition();
    world.broker.isUnreachable = true;
    await world.crash();
    await world.clock.advance(25_000);
    const told = (): number => world.alerts.filter(({ text }) => /not told yet whether the stop/.test(text)).length;
    expect(told()).toBe(0);
    await world.clock.advance(10_000);
    expect(told()).toBe(1);
  });
});

describe('a stop that was filled beside a close that has failed', () => {
  it('guards the rest no more: this program does', async () => {
    const world = await withPosition({ market: 'futures' });
    // Beside units of others a stop leaves those free that a close is to take.
    world.broker.takeAway(A, decimal('-1'));
    await world.clock.advance(70_000);
    for (let time = 0; time < 50; time += 1) world.broker.script('exit', { kind: 'not_executed', retryAfterMs: 1 });
    await world.execute({ type: 'close_position', positionId: held(world).id, fraction: decimal('0.4') });
    await world.clock.advance(1_000);
    const stop = stopOf(world);
    expect(stop.intent.quantity.toFixed()).toBe('0.6');
    world.broker.fill(stop);
    await world.clock.advance(0);
    expect(held(world).quantity.toFixed()).toBe('0.4');
    expect(held(world).protection).toMatchObject({ guard: 'local', stopPrice: price('95') });
  });
});

describe('a stop that goes while the one before it is still being cancelled', () => {
  it('leaves the position to this program', async () => {
    const world = await withPosition({ market: 'futures' });
    world.broker.script('cancel', { kind: 'silence', arrives: false });
    await tighten(world, '3%');
    const [, newer] = world.broker.working('stop');
    if (newer === undefined) throw new Error('the stop was not moved');
    expect(held(world).protection).toMatchObject({ guard: 'venue', stopPrice: price('97') });
    world.broker.script('stop', { kind: 'refused', code: '-1' });
    world.broker.end(newer, 'cancelled by hand');
    await world.clock.advance(0);
    expect(held(world).protection).toMatchObject({ guard: 'local', stopPrice: price('97') });
  });
});

describe('a position that has gone', () => {
  it('is noticed although its symbol has left the exchange, which tells no fills of it any more', async () => {
    const world = await withPosition({ market: 'futures' });
    const { broker } = world;
    broker.script('exit', { kind: 'unknown', arrives: true });
    await closeAll(world);
    const [order] = [...broker.orders.values()].filter(({ intent }) => intent.leg === 'exit');
    if (order === undefined) throw new Error('nothing was sent');
    const { venueOrderId } = order;
    const filled = { type: 'filled', at: world.clock.now(), venueOrderId, reportedQuantity: quantity('1') } as const;
    order.history.splice(0, Infinity, filled);
    broker.fillsSince = () => Promise.reject(new Error('no such symbol'));
    await world.clock.advance(10 * MINUTE_MS);
    expect(world.positions).toHaveLength(1);
    const others = world.feed.listed.filter(({ symbol }) => symbol !== A);
    const listed = vi.spyOn(ScriptedFeed.prototype, 'instruments').mockImplementation(async () => others);
    await world.crash();
    listed.mockRestore();
    await world.clock.advance(3 * MINUTE_MS);
    expect(world.positions).toHaveLength(0);
  });

  it('is noticed although its close waits for units that its stop holds', async () => {
    const world = await withPosition({ market: 'futures' });
    world.broker.takeAway(A, decimal('-1'));
    await world.clock.advance(70_000);
    for (let time = 0; time < 50; time += 1) world.broker.script('cancel', { kind: 'refused', code: '-1' });
    await closeAll(world);
    await world.clock.advance(1_000);
    expect(world.broker.submissions.filter(({ intent }) => intent.leg === 'exit')).toEqual([]);
    world.broker.takeAway(A, decimal('2'));
    await world.clock.advance(70_000);
    expect(world.positions).toEqual([]);
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

describe('a position that was found at the exchange', () => {
  it('is stored before its stop is sent, and watched until then', async () => {
    const world = await ScriptedWorld.open({ importedPositions: 'stop' });
    const stored: boolean[] = [];
    world.store.beforeCommit = (changes, durability) => {
      if (!changes.some(({ kind }) => kind === 'position')) return;
      stored.push(durability === 'durable' && world.broker.working('stop').length === 0);
    };
    world.broker.takeAway(A, decimal('-2'));
    await world.clock.advance(70_000);
    expect(stored[0]).toBe(true);
    expect(held(world).protection.guard).toBe('venue');
    expect(world.broker.working('stop')).toHaveLength(1);
  });

  it('keeps the stop that its owner has asked for in a run that ended before it was stored', async () => {
    const world = await ScriptedWorld.open();
    world.broker.takeAway(A, decimal('-2'));
    await world.clock.advance(70_000);
    expect(held(world).protection).toMatchObject({ guard: 'none', stopPrice: null });
    const forget = remember(world);
    await tighten(world, '4%');
    expect(trigger(stopOf(world))).toBe('96');
    world.die();
    forget();
    await world.start();
    await world.clock.advance(5_000);
    const { orderId } = stopOf(world);
    expect(held(world).protection).toMatchObject({ guard: 'venue', stopPrice: price('96') });
    expect(world.store.orders.get(orderId)).toBeUndefined();
  });

  it('gets its stop also while nothing can be stored', async () => {
    const world = await ScriptedWorld.open({ importedPositions: 'stop' });
    world.broker.takeAway(A, decimal('-2'));
    world.store.isRefusing = true;
    await world.clock.advance(70_000);
    expect(world.broker.working('stop')).toHaveLength(1);
  });
});

describe('an account that was switched to hedge mode', () => {
  const alerts = (world: ScriptedWorld): number => world.alerts.filter(({ text }) => /hedge mode/.test(text)).length;

  async function withLegs(): Promise<{ readonly world: ScriptedWorld; readonly end: () => void }> {
    const world = await ScriptedWorld.open();
    const { broker } = world;
    const leg: Omit<VenuePosition, 'side'> = {
      market: 'futures',
      ...{ symbol: asId<VenueSymbol>(A), quantity: quantity('1'), entryPrice: price('100'), liquidationPrice: null },
      ...{ leverage: 1, unrealizedPnl: decimal('0'), isHedgeLeg: true },
      marginMode: 'isolated',
    };
    const before = broker.snapshot.bind(broker);
    let isHedged = true;
    broker.snapshot = async () => {
      const snapshot = await before();
      const positions = isHedged ? [{ ...leg, side: 'long' } as const, { ...leg, side: 'short' } as const] : [];
      return { ...snapshot, positions };
    };
    await world.clock.advance(70_000);
    return { world, end: () => (isHedged = false) };
  }

  it('has its positions told once and left alone, and nothing is opened beside them', async () => {
    const { world, end } = await withLegs();
    await world.clock.advance(180_000);
    expect(world.positions).toHaveLength(0);
    expect(alerts(world)).toBe(1);
    await world.signal('BUSDT', 'long', { stop: '5%' });
    const states = [...world.store.signals.values()].map(({ state }) => JSON.stringify(state)).join();
    expect(states).toContain('HEDGE_MODE');
    end();
    await world.clock.advance(70_000);
    await world.signal('BUSDT', 'long', { stop: '5%' });
    expect(world.positions).toHaveLength(1);
  });

  it('is told also when a refused order is the first sign of it', async () => {
    const world = await ScriptedWorld.open();
    world.broker.script('entry', { kind: 'refused', code: 'HEDGE_MODE' });
    await world.signal(A, 'long', { stop: '5%' });
    expect(alerts(world)).toBe(1);
  });
});

describe('fills that are told late', () => {
  it.each(['spot', 'futures'] as const)('are booked once, whatever was guessed meanwhile, on %s', async (market) => {
    const world = await withPosition({ market });
    const { broker } = world;
    broker.script('exit', { kind: 'unknown', arrives: true });
    await world.execute({ type: 'close_position', positionId: held(world).id, fraction: decimal('0.4') });
    const [order] = [...broker.orders.values()].filter(({ intent }) => intent.leg === 'exit');
    if (order === undefined) throw new Error('nothing was sent');
    const [whole, { venueOrderId }] = [[...order.history], order];
    const filled = { type: 'filled', at: world.clock.now(), venueOrderId, reportedQuantity: quantity('0.4') } as const;
    order.history.splice(0, Infinity, filled);
    const fillsSince = broker.fillsSince.bind(broker);
    broker.fillsSince = () => Promise.reject(new Error('nobody answers'));
    await world.clock.advance(200_000);
    broker.fillsSince = fillsSince;
    order.history.splice(0, Infinity, ...whole);
    await world.clock.advance(130_000);
    expect(held(world).quantity.toFixed()).toBe('0.6');
    expect(broker.held(A).toFixed()).toBe('0.6');
  });

  it('of an entry are not taken for those of somebody else', async () => {
    const world = await ScriptedWorld.open();
    const { broker } = world;
    const fillsSince = broker.fillsSince.bind(broker);
    broker.script('entry', { kind: 'unknown', arrives: true });
    broker.fillsSince = () => Promise.reject(new Error('nobody answers'));
    await world.signal(A, 'long', { stop: '5%' });
    const [order] = [...broker.orders.values()];
    if (order === undefined) throw new Error('nothing was sent');
    const [whole, { venueOrderId }] = [[...order.history], order];
    const filled = { type: 'filled', at: world.clock.now(), venueOrderId, reportedQuantity: quantity('1') } as const;
    order.history.splice(0, Infinity, filled);
    await world.clock.advance(200_000);
    broker.fillsSince = fillsSince;
    order.history.splice(0, Infinity, ...whole);
    await world.clock.advance(130_000);
    expect(held(world).traderId).not.toBeNull();
    expect(trigger(stopOf(world))).toBe('95');
  });

  it('of an entry of the run before are booked, also when they come while the market data are connected', async () => {
    const world = await ScriptedWorld.open({ market: 'spot' });
    world.broker.script('entry', { kind: 'accepted' });
    await world.signal(A, 'long', { stop: '5%' });
    const [entry] = world.broker.working('entry');
    if (entry === undefined) throw new Error('no entry works');
    world.die();
    const { listed } = world.feed;
    vi.spyOn(ScriptedFeed.prototype, 'instruments').mockImplementationOnce(async () => {
      world.broker.fill(entry);
      return listed;
    });
    await world.start();
    await world.clock.advance(10_000);
    expect(world.errors).toEqual([]);
    expect(held(world).quantity.toFixed()).toBe('1');
    expect(trigger(stopOf(world))).toBe('95');
  });
});

describe('the last price of a symbol in which quotes move and nothing is traded', () => {
  it.each([
    ['stop', '106', { stop: '5%' }],
    ['target', '97', { stop: '5%', targets: ['2%'] }],
  ] as const)('sets off no %s of a position that was opened after it', async (_, real, sketch) => {
    const world = await ScriptedWorld.open();
    const quote = (): void => {
      const [at, symbol, time] = [Number(real), asId<VenueSymbol>(A), world.clock.now()];
      world.feed.sink?.quote({ symbol, bid: at, bidQuantity: 1, ask: at, askQuantity: 1, time });
    };
    const boundary = Math.floor(world.clock.now() / MINUTE_MS + 1) * MINUTE_MS;
    await world.clock.advance(boundary - 3_000 - world.clock.now());
    world.tickAll();
    world.match(A, 'long', sketch);
    await world.clock.advance(2_900);
    world.broker.move(A, price(real));
    quote();
    await world.clock.advance(2_150);
    for (let second = 0; second < 10; second += 1) {
      quote();
      await world.clock.advance(1_000);
    }
    expect(world.positions).toHaveLength(1);
    expect(world.broker.submissions.filter(({ intent }) => intent.leg === 'exit')).toEqual([]);
  });
});

describe('a close that has to wait for the fills of the run before', () => {
  it('leaves the stop where it rests on spot', async () => {
    const world = await withPosition({ market: 'spot' });
    world.broker.fillsSince = () => Promise.reject(new Error('nobody answers'));
    await world.crash();
    await world.clock.advance(5_000);
    await closeAll(world);
    await world.clock.advance(30_000);
    expect(world.broker.working('stop')).toHaveLength(1);
    expect(world.alerts.filter(({ text }) => text.includes(`${A}: the close waits`))).toHaveLength(1);
    await world.clock.advance(40_000);
    expect(world.positions).toHaveLength(0);
  });

  it('waits no longer than five seconds on futures without units of others', async () => {
    const world = await withPosition({ market: 'futures' });
    world.broker.fillsSince = () => Promise.reject(new Error('nobody answers'));
    await world.crash();
    await closeAll(world);
    await world.clock.advance(6_000);
    expect(world.broker.held(A).isZero()).toBe(true);
  });
});
