/** Whose an account is, and at what terms it is traded: what stands between a start and the first order of real money. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';

import type { Balance } from '../../src/domain/account.ts';
import { AitraderError } from '../../src/domain/errors.ts';
import type { AccountEvent } from '../../src/domain/event.ts';
import { asId } from '../../src/domain/ids.ts';
import type { AccountId, OrderId, UserId, VenueSymbol } from '../../src/domain/ids.ts';
import type { InstrumentRef } from '../../src/domain/instrument.ts';
import { clientOrderId } from '../../src/domain/order/client-order-id.ts';
import type { ForeignOrder, Order } from '../../src/domain/order/order.ts';
import { createSortableIds } from '../../src/lib/sortable-id.ts';
import { AccountLease } from '../../src/modes/desk/live/account-lease.ts';
import type { LeaseTerms } from '../../src/modes/desk/live/account-lease.ts';
import { watchForIntruders } from '../../src/modes/desk/live/intruders.ts';
import { instanceOf } from '../../src/modes/desk/live/instance.ts';
import { lookForOtherInstances } from '../../src/modes/desk/live/other-instances.ts';
import type { OtherInstancesTerms } from '../../src/modes/desk/live/other-instances.ts';
import { PreparedBroker } from '../../src/modes/desk/live/prepared-broker.ts';
import { bringOverFromPaper } from '../../src/modes/desk/live/traders-from-paper.ts';
import { keepMoneyApart } from '../../src/modes/desk/kind-of-money.ts';
import type { AccountSnapshot, Broker, ReportedFill, Submission } from '../../src/ports/broker.ts';
import { arbitraryFilter, arbitraryTrader } from '../../src/testkit/builders/arbitrary-signals.ts';
import { example, idAt } from '../../src/testkit/builders/example.ts';
import { fill } from '../../src/testkit/builders/fills.ts';
import { orderIntent } from '../../src/testkit/builders/orders.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';
import type { FakeClock } from '../../src/testkit/fake-clock.ts';
import { silentLogger } from '../../src/testkit/silent-logger.ts';
import { MemoryStore } from '../engine/memory-store.ts';

const USER = asId<UserId>('user');
const ACCOUNT = asId<AccountId>('main');
const SYMBOLS = ['AAAUSDT', 'BBBUSDT'].map((symbol) => asId<VenueSymbol>(symbol));
const START = Date.UTC(2026, 10, 21);
const atHand = { quoteAsset: 'USDT', symbols: SYMBOLS, listed: new Set(SYMBOLS) };

let clock: FakeClock;
let store: MemoryStore;
beforeEach(() => {
  clock = createFakeClock(START);
  store = new MemoryStore();
});

describe('the instance of a data folder', () => {
  it('is drawn once and stays', () => {
    const folder = mkdtempSync(join(tmpdir(), 'aitrader-instance-'));
    const drawn = instanceOf(folder, { next: () => 0.123 });
    expect(drawn).toMatch(/^[0-9a-z]{4}$/);
    expect(instanceOf(folder, { next: () => 0.9 })).toBe(drawn);
    expect(readFileSync(join(folder, 'instance'), 'utf8').trim()).toBe(drawn);
  });

  it('has four characters whatever chance gives, and no other text passes for one', () => {
    for (const chance of [0, 0.5, 1 - 2 ** -53]) {
      const folder = mkdtempSync(join(tmpdir(), 'aitrader-instance-'));
      expect(instanceOf(folder, { next: () => chance })).toMatch(/^[0-9a-z]{4}$/);
      writeFileSync(join(folder, 'instance'), 'four');
      expect(instanceOf(folder, { next: () => chance })).toBe('four');
      writeFileSync(join(folder, 'instance'), 'five5');
      expect(() => instanceOf(folder, { next: () => chance })).toThrow('four characters');
    }
  });
});

describe('the lease on an account', () => {
  const take = (instance: string, more: Partial<LeaseTerms> = {}): Promise<AccountLease> =>
    AccountLease.take({
      ...{ store: store.asStore(), clock, logger: silentLogger, userId: USER, accountId: ACCOUNT, instance },
      ...{ session: `${instance} ${clock.now()}`, takeOver: false, onLost: () => undefined, ...more },
    });

  it('is held by one instance as long as it renews it, and by the next one when it has given it back', async () => {
    const first = await take('aaaa');
    await clock.advance(300_000);
    await expect(take('bbbb')).rejects.toMatchObject({ code: 'ACCOUNT_IN_USE' });
    await first.release();
    expect(clock.pendingTimers()).toBe(0);
    await expect(take('bbbb')).resolves.toBeDefined();
  });

  it('expires when its holder has died, and comes back at once to the data folder that it belongs to', async () => {
    store.state.set('account_lease:main', {
      ...{ userId: USER, key: 'account_lease:main', updatedAt: clock.now() },
      value: JSON.stringify({ instance: 'dead', session: 'before', at: clock.now() - 1_000, isOver: false }),
    });
    await expect(take('bbbb')).rejects.toMatchObject({ code: 'ACCOUNT_IN_USE' });
    const again = await take('dead');
    expect(again.heldBefore).toBe(clock.now() - 1_000);
    await again.release();
    await clock.advance(60_000);
    await expect(take('bbbb')).resolves.toBeDefined();
  });

  it('can be taken over; who had it hears of it within ten seconds, and does not take it back', async () => {
    const lost: string[] = [];
    await take('aaaa', { onLost: (holder) => lost.push(holder) });
    let isTaken = false;
    const second = take('bbbb', { takeOver: true, onLost: (holder) => lost.push(holder) }).then(() => (isTaken = true));
    await clock.advance(10_000);
    expect(lost).toEqual(['instance bbbb']);
    expect(isTaken).toBe(false);
    await clock.advance(10_000);
    await second;
    await clock.advance(120_000);
    expect(lost).toHaveLength(1);
    await expect(take('cccc')).rejects.toThrow('bbbb');
  });

  it('says until when its instance has watched the account, which a start that came to nothing has not', async () => {
    const first = await take('aaaa');
    first.watches();
    await clock.advance(30_000);
    await first.release();
    const watchedUntil = clock.now();
    for (let start = 0; start < 2; start += 1) {
      await clock.advance(45_000);
      const failed = await take('aaaa');
      expect(failed.heldBefore).toBe(watchedUntil);
      await failed.release();
    }
  });

  it('is taken over at once from an instance that has died long ago', async () => {
    store.state.set('account_lease:main', {
      ...{ userId: USER, key: 'account_lease:main', updatedAt: clock.now() },
      value: JSON.stringify({ instance: 'dead', session: 'before', at: clock.now() - 60_000, isOver: false }),
    });
    await expect(take('bbbb', { takeOver: true })).resolves.toBeDefined();
  });

  it('outlasts a store that fails for a while', async () => {
    const lost: string[] = [];
    await take('aaaa', { onLost: (holder) => lost.push(holder) });
    store.isRefusing = true;
    await clock.advance(30_000);
    store.isRefusing = false;
    await clock.advance(30_000);
    expect(lost).toEqual([]);
    await expect(take('bbbb')).rejects.toMatchObject({ code: 'ACCOUNT_IN_USE' });
  });
});

describe('the look for another instance on the account', () => {
  const orderOf = (instance: string, madeAt: number): string => {
    const subject = asId<OrderId>(createSortableIds({ now: () => madeAt, random: () => 0.5 }).next());
    return clientOrderId({ instance, subject, leg: 'stop', number: 1 });
  };
  const foreign = (clientId: string): ForeignOrder =>
    ({ clientOrderId: clientId, symbol: SYMBOLS[0], instance: null }) as unknown as ForeignOrder;
  const look = (
    { orders = [], fills = [] }: { readonly orders?: readonly string[]; readonly fills?: readonly string[] },
    more: Partial<OtherInstancesTerms> = {},
  ): Promise<readonly string[]> => {
    const broker: OtherInstancesTerms['broker'] = {
      account: { market: 'spot' } as Broker['account'],
      ownerOf: () => null,
      snapshot: async () => ({
        ...{ at: clock.now(), positions: [], ownOrders: [], foreignOrders: orders.map(foreign) },
        balances: [{ asset: 'BBB' } as Balance],
      }),
      fillsSince: async ({ symbol }) =>
        symbol === SYMBOLS[1] ? fills.map((id): ReportedFill => ({ fill: fill(), clientOrderId: id })) : [],
    };
    return lookForOtherInstances({
      ...{ broker, store: store.asStore(), userId: USER, accountId: ACCOUNT, instance: 'ours', quoteAsset: 'USDT' },
      ...{ symbols: SYMBOLS, listed: new Set(SYMBOLS), now: () => clock.now(), watchedUntil: null, takeOver: false },
      ...more,
    });
  };
  const anHourAgo = (): number => clock.now() - 3_600_000;

  it('finds its working orders and its recent fills, and refuses', async () => {
    const id = orderOf('them', anHourAgo());
    await expect(look({ orders: [id] })).rejects.toThrow('instance them has a working order in AAAUSDT');
    await expect(look({ fills: [id] })).rejects.toThrow('instance them has traded BBBUSDT');
    await expect(look({ fills: [id] }, { symbols: SYMBOLS.slice(0, 1) })).rejects.toThrow('traded BBBUSDT');
  });

  it('is not led astray by our own orders, by those of others, nor by hexadecimal ids of our form', async () => {
    const hexadecimal = 'a1b2c3d4e5f60718293a4b5c6d7e8e12';
    const orders = [orderOf('ours', anHourAgo()), 'web_4711', hexadecimal];
    await expect(look({ orders, fills: orders })).resolves.toEqual([]);
  });

  it('takes over when it is told to, and does not ask again; what comes later is another matter', async () => {
    const before = orderOf('them', anHourAgo());
    await expect(look({ orders: [before] }, { takeOver: true })).resolves.toEqual(['them']);
    await expect(look({ orders: [before] })).resolves.toEqual([]);
    await clock.advance(60_000);
    await expect(look({ orders: [before, orderOf('them', clock.now())] })).rejects.toMatchObject({
      code: 'ACCOUNT_IN_USE',
    });
    await expect(look({ orders: [orderOf('more', anHourAgo())] })).rejects.toThrow('instance more');
  });
});

describe('the watch for another instance while this one trades', () => {
  it('tells once of one whose order is told or seen, and not of what was there before, of ours or of others', async () => {
    const listeners: ((event: AccountEvent) => void)[] = [];
    const looks: ((snapshot: AccountSnapshot) => void)[] = [];
    const fillLooks: ((fills: readonly ReportedFill[]) => void)[] = [];
    const broker = {
      onEvent: (listener: (event: AccountEvent) => void) => {
        listeners.push(listener);
        return () => undefined;
      },
      onSnapshot: (look: (snapshot: AccountSnapshot) => void) => looks.push(look),
      onFills: (look: (fills: readonly ReportedFill[]) => void) => fillLooks.push(look),
      account: { market: 'spot' } as PreparedBroker['account'],
      fillsSince: async () => [],
    };
    const idFrom = (instance: string): ForeignOrder => {
      const ids = createSortableIds({ now: () => clock.now(), random: () => 0.5 });
      const subject = asId<OrderId>(ids.next());
      const id = clientOrderId({ instance, subject, leg: 'entry', number: 1 });
      return { clientOrderId: id, symbol: SYMBOLS[0] } as unknown as ForeignOrder;
    };
    const found: string[] = [];
    const [before, web] = [idFrom('old1'), { ...idFrom('old1'), clientOrderId: 'web_1' }];
    await clock.advance(1_000);
    const intruders = watchForIntruders({ broker, instance: 'mine', clock, atHand });
    await clock.advance(1_000);
    const see = (...foreignOrders: ForeignOrder[]): void => {
      for (const look of looks) look({ foreignOrders } as unknown as AccountSnapshot);
    };
    see(before, web, idFrom('mine'));
    expect(found).toEqual([]);
    see(idFrom('othr'));
    intruders.onFound((reason) => found.push(reason));
    for (const tell of listeners) tell({ type: 'foreign_order', order: idFrom('othr') });
    expect(found).toHaveLength(1);
    for (const tell of listeners) tell({ type: 'foreign_order', order: idFrom('more') });
    expect(found).toHaveLength(2);
    const filled = (instance: string) => ({ fill: fill(), clientOrderId: idFrom(instance).clientOrderId });
    for (const tell of listeners) tell({ type: 'foreign_fill', ...filled('hear') });
    for (const look of fillLooks) look([filled('aske'), { fill: fill(), clientOrderId: null }]);
    expect(found.slice(2).join()).toMatch(/instance hear.*instance aske/);
  });
});

describe('after a time without news of the account', () => {
  /** A broker whose account another instance trades in a symbol that this program holds nothing of. */
  function deafBroker() {
    const asked: (readonly [VenueSymbol, number])[] = [];
    const bare = {
      ...{ account: { market: 'spot' }, capabilities: {}, isSilent: false, tell: (_: AccountEvent): void => undefined },
      onEvent(listener: (event: AccountEvent) => void) {
        this.tell = listener;
        return () => undefined;
      },
      snapshot: async () => ({ foreignOrders: [], positions: [], balances: [] }),
      async fillsSince({ symbol }: InstrumentRef, sinceMs: number) {
        asked.push([symbol, sinceMs]);
        if (this.isSilent) throw new AitraderError('EXCHANGE_UNREACHABLE', { venue: 'x', problem: 'y' });
        const subject = asId<OrderId>(createSortableIds({ now: () => clock.now(), random: () => 0.5 }).next());
        const id = clientOrderId({ instance: 'othr', subject, leg: 'entry', number: 1 });
        return symbol === SYMBOLS[1] ? [{ fill: fill(), clientOrderId: id }] : [];
      },
    };
    const broker = new PreparedBroker(bare as unknown as Broker, { leverage: 1, marginMode: 'isolated' });
    const found: string[] = [];
    watchForIntruders({ broker, instance: 'mine', clock, atHand }).onFound((reason) => found.push(reason));
    const look = async (): Promise<void> => {
      await broker.snapshot();
      await clock.advance(0);
    };
    return { bare, found, asked, look };
  }

  it('the fills of that time are asked for, until they are told, and show who traded in it', async () => {
    const { bare, found, asked, look } = deafBroker();
    bare.tell({ type: 'account_stream_connected' } as AccountEvent);
    await look();
    expect(asked).toEqual([]);
    await clock.advance(600_000);
    bare.tell({ type: 'account_stream_lost', cause: 'silent' } as AccountEvent);
    await look();
    expect(asked).toEqual([]);
    bare.isSilent = true;
    bare.tell({ type: 'account_stream_connected' } as AccountEvent);
    await look();
    const once = SYMBOLS.map((symbol) => [symbol, START + 540_000]);
    expect(asked).toEqual(once);
    bare.isSilent = false;
    await look();
    expect(asked).toEqual([...once, ...once]);
    expect(found.join()).toMatch(/instance othr/);
    await look();
    expect(asked).toHaveLength(2 * SYMBOLS.length);
  });

  it('are not asked for without end when a symbol is refused, and not further back than half an hour', async () => {
    const { bare, asked, look } = deafBroker();
    await clock.advance(3_600_000);
    bare.isSilent = true;
    bare.tell({ type: 'account_stream_connected' } as AccountEvent);
    for (let time = 0; time < 20; time += 1) await look();
    expect(asked).toHaveLength(5 * SYMBOLS.length);
    expect(asked[0]?.[1]).toBe(START + 1_800_000);
  });
});

describe('leverage and margin mode', () => {
  const submission = (symbol: string, leg: 'entry' | 'exit' = 'entry'): Submission =>
    ({
      intent: orderIntent({ market: 'futures', symbol: asId(symbol), leg }),
      clientOrderId: `${symbol} ${leg}`,
    }) as unknown as Submission;
  const prepared = (set: () => Promise<void>) => {
    const told: string[] = [];
    const broker = {
      ...{ account: { market: 'futures' }, capabilities: {} },
      submit: async ({ intent }: Submission) => {
        told.push(`${intent.leg} ${intent.symbol}`);
        return { kind: 'answered', updates: [] };
      },
      query: async () => ({ kind: 'not_found', final: true }),
      setLeverage: async ({ symbol }: { symbol: string }, leverage: number, marginMode: string) => {
        told.push(`${symbol} ${leverage} ${marginMode}`);
        return set();
      },
    } as unknown as Broker;
    return { told, broker: new PreparedBroker(broker, { leverage: 3, marginMode: 'isolated' }) };
  };

  it('are set once before the first entry of a symbol, and never hold up an exit', async () => {
    const { told, broker } = prepared(async () => undefined);
    await broker.submit(submission('AAAUSDT', 'exit'));
    await Promise.all([broker.submit(submission('AAAUSDT')), broker.submit(submission('AAAUSDT'))]);
    await broker.submit(submission('BBBUSDT'));
    expect(told).toEqual([
      ...['exit AAAUSDT', 'AAAUSDT 3 isolated', 'entry AAAUSDT', 'entry AAAUSDT'],
      ...['BBBUSDT 3 isolated', 'entry BBBUSDT'],
    ]);
    broker.forget();
    await broker.submit(submission('BBBUSDT'));
    expect(told.slice(-2)).toEqual(['BBBUSDT 3 isolated', 'entry BBBUSDT']);
  });

  it('may take their time: an entry that waits for them is never told to be lost', async () => {
    const set = Promise.withResolvers<undefined>();
    const { told, broker } = prepared(() => set.promise);
    const entry = submission('AAAUSDT');
    const sent = broker.submit(entry);
    const { clientOrderId: id } = entry;
    const order = { clientOrderId: id } as Order;
    expect(await broker.query(order)).toEqual({ kind: 'not_found', final: false });
    expect(told).toEqual(['AAAUSDT 3 isolated']);
    set.resolve(undefined);
    await sent;
    expect(await broker.query(order)).toEqual({ kind: 'not_found', final: true });
  });

  it('that the venue refuses refuse the entry with their code; without an answer it is tried again', async () => {
    const limit = new AitraderError('LEVERAGE_LIMIT', { symbol: 'AAAUSDT', given: '3', allowed: '1' });
    const answers = [limit, new AitraderError('EXCHANGE_UNREACHABLE', { venue: 'binance', problem: 'late' }), null];
    const { told, broker } = prepared(async () => {
      const answer = answers.shift() ?? null;
      if (answer !== null) throw answer;
    });
    const outcomes = [];
    for (let time = 0; time < 3; time += 1) outcomes.push(await broker.submit(submission('AAAUSDT')));
    expect(outcomes).toMatchObject([
      { kind: 'refused', code: 'LEVERAGE_LIMIT' },
      { kind: 'not_executed', retryAfterMs: 1_000 },
      { kind: 'answered' },
    ]);
    expect(told.filter((line) => line.startsWith('entry'))).toHaveLength(1);
  });
});

describe('traders of the paper desk', () => {
  const filter = example(arbitraryFilter, { id: idAt(1), userId: USER, name: 'one' });
  const trader = example(arbitraryTrader, { filterId: filter.id, userId: USER, state: { status: 'running' } });
  const running = { ...trader, id: idAt<typeof trader.id>(2), name: 'runs' };
  const resting = {
    ...trader,
    id: idAt<typeof trader.id>(3),
    name: 'rests',
    state: { status: 'paused', reason: 'so' } as const,
  };
  const paper = { filters: [filter], traders: [running, resting] };
  const bring = () => bringOverFromPaper(paper, { store: store.asStore(), userId: USER, now: clock.now() });

  it('come over paused, and once', async () => {
    expect(await bring()).toEqual(['runs', 'rests']);
    expect([...store.traders.values()].map(({ name, state }) => [name, state.status])).toEqual([
      ['runs', 'paused'],
      ['rests', 'paused'],
    ]);
    expect(store.filters.get(filter.id)).toEqual(filter);
    store.traders.delete(running.id);
    expect(await bring()).toEqual([]);
    expect(store.traders.size).toBe(1);
  });

  it('use the filter of the same name that is there, and leave a trader of the same name alone', async () => {
    store.filters.set(idAt(9), { ...filter, id: idAt(9), source: 'another' });
    store.traders.set(idAt(8), { ...running, id: idAt(8), filterId: idAt(9) });
    expect(await bring()).toEqual(['rests']);
    expect(store.traders.get(resting.id)?.filterId).toBe(idAt(9));
    expect(store.filters.size).toBe(1);
  });
});

describe('a database', () => {
  it('holds the kind of money that it began with', async () => {
    const terms = { userId: USER, now: clock.now() };
    await keepMoneyApart(store.asStore(), 'paper', terms);
    await keepMoneyApart(store.asStore(), 'paper', terms);
    await expect(keepMoneyApart(store.asStore(), 'live', terms)).rejects.toThrow('count paper money');
  });
});
