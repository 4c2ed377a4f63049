import { describe, expect, it } from 'vitest';

import type { AuditRecord } from '../../src/domain/event.ts';

import { decimal, money } from '../../src/domain/decimal.ts';
import { AitraderError } from '../../src/domain/errors.ts';
import { asId } from '../../src/domain/ids.ts';
import type { Signal } from '../../src/domain/signal.ts';
import { metaOf, ScriptedWorld, traderOf } from './scripted-world.ts';

const A = 'AUSDT';
const ONE = asId<ReturnType<typeof traderOf>['id']>('trader000000000000000001');
const TWO = asId<ReturnType<typeof traderOf>['id']>('trader000000000000000002');

describe('an engine whose exchange does not answer at the start', () => {
  it('opens nothing before the books are held against the exchange', async () => {
    const world = await ScriptedWorld.open();
    world.broker.isUnreachable = true;
    await world.crash();
    await world.signal(A, 'long');
    expect(world.engine.handle.signals()[0]?.state).toMatchObject({ status: 'rejected', code: 'OPENING_PAUSED' });
    world.broker.isUnreachable = false;
    await world.clock.advance(5_000);
    await world.signal(A, 'long');
    expect(world.position(A)).toBeDefined();
  });

  it('takes no missing balance for a loss', async () => {
    const world = await ScriptedWorld.open({ limits: { maxDailyLossPct: decimal('5') } });
    world.broker.isUnreachable = true;
    await world.crash();
    await world.clock.advance(20_000);
    expect(world.engine.handle.status().breaker.status).toBe('closed');
  });
});

describe('the day of the breaker', () => {
  it('begins with the equity that is there, and its loss survives a restart', async () => {
    const world = await ScriptedWorld.open({
      trader: { size: { kind: 'quote', amount: money('5000') } },
      limits: { maxDailyLossPct: decimal('5') },
    });
    expect(world.engine.handle.status().dailyPnl.toFixed()).toBe('0');
    await world.signal(A, 'long', { stop: '8%' });
    world.tick(A, '92');
    await world.clock.advance(3_000);
    expect(world.engine.handle.status().dailyPnlPct.toFixed()).toBe('-4');
    await world.crash();
    expect(world.engine.handle.status().dailyPnlPct.toFixed()).toBe('-4');
    await world.signal('BUSDT', 'long', { stop: '8%' });
    world.tick('BUSDT', '96');
    await world.clock.advance(2_000);
    expect(world.engine.handle.status().breaker).toMatchObject({ status: 'tripped', cause: 'daily_loss' });
    await world.signal(A, 'long');
    expect(world.position(A)).toBeUndefined();
  });

  it('does not count units whose price has left the books before it has reached the cash', async () => {
    const world = await ScriptedWorld.open({
      ...{ market: 'spot', trader: { size: { kind: 'quote', amount: money('5000') } } },
      limits: { maxDailyLossPct: decimal('5') },
    });
    await world.signal(A, 'long', { stop: '8%' });
    const [position] = world.positions;
    if (position === undefined) throw new Error('there is no position');
    world.broker.isSilentAboutCash = true;
    await world.execute({ type: 'close_position', positionId: position.id, fraction: decimal('1') });
    await world.clock.advance(3_000);
    expect(world.positions).toHaveLength(0);
    expect(world.engine.handle.status().breaker.status).toBe('closed');
  });
});

describe('a trader that is added while others run', () => {
  it('has its timeframe loaded for all its symbols, and the others go on', async () => {
    const world = await ScriptedWorld.open();
    await world.signal(A, 'long');
    const before = world.feed.requests.length;
    world.sandbox.metas.set('scripted', metaOf({ timeframes: ['5m', '1h'], lookback: 30 }));
    await world.execute({ type: 'add_trader', trader: traderOf({ id: TWO, name: 'two', exits: null }) });
    await world.clock.advance(10_000);
    const asked = world.feed.requests.slice(before);
    expect(new Set(asked.map(({ timeframe }) => timeframe))).toEqual(new Set(['1m', '5m', '1h']));
    expect(new Set(asked.map(({ symbol }) => symbol))).toEqual(new Set(world.symbols));
    expect(asked).toHaveLength(6);
    const funnel = () => world.engine.handle.traders().map(({ funnel: { checked } }) => checked);
    const [one = 0, two = 0] = funnel();
    await world.nextMinute();
    expect(funnel()[0]).toBeGreaterThan(one);
    expect(funnel()[1]).toBeGreaterThan(two);
    expect(two).toBeGreaterThan(0);
    expect(world.position(A)?.protection.guard).toBe('venue');
    world.tick(A, '90');
    await world.clock.advance(3_000);
    expect(world.position(A)).toBeUndefined();
  });

  it('and removed while its filter is still loading stays removed', async () => {
    const world = await ScriptedWorld.open();
    const gate = Promise.withResolvers<void>();
    await world.execute({ type: 'pause_trader', traderId: ONE, reason: 'a test' });
    world.sandbox.loading = gate.promise;
    const resumed = world.engine.handle.execute({ type: 'resume_trader', traderId: ONE }, asId('user'));
    await world.clock.advance(10);
    await world.execute({ type: 'remove_trader', traderId: ONE });
    gate.resolve();
    await resumed;
    await world.signal(A, 'long');
    expect(world.engine.handle.traders()).toHaveLength(0);
    expect(world.positions).toHaveLength(0);
  });
});

describe('the number of traders that run at once', () => {
  const two = traderOf({ id: TWO, name: 'two', createdAt: 1 });

  it('is not exceeded by adding or resuming, also when two come at once; a pause makes room', async () => {
    const world = await ScriptedWorld.open({ maxActiveTraders: 2 });
    const three = traderOf({ id: asId('trader000000000000000003'), name: 'three' });
    const add = (trader: typeof two) => world.engine.handle.execute({ type: 'add_trader', trader }, asId('user'));
    const outcomes = await Promise.all([add(two), add(three)]);
    expect(outcomes.map((outcome) => (outcome.ok ? 'added' : outcome.error.code))).toEqual([
      ...['added', 'TRADERS_AT_LIMIT'],
    ]);
    await world.execute({ type: 'pause_trader', traderId: ONE, reason: 'a test' });
    expect((await add(three)).ok).toBe(true);
    await expect(world.execute({ type: 'resume_trader', traderId: ONE })).rejects.toMatchObject({
      ...{ code: 'TRADERS_AT_LIMIT', message: '2 traders run, and no more than 2 may at once' },
    });
    await world.execute({ type: 'change_trader', traderId: TWO, change: { reverse: true } });
  });

  it('that was lowered between two runs leaves the oldest at work, and pauses the others with the reason', async () => {
    const options = { maxActiveTraders: 2 };
    const world = await ScriptedWorld.open(options);
    await world.execute({ type: 'add_trader', trader: two });
    options.maxActiveTraders = 1;
    await world.crash();
    expect(world.engine.handle.traders().map(({ trader }) => [trader.name, trader.state])).toEqual([
      ['one', { status: 'running' }],
      ['two', { status: 'paused', reason: 'more traders than MAX_ACTIVE_TRADERS=1 allows' }],
    ]);
  });
});

describe('a setting that is changed while the engine runs', () => {
  it('stands in the audit log with what it was before', async () => {
    const world = await ScriptedWorld.open();
    const heard: AuditRecord[] = [];
    world.engine.handle.onAudit((record) => heard.push(record));
    world.engine.noteSetting('MAX_OPEN_POSITIONS', { from: '5', to: '7' });
    expect(heard).toMatchObject([
      { subject: 'configuration', subjectId: 'MAX_OPEN_POSITIONS', change: 'changed', data: '{"from":"5","to":"7"}' },
    ]);
  });
});

describe('a paused trader', () => {
  it('opens nothing, and manages what it holds to the end', async () => {
    const world = await ScriptedWorld.open();
    await world.signal(A, 'long');
    await world.execute({ type: 'pause_trader', traderId: ONE, reason: 'a test' });
    await world.crash();
    await world.signal('BUSDT', 'long');
    expect(world.position('BUSDT')).toBeUndefined();
    world.sandbox.manage = [{ symbol: asId(A), action: 'close', part: 1, conditions: ['enough'] }];
    await world.nextMinute();
    expect(world.positions).toHaveLength(0);
    const checked = world.engine.handle.traders()[0]?.funnel.checked;
    await world.nextMinute();
    expect(world.engine.handle.traders()[0]?.funnel.checked).toBe(checked === undefined ? undefined : 0);
  });

  it('keeps its positions guarded when it is removed, and their trades are stored', async () => {
    const world = await ScriptedWorld.open();
    await world.signal(A, 'long');
    await world.execute({ type: 'remove_trader', traderId: ONE });
    world.tick(A, '90');
    await world.clock.advance(3_000);
    expect(world.store.trades.size).toBe(1);
  });
});

describe('the end of the program', () => {
  it('cancels entries, opens nothing more, and says who guards what stays', async () => {
    const world = await ScriptedWorld.open();
    await world.signal(A, 'long');
    world.broker.script('entry', { kind: 'accepted' });
    await world.signal('BUSDT', 'long');
    const { guardedAtVenue, unguarded } = await world.stop();
    expect(guardedAtVenue.map(({ symbol }) => symbol)).toEqual([A]);
    expect(unguarded).toEqual([]);
    expect(world.broker.working('entry')).toHaveLength(0);
    expect(world.broker.working('stop')).toHaveLength(1);
  });

  it('leaves nothing that works on: no timer acts after it', async () => {
    const world = await ScriptedWorld.open();
    world.broker.script('stop', ...Array.from({ length: 99 }, () => ({ kind: 'refused', code: '-1000' }) as const));
    await world.signal(A, 'long');
    await world.engine.stop(true);
    const sent = world.broker.submissions.length;
    const audited = world.store.audit.length;
    await world.clock.advance(600_000);
    expect(world.broker.submissions).toHaveLength(sent);
    expect(world.store.audit).toHaveLength(audited);
  });
});

describe('market data that is none', () => {
  it.each(['NaN', '0', '-5', 'Infinity'])('of %s closes nothing and opens nothing', async (price) => {
    const world = await ScriptedWorld.open();
    await world.signal(A, 'long');
    const { sink } = world.feed;
    const time = world.clock.now();
    const last = { symbol: asId<(typeof world.symbols)[number]>(A), price: Number(price), quantity: 1, trades: 1 };
    sink?.trade({ ...last, buyerIsTaker: true, venueTradeId: time, time });
    await world.clock.advance(2_000);
    expect(world.position(A)?.protection.guard).toBe('venue');
    expect(world.errors).toEqual([]);
  });
});

describe('while storage is out of service', () => {
  it('nothing is opened, and closing goes on', async () => {
    const world = await ScriptedWorld.open();
    await world.signal(A, 'long');
    const error = new AitraderError('DISK_FULL', { path: 'a test' });
    world.store.health = { status: 'out_of_service', error };
    await world.signal('BUSDT', 'long');
    expect(world.position('BUSDT')).toBeUndefined();
    expect(world.engine.handle.signals()[0]?.state).toMatchObject({ status: 'rejected', code: 'DISK_FULL' });
    world.tick(A, '90');
    await world.clock.advance(3_000);
    expect(world.positions).toHaveLength(0);
  });
});

describe('a trader that asks first', () => {
  async function asked(): Promise<{ world: ScriptedWorld; signalId: Signal['id'] }> {
    const world = await ScriptedWorld.open({ trader: { mode: 'semi_auto' } });
    await world.signal(A, 'long');
    const [signal] = world.engine.handle.signals();
    if (signal?.state.status !== 'awaiting_approval') throw new Error('nobody is asked');
    expect(world.broker.submissions).toHaveLength(0);
    return { world, signalId: signal.id };
  }

  it('enters on a yes', async () => {
    const { world, signalId } = await asked();
    await world.execute({ type: 'approve_signal', signalId });
    await world.clock.advance(10);
    expect(world.position(A)?.protection.guard).toBe('venue');
    await expect(world.execute({ type: 'approve_signal', signalId })).rejects.toThrow();
  });

  it('does not on a no', async () => {
    const { world, signalId } = await asked();
    await world.execute({ type: 'reject_signal', signalId, reason: 'no' });
    expect(world.engine.handle.signals()[0]?.state.status).toBe('rejected');
    await expect(world.execute({ type: 'approve_signal', signalId })).rejects.toThrow();
    expect(world.positions).toHaveLength(0);
  });

  it('does not when nobody answers in time, also over a restart', async () => {
    const { world, signalId } = await asked();
    await world.crash();
    await world.clock.advance(6 * 60_000);
    expect(world.engine.handle.signals()[0]?.state.status).toBe('expired');
    await expect(world.execute({ type: 'approve_signal', signalId })).rejects.toThrow();
    expect(world.positions).toHaveLength(0);
  });
});

describe('a symbol that leaves trading', () => {
  it('is opened no more, and whoever holds it is told', async () => {
    const world = await ScriptedWorld.open();
    await world.signal(A, 'long');
    expect(world.position(A)).toBeDefined();
    world.feed.listed = world.feed.listed.map((each) => ({ ...each, status: 'halted' }));
    await world.clock.advance(3_600_000 + 1_000);
    expect(world.alerts.map(({ text }) => text)).toContain('AUSDT is halted at the exchange, it was trading');
    world.tick('BUSDT', '100');
    await world.signal('BUSDT', 'long');
    const signal = world.engine.handle.signals().find(({ symbol }) => symbol === 'BUSDT');
    expect(signal?.state).toMatchObject({ status: 'rejected', code: 'SYMBOL_NOT_TRADING' });
    expect(world.position(A)?.protection.guard).toBe('venue');
  });
});
