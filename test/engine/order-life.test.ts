import { describe, expect, it } from 'vitest';

import { decimal, quantity } from '../../src/domain/decimal.ts';
import type { Order } from '../../src/domain/order/order.ts';
import type { RequestOutcome } from '../../src/ports/broker.ts';
import type { ScriptedBroker } from '../../src/testkit/scripted-broker.ts';
import { ScriptedWorld } from './scripted-world.ts';

function entry(world: ScriptedWorld): Order {
  const found = world.engine.handle.orders().find(({ intent }) => intent.leg === 'entry');
  if (found === undefined) throw new Error('no entry was written down');
  return found;
}

function sent(broker: ScriptedBroker, leg: string): number {
  return broker.submissions.filter(({ intent }) => intent.leg === leg).length;
}

describe('an entry', () => {
  it('is stored durably, with its signal, before it is sent', async () => {
    const world = await ScriptedWorld.open();
    const durable: string[] = [];
    world.store.beforeCommit = (changes, durability) => {
      const stored = changes.map((change) => (change.kind === 'order' ? change.order.intent.id : ''));
      if (durability === 'durable') durable.push(...stored);
    };
    let wasStored: boolean | null = null;
    world.broker.beforeSubmit = ({ intent }) => {
      if (intent.leg === 'entry') wasStored = durable.includes(intent.id) && world.store.orders.has(intent.id);
      const signal = world.store.signals.get(intent.signalId ?? '');
      if (intent.leg === 'entry') expect(signal?.state.status).toBe('executing');
    };
    await world.signal('AUSDT', 'long');
    expect(wasStored).toBe(true);
    expect(world.position('AUSDT')?.quantity.toFixed()).toBe('1');
  });

  it('that cannot be stored is not sent', async () => {
    const world = await ScriptedWorld.open();
    world.store.isRefusing = true;
    await world.signal('AUSDT', 'long');
    expect(world.broker.submissions).toHaveLength(0);
    expect(entry(world).state.status).toBe('cancelled');
  });

  it('that was not executed is sent again under an id of its own, three times at most', async () => {
    const world = await ScriptedWorld.open();
    world.broker.script(
      'entry',
      ...Array.from({ length: 5 }, () => ({ kind: 'not_executed', retryAfterMs: 3_000 }) as const),
    );
    await world.signal('AUSDT', 'long');
    expect(sent(world.broker, 'entry')).toBe(1);
    await world.clock.advance(2_900);
    expect(sent(world.broker, 'entry')).toBe(1);
    await world.clock.advance(30_000);
    const ids = world.broker.submissions.map(({ clientOrderId }) => clientOrderId);
    expect(new Set(ids).size).toBe(3);
    expect(ids).toHaveLength(3);
    expect(entry(world).state.status).toBe('cancelled');
  });

  it('that was refused ends its signal with the code of the venue', async () => {
    const world = await ScriptedWorld.open();
    world.broker.script('entry', { kind: 'refused', code: '-2019', reason: 'Margin is insufficient.' });
    await world.signal('AUSDT', 'long');
    expect(world.engine.handle.signals()[0]?.state).toMatchObject({ status: 'rejected', code: '-2019' });
    expect(sent(world.broker, 'entry')).toBe(1);
  });

  it.each(['unknown', 'silence'] as const)('whose fate is %s and that arrived is found and guarded', async (kind) => {
    const world = await ScriptedWorld.open();
    world.broker.script('entry', { kind, arrives: true });
    await world.signal('AUSDT', 'long');
    expect(world.positions).toHaveLength(0);
    await world.clock.advance(8_000);
    expect(world.position('AUSDT')?.protection.guard).toBe('venue');
    expect(sent(world.broker, 'entry')).toBe(1);
  });

  it('whose fate is unknown and that never arrived is sent again only when it cannot arrive any more', async () => {
    const world = await ScriptedWorld.open();
    world.broker.script('entry', { kind: 'unknown', arrives: false });
    await world.signal('AUSDT', 'long');
    await world.clock.advance(6_800);
    expect(sent(world.broker, 'entry')).toBe(1);
    await world.clock.advance(20_000);
    expect(sent(world.broker, 'entry')).toBe(2);
    expect(world.broker.held('AUSDT').toFixed()).toBe('1');
  });

  it('of a broker that throws is asked for like one whose answer was lost', async () => {
    const world = await ScriptedWorld.open();
    world.broker.script('entry', { kind: 'throws' });
    await world.signal('AUSDT', 'long');
    expect(entry(world).state.status).toBe('unknown');
    await world.clock.advance(20_000);
    expect(world.broker.held('AUSDT').toFixed()).toBe('1');
  });

  it('is booked once however often and in whatever order its news come', async () => {
    const world = await ScriptedWorld.open();
    world.broker.isGarbled = true;
    world.broker.script('entry', { kind: 'accepted' });
    await world.signal('AUSDT', 'long');
    const [order] = world.broker.working('entry');
    if (order === undefined) throw new Error('the entry does not work');
    world.broker.fill(order, quantity('0.4'));
    world.broker.fill(order, quantity('0.6'));
    await world.clock.advance(100);
    expect(world.position('AUSDT')?.quantity.toFixed()).toBe('1');
    expect(world.store.fills.size).toBe(2);
    expect(entry(world).state.status).toBe('filled');
  });

  it('that fills after it was cancelled opens a position with the stop it was meant to have', async () => {
    const world = await ScriptedWorld.open();
    world.broker.script('entry', { kind: 'accepted' });
    await world.signal('AUSDT', 'long', { stop: '3%' });
    await world.execute({ type: 'cancel_order', orderId: entry(world).intent.id });
    await world.clock.advance(100);
    expect(entry(world).state.status).toBe('cancelled');
    const [order] = [...world.broker.orders.values()];
    if (order === undefined) throw new Error('the venue has no order');
    world.broker.fill(order);
    await world.clock.advance(100);
    expect(world.position('AUSDT')?.protection).toMatchObject({ guard: 'venue', stopPrice: { d: [97] } });
  });

  it('that is cancelled while it is on its way is cancelled as soon as it works', async () => {
    const world = await ScriptedWorld.open();
    world.broker.script('entry', { kind: 'unknown', arrives: true }, { kind: 'accepted' });
    world.broker.isUnreachable = true;
    await world.signal('AUSDT', 'long');
    await world.execute({ type: 'cancel_order', orderId: entry(world).intent.id });
    expect(world.broker.cancels).toHaveLength(0);
    world.broker.isUnreachable = false;
    await world.clock.advance(10_000);
    expect(world.position('AUSDT')).toBeDefined();
  });

  it('whose cancel is refused because it was just filled leaves a guarded position', async () => {
    const world = await ScriptedWorld.open();
    world.broker.script('entry', { kind: 'accepted' });
    await world.signal('AUSDT', 'long');
    world.broker.isMuted = true;
    const [order] = world.broker.working('entry');
    if (order === undefined) throw new Error('the entry does not work');
    world.broker.fill(order);
    world.broker.isMuted = false;
    await world.execute({ type: 'cancel_order', orderId: entry(world).intent.id });
    await world.clock.advance(5_000);
    expect(entry(world).state.status).toBe('filled');
    expect(world.position('AUSDT')?.protection.guard).toBe('venue');
  });

  it('answered late does not undo the attempt that came after it', async () => {
    const world = await ScriptedWorld.open();
    let answerLate: (outcome: RequestOutcome) => void = () => undefined;
    const submit = world.broker.submit.bind(world.broker);
    const first = new Promise<RequestOutcome>((resolve) => (answerLate = resolve));
    let count = 0;
    world.broker.submit = (submission) => {
      if (submission.intent.leg === 'entry') count += 1;
      return submission.intent.leg === 'entry' && count === 1 ? first : submit(submission);
    };
    // The second attempt has arrived, and nothing is heard of it yet when the answer to the first one comes.
    world.broker.script('entry', { kind: 'silence', arrives: true });
    await world.signal('AUSDT', 'long');
    await world.clock.advance(15_500);
    expect(count).toBe(2);
    answerLate({ kind: 'not_executed', cause: 'late', retryAfterMs: 0 });
    await world.clock.advance(60_000);
    expect(count).toBe(2);
    expect(world.broker.held('AUSDT').toFixed()).toBe('1');
  });
});

describe('after a crash', () => {
  it('an entry that was written down and not sent is asked for and given up', async () => {
    const world = await ScriptedWorld.open();
    world.broker.beforeSubmit = () => {
      world.die();
      throw new Error('died before it was sent');
    };
    await world.signal('AUSDT', 'long');
    world.broker.beforeSubmit = () => undefined;
    await world.start();
    expect(world.broker.submissions).toHaveLength(0);
    await world.clock.advance(30_000);
    expect(world.broker.submissions).toHaveLength(0);
    expect(entry(world).state.status).toBe('cancelled');
    expect(world.engine.handle.signals()[0]?.state.status).toBe('cancelled');
    await world.signal('AUSDT', 'long');
    expect(world.position('AUSDT')).toBeDefined();
  });

  it('an entry that was filled meanwhile is found, opened and guarded', async () => {
    const world = await ScriptedWorld.open();
    world.broker.script('entry', { kind: 'silence', arrives: true });
    await world.signal('AUSDT', 'long', { stop: '4%' });
    await world.crash();
    await world.clock.advance(10_000);
    expect(world.position('AUSDT')).toMatchObject({ quantity: { d: [1] }, protection: { guard: 'venue' } });
    expect(world.broker.working('stop')).toHaveLength(1);
  });

  it('a resting stop is known again: no second one is placed', async () => {
    const world = await ScriptedWorld.open();
    await world.signal('AUSDT', 'long');
    await world.crash();
    await world.crash();
    await world.clock.advance(120_000);
    expect(world.broker.working('stop')).toHaveLength(1);
    expect(sent(world.broker, 'stop')).toBe(1);
  });

  it('a stop that was filled meanwhile closes the position, and the trade is booked once', async () => {
    const world = await ScriptedWorld.open();
    await world.signal('AUSDT', 'long');
    world.die();
    world.tick('AUSDT', '90');
    await world.start();
    await world.clock.advance(5_000);
    expect(world.positions).toHaveLength(0);
    expect(world.store.trades.size).toBe(1);
    expect(world.broker.held('AUSDT').toFixed()).toBe('0');
  });

  it('an exit that was sent and never stored is found by its fill, however late the exchange answers', async () => {
    const world = await ScriptedWorld.open({ market: 'spot' });
    await world.signal('AUSDT', 'long');
    const [position] = world.positions;
    if (position === undefined) throw new Error('there is no position');
    world.broker.beforeSubmit = ({ intent }) => {
      if (intent.leg === 'exit') world.die();
    };
    await world.execute({ type: 'close_position', positionId: position.id, fraction: decimal('1') });
    expect(world.isAlive).toBe(false);
    world.broker.isUnreachable = true;
    await world.start();
    await world.clock.advance(300_000);
    world.broker.isUnreachable = false;
    await world.clock.advance(70_000);
    expect(world.positions).toHaveLength(0);
    expect(world.store.trades.size).toBe(1);
  });

  it('ids of exits are not given a second time', async () => {
    const world = await ScriptedWorld.open();
    await world.signal('AUSDT', 'long');
    await world.crash();
    const [position] = world.positions;
    if (position === undefined) throw new Error('the position is lost');
    world.tick('AUSDT', '104');
    await world.execute({
      type: 'change_protection',
      positionId: position.id,
      change: { trailing: { kind: 'percent', percent: quantity('1') } },
    });
    await world.clock.advance(5_000);
    const ids = world.broker.submissions.map(({ clientOrderId }) => clientOrderId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(world.broker.working('stop')).toHaveLength(1);
  });
});
