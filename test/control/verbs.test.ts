import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';

import { Decimal, money } from '../../src/domain/decimal.ts';
import { AitraderError } from '../../src/domain/errors.ts';
import type { Filter } from '../../src/domain/filter.ts';
import { asId } from '../../src/domain/ids.ts';
import type { Order } from '../../src/domain/order/order.ts';
import type { Position } from '../../src/domain/position/position.ts';
import type { Signal } from '../../src/domain/signal.ts';
import type { Trade } from '../../src/domain/trade.ts';
import type { Desk } from '../../src/frontends/shared/desk.ts';
import { orderJson } from '../../src/frontends/shared/json/order-json.ts';
import { positionJson } from '../../src/frontends/shared/json/position-json.ts';
import { signalJson } from '../../src/frontends/shared/json/signal-json.ts';
import { tradeJson } from '../../src/frontends/shared/json/trade-json.ts';
import { traderJson } from '../../src/frontends/shared/json/trader-json.ts';
import type { TraderJson } from '../../src/frontends/shared/json/trader-json.ts';
import { verbNamed } from '../../src/frontends/shared/verbs/catalogue.ts';
import type { StatsJson } from '../../src/frontends/shared/verbs/stats.ts';
import { TradeStats } from '../../src/frontends/shared/verbs/stats.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { arbitraryPosition, arbitraryTrade } from '../../src/testkit/builders/arbitrary-holdings.ts';
import { arbitraryOrder } from '../../src/testkit/builders/arbitrary-orders.ts';
import { arbitrarySignal, arbitraryTrader } from '../../src/testkit/builders/arbitrary-signals.ts';
import { example, idAt } from '../../src/testkit/builders/example.ts';
import { fill } from '../../src/testkit/builders/fills.ts';
import { pendingOrder } from '../../src/testkit/builders/orders.ts';
import { openedPosition } from '../../src/testkit/builders/positions.ts';
import { marketRow, ScriptedEngine } from '../../src/testkit/scripted-engine.ts';
import type { ScriptedHoldings } from '../../src/testkit/scripted-engine.ts';
import { SqliteFolder } from '../store/sqlite-folder.ts';
import { NOW, scriptedDesk, USER } from './scripted-desk.ts';

const NO_NAMES = new Map();

/** What a JSON value is once it has crossed the socket. */
function crossed(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('the API form', () => {
  it('crosses a socket unchanged, whatever the values: no NaN, no infinity, no undefined', () => {
    const facts = { filter: null, funnel: null, nextCheckAt: null };
    fc.assert(
      fc.property(arbitrarySignal, arbitraryOrder, arbitraryTrader, (signal, order, trader) => {
        for (const json of [signalJson(signal, NO_NAMES), orderJson(order, NO_NAMES), traderJson(trader, facts)]) {
          expect(crossed(json)).toEqual(json);
        }
      }),
    );
    fc.assert(
      fc.property(arbitraryPosition, arbitraryTrade, fc.double(), (position, trade, last) => {
        const market = marketRow(position.symbol, last);
        for (const json of [positionJson(position, NO_NAMES, market), tradeJson(trade, NO_NAMES)]) {
          expect(crossed(json)).toEqual(json);
        }
      }),
    );
  });

  it('gives amounts and prices as plain decimal text, exact to 18 places', () => {
    fc.assert(
      fc.property(arbitraryOrder, (order) => {
        const json = orderJson(order, NO_NAMES);
        expect(json.quantity).toMatch(/^\d+(\.\d+)?$/);
        expect(new Decimal(json.quantity).equals(order.intent.quantity)).toBe(true);
      }),
    );
  });

  it('counts the profit of what is open by the last price on spot, by the mark on futures', () => {
    const spot = openedPosition(fill({ price: '100', quantity: '2' }));
    const market = { ...marketRow('BTCUSDT', 110), mark: 120 };
    expect(positionJson(spot, NO_NAMES, market)).toMatchObject({
      entryPrice: '100',
      currentPrice: '110',
      unrealizedPnl: '20',
      unrealizedPnlPct: 10,
      guard: 'none',
    });
    const futures = openedPosition(fill({ price: '100', quantity: '2', market: 'futures', side: 'sell' }));
    expect(positionJson(futures, NO_NAMES, market)).toMatchObject({ currentPrice: '120', unrealizedPnl: '-40' });
    expect(positionJson(futures, NO_NAMES, marketRow('BTCUSDT', NaN))).toMatchObject({
      currentPrice: null,
      unrealizedPnl: null,
    });
  });
});

describe('the statistics of trades', () => {
  const trade = (pnl: string, fields: Partial<Trade> = {}): Trade =>
    example(arbitraryTrade, { pnl: money(pnl), ...fields });
  const statsOf = (by: 'symbol' | 'reason' | 'day' | 'trader', trades: readonly Trade[]): StatsJson => {
    const stats = new TradeStats(by);
    for (const each of trades) stats.add(each);
    return stats.toJson(new Map([[idAt(1), 'Dips']]));
  };

  it('count a win as a profit after fees, and are undefined where there is nothing to divide by', () => {
    expect(statsOf('symbol', []).total).toMatchObject({
      trades: 0,
      winRate: null,
      profitFactor: null,
      expectancy: null,
    });
    expect(statsOf('symbol', [trade('3')]).total).toMatchObject({ winRate: 100, profitFactor: null, expectancy: '3' });
    expect(statsOf('symbol', [trade('3'), trade('-1'), trade('0'), trade('-1')]).total).toMatchObject({
      trades: 4,
      winRate: 25,
      profitFactor: 1.5,
      expectancy: '0.25',
      pnl: '1',
    });
  });

  it('of the groups add up to the whole, however they are grouped', () => {
    const grouping = fc.constantFrom('symbol' as const, 'reason' as const, 'day' as const, 'trader' as const);
    const anyTrade = fc
      .tuple(arbitraryTrade, fc.integer({ min: -1e9, max: 1e9 }))
      .map(([each, cents]): Trade => ({ ...each, pnl: money(new Decimal(cents).dividedBy(100)) }));
    fc.assert(
      fc.property(grouping, fc.array(anyTrade, { maxLength: 30 }), (by, trades) => {
        const { total, groups } = statsOf(by, trades);
        expect(groups.reduce((sum, group) => sum + group.trades, 0)).toBe(total.trades);
        const sums = groups.reduce((sum, group) => sum.plus(group.pnl), new Decimal(0));
        const given = trades.reduce((sum, { pnl }) => sum.plus(pnl), new Decimal(0));
        expect([sums.toFixed(), given.toFixed()]).toEqual([total.pnl, total.pnl]);
        expect(new Set(groups.map(({ key }) => key)).size).toBe(groups.length);
      }),
    );
  });

  it('name traders, and count days in UTC by the close', () => {
    const exitTime = Date.UTC(2026, 0, 31, 23, 59);
    const trades = [
      trade('1', { traderId: idAt(1), exitTime }),
      trade('1', { traderId: null, exitTime: exitTime + 60_000 }),
    ];
    expect(
      statsOf('trader', trades)
        .groups.map(({ name }) => name)
        .sort(),
    ).toEqual(['Dips', 'by hand']);
    expect(statsOf('day', trades).groups.map(({ key }) => key)).toEqual(['2026-02-01', '2026-01-31']);
  });
});

describe('the verbs', () => {
  const database = new SqliteFolder();
  let store: Store;
  beforeAll(async () => {
    store = await database.open();
  });
  afterAll(() => database.dispose());

  const deskWith = (holdings: ScriptedHoldings): { desk: Desk; engine: ScriptedEngine } => {
    const engine = new ScriptedEngine(NOW, holdings);
    return { engine, desk: scriptedDesk({ dataDir: '/data', store, engine }) };
  };
  const ask = <Answer>(desk: Desk, verb: string, args: object = {}): Promise<Answer> =>
    verbNamed(verb).call(args).run(desk) as Promise<Answer>;

  const position = (id: number, symbol: string): Position =>
    openedPosition(fill({ symbol: asId(symbol), quantity: '2' }), { id: idAt(id), base: symbol.slice(0, -4) });
  const order = (id: number): Order => pendingOrder({ id: idAt(id) });

  it.each([
    ['0003', 'BTCUSDT'],
    ['eth', 'ETHUSDT'],
    ['ETH/usdt', 'ETHUSDT'],
    ['ETHUSDT', 'ETHUSDT'],
    [String(idAt(3)), 'BTCUSDT'],
  ])('close finds a position by %s', async (given, symbol) => {
    const { desk, engine } = deskWith({ positions: [position(3, 'BTCUSDT'), position(14, 'ETHUSDT')] });
    const left = await ask<{ symbol: string; quantity: string }>(desk, 'close', { id: given, fraction: '25%' });
    expect(left).toMatchObject({ symbol, quantity: '1.5' });
    expect(engine.commands).toMatchObject([{ type: 'close_position', fraction: new Decimal('0.25') }]);
  });

  it('close closes nothing where it is not clear what', async () => {
    const { desk, engine } = deskWith({ positions: [position(10_003, 'BTCUSDT'), position(20_003, 'ETHUSDT')] });
    await expect(ask(desk, 'close', { id: '0003' })).rejects.toMatchObject({ code: 'AMBIGUOUS' });
    await expect(ask(desk, 'close', { id: '03' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(ask(desk, 'close', { id: 'BTCUSD' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: 'Did you mean BTCUSDT or BTC/USDT?',
    });
    expect(engine.commands).toEqual([]);
  });

  it('pause, resume and kill tell how the desk stands afterwards', async () => {
    const { desk } = deskWith({ positions: [position(3, 'BTCUSDT')], orders: [order(1)] });
    expect(await ask(desk, 'pause', { reason: 'lunch' })).toEqual({
      opening: { allowed: false, cause: 'paused_by_user', reason: 'lunch', since: NOW, resetAt: null },
      positionsOpen: 1,
      ordersWorking: 1,
    });
    expect(await ask(desk, 'resume')).toMatchObject({ opening: { allowed: true } });
    expect(await ask(desk, 'kill', { keepPositions: true })).toMatchObject({ positionsOpen: 1 });
    expect(await ask(desk, 'kill')).toMatchObject({ opening: { cause: 'kill_switch' }, positionsOpen: 0 });
  });

  it('a refusal of the engine is the answer', async () => {
    const { desk, engine } = deskWith({ orders: [order(1)] });

    engine.refusal = new AitraderError('SYMBOL_NOT_TRADING', { symbol: 'BTCUSDT', given: 'halted' });
    await expect(ask(desk, 'cancel', { id: idAt(1) })).rejects.toMatchObject({ code: 'SYMBOL_NOT_TRADING' });
    expect(await ask(desk, 'cancel', { id: idAt(1) })).toMatchObject({ status: 'cancelled' });
  });

  it('approve and reject decide about the signal that is meant', async () => {
    const waiting = (id: number): Signal =>
      example(arbitrarySignal, {
        id: idAt(id),
        state: { status: 'awaiting_approval', reason: '', since: NOW, expiresAt: NOW + 1 },
      });
    const { desk } = deskWith({ signals: [waiting(1), waiting(2)] });
    expect(await ask(desk, 'approve', { id: idAt(1) })).toMatchObject({ id: idAt(1), status: 'approved' });
    expect(await ask(desk, 'reject', { id: idAt(2), reason: 'no' })).toMatchObject({
      status: 'rejected',
      reason: 'no',
    });
  });

  it('lists show what is stored, and what the engine knows newer', async () => {
    const userId = asId<Signal['userId']>('lists');
    const signal = (id: number, score: number): Signal => example(arbitrarySignal, { id: idAt(id), userId, score });
    await store.commit(
      [1, 2, 3].map((id) => ({ kind: 'signal' as const, signal: signal(id, id) })),
      'ordinary',
    );
    const { desk } = deskWith({ signals: [signal(2, 20), signal(4, 40)] });
    const listed = (args: object) => ask<{ id: string; score: number }[]>({ ...desk, userId }, 'signals', args);
    expect((await listed({})).map(({ score }) => score)).toEqual([40, 3, 20, 1]);
    expect((await listed({ limit: 2 })).map(({ score }) => score)).toEqual([40, 3]);
    expect((await listed({ limit: 2, before: idAt(3) })).map(({ score }) => score)).toEqual([20, 1]);
  });

  it('show every open position and working order, however many there are', async () => {
    const positions = Array.from({ length: 120 }, (_, at) => position(at, `S${at}USDT`));
    const { desk } = deskWith({
      positions,
      orders: [order(1), { ...order(2), state: { status: 'expired', at: 1, venueOrderId: null, reason: '' } }],
    });
    expect(await ask(desk, 'positions')).toHaveLength(120);
    expect(await ask(desk, 'orders')).toHaveLength(1);
    expect(await ask(desk, 'orders', { all: true })).toHaveLength(2);
  });

  it('balance tells free, locked and together', async () => {
    const balance = { accountId: asId<Desk['accountId']>('account'), asset: 'USDT', updatedAt: NOW };
    const { desk } = deskWith({ balances: [{ ...balance, free: new Decimal('0.1'), locked: new Decimal('0.2') }] });
    expect(await ask(desk, 'balance')).toMatchObject([{ asset: 'USDT', free: '0.1', locked: '0.2', total: '0.3' }]);
  });

  describe('about traders', () => {
    let user = 0;
    /** A desk of a user of its own. */
    const freshDesk = (running: boolean, markets: readonly string[] = ['BTCUSDT', 'ETHUSDT']): Desk => {
      user += 1;
      const engine = running ? new ScriptedEngine(NOW, { markets: markets.map((name) => marketRow(name, 100)) }) : null;
      return { ...scriptedDesk({ dataDir: '/data', store, engine }), userId: asId(`${USER}${user}`) };
    };
    const filter = { name: 'dips', source: 'the code', origin: 'file' };
    const settings = {
      name: 'Mine',
      symbols: ['BTC', 'eth/usdt'],
      every: '15m',
      params: { period: 21 },
      mode: 'semi_auto',
      size: { riskPct: 1.5 },
      exits: {
        stopLoss: '2atr',
        takeProfit: ['1.5r', { at: '3r', part: 0.25 }],
        trailing: '1%',
        breakEven: '1r',
        maxHold: '2h',
      },
      maxPositions: 3,
      cooldown: '90m',
      reverse: true,
    };
    const DEFAULTS = {
      name: 'Dip buyer',
      symbols: { top: 20 },
      every: null,
      params: {},
      mode: 'auto',
      size: { quote: '100' },
      exits: null,
      maxPositions: null,
      cooldown: null,
      reverse: false,
      state: 'running',
    };

    it.each([true, false])(
      'add takes every setting in the form in which it is shown (running: %s)',
      async (running) => {
        const desk = freshDesk(running);
        const added = await ask<TraderJson>(desk, 'trader.add', { filter, ...settings });
        expect(added).toMatchObject({ ...settings, symbols: ['BTCUSDT', 'ETHUSDT'], filter: 'dips', state: 'running' });
        const { name, ...again } = settings;
        expect(await ask(desk, 'trader.add', { filter: 'dips', ...again })).toMatchObject({
          ...again,
          symbols: ['BTCUSDT', 'ETHUSDT'],
          name: 'Dip buyer',
        });
        expect(name).toBe('Mine');
      },
    );

    it.each([true, false])('add leaves out what is not said (running: %s)', async (running) => {
      const desk = freshDesk(running);
      expect(await ask(desk, 'trader.add', { filter })).toMatchObject(DEFAULTS);
      expect(await ask(desk, 'trader.add', { filter })).toMatchObject({ ...DEFAULTS, name: 'Dip buyer 2' });
      expect(await ask(desk, 'traders')).toHaveLength(2);
      await expect(ask(desk, 'trader.add', { filter, name: 'dip BUYER' })).rejects.toMatchObject({
        code: 'TRADER_NAME_TAKEN',
      });
    });

    it.each([true, false])(
      'adds that come at once get names and filters of their own (running: %s)',
      async (running) => {
        const desk = freshDesk(running);
        const codes = ['the code', 'the code', 'other code', 'third'];
        const added = await Promise.all(
          codes.map((source) => ask<TraderJson>(desk, 'trader.add', { filter: { ...filter, source } })),
        );
        expect(added.map(({ name }) => name)).toEqual(['Dip buyer', 'Dip buyer 2', 'Dip buyer 3', 'Dip buyer 4']);
        expect(added.map((trader) => trader.filter)).toEqual(['dips', 'dips', 'dips-2', 'dips-3']);
      },
    );

    it("exits that are named take the place of the filter's, the others of the filter stay", async () => {
      const added = await ask<TraderJson>(freshDesk(false), 'trader.add', { filter, exits: { stopLoss: '3%' } });
      expect(added.exits).toEqual({ stopLoss: '3%', takeProfit: [], trailing: null, breakEven: null, maxHold: '1h' });
    });

    it.each([true, false])('set changes what is named and nothing else (running: %s)', async (running) => {
      const desk = freshDesk(running);
      const before = await ask<TraderJson>(desk, 'trader.add', { filter, ...settings });
      const set = (change: object): Promise<TraderJson> => ask(desk, 'trader.set', { trader: 'mine', ...change });
      expect(await set({ params: { loud: 'true' }, exits: { trailing: null } })).toMatchObject({
        ...settings,
        symbols: before.symbols,
        params: { period: 21, loud: true },
        exits: { ...settings.exits, trailing: null },
      });
      expect(await set({ exits: null, cooldown: null, name: 'Yours' })).toMatchObject({
        exits: null,
        cooldown: null,
        name: 'Yours',
      });
      await expect(ask(desk, 'trader.set', { trader: 'Yours' })).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    });

    it.each([true, false])('pause, resume and remove (running: %s)', async (running) => {
      const desk = freshDesk(running);
      const { id } = await ask<TraderJson>(desk, 'trader.add', { filter });
      const trader = id.slice(-6);
      expect(await ask(desk, 'trader.pause', { trader, reason: 'rest' })).toMatchObject({
        state: 'paused',
        reason: 'rest',
      });
      expect(await ask(desk, 'trader.show', { trader })).toMatchObject({ id, state: 'paused' });
      expect(await ask(desk, 'trader.resume', { trader })).toMatchObject({ state: 'running', reason: null });
      expect(await ask(desk, 'trader.remove', { trader })).toMatchObject({ id });
      expect(await ask(desk, 'traders')).toEqual([]);
      await expect(ask(desk, 'trader.show', { trader })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('code that changed gets a name of its own while traders use the old, and its place when nobody does', async () => {
      const desk = freshDesk(false);
      const stored = async (): Promise<string[]> =>
        (await store.filters.list(desk.userId)).map(({ name, source }: Filter) => `${name}: ${source}`).sort();
      const { id } = await ask<TraderJson>(desk, 'trader.add', { filter });
      const changed = { ...filter, source: 'other code' };
      expect(await ask(desk, 'trader.add', { filter: changed })).toMatchObject({ filter: 'dips-2' });
      expect(await ask(desk, 'trader.add', { filter: changed })).toMatchObject({ filter: 'dips-2' });
      expect(await stored()).toEqual(['dips-2: other code', 'dips: the code']);
      await ask(desk, 'trader.remove', { trader: id });
      await ask(desk, 'trader.add', { filter: { ...filter, source: 'third' } });
      expect(await stored()).toEqual(['dips-2: other code', 'dips: third']);
    });

    it.each([
      [{ symbols: ['DOGE'] }, 'SYMBOL_NOT_WATCHED'],
      [{ symbols: [] }, 'ARGUMENT_INVALID'],
      [{ symbols: { top: 0 } }, 'ARGUMENT_INVALID'],
      [{ size: { quote: '-1' } }, 'ARGUMENT_INVALID'],
      [{ size: { quote: 1, pct: 2 } }, 'ARGUMENT_INVALID'],
      [{ size: { pct: 101 } }, 'ARGUMENT_INVALID'],
      [{ size: { quote: NaN } }, 'ARGUMENT_INVALID'],
      [{ exits: { stopLoss: '51%' } }, 'ARGUMENT_INVALID'],
      [{ exits: { stopLoss: '2r' } }, 'ARGUMENT_INVALID'],
      [{ exits: { stopLoss: '64000' } }, 'ARGUMENT_INVALID'],
      [
        {
          exits: {
            takeProfit: [
              { at: '1r', part: 0.6 },
              { at: '2r', part: 0.6 },
            ],
          },
        },
        'ARGUMENT_INVALID',
      ],
      [{ exits: { stop: '2%' } }, 'ARGUMENT_INVALID'],
      [{ every: '30s' }, 'ARGUMENT_INVALID'],
      [{ cooldown: 'soon' }, 'ARGUMENT_INVALID'],
      [{ maxPositions: 0 }, 'ARGUMENT_INVALID'],
      [{ mode: 'manual' }, 'ARGUMENT_INVALID'],
      [{ params: { period: 3 } }, 'ARGUMENT_INVALID'],
      [{ params: { period: 'long' } }, 'ARGUMENT_INVALID'],
      [{ params: { perod: 14 } }, 'ARGUMENT_INVALID'],
      [{ params: { toString: 1 } }, 'ARGUMENT_INVALID'],
      [{ name: 'two\nlines' }, 'ARGUMENT_INVALID'],
      [{ state: 'running' }, 'ARGUMENT_INVALID'],
      [{ filter: { ...filter, source: 'wrong!' } }, 'FILTER_REFUSED'],
      [{ filter: { ...filter, name: '../up' } }, 'ARGUMENT_INVALID'],
      [{ filter: 'unheard-of' }, 'NOT_FOUND'],
    ])('add refuses %j with a code, and adds nothing', async (wrong, code) => {
      const desk = freshDesk(true);
      const refused = (async () => ask(desk, 'trader.add', { filter, ...wrong }))();
      await expect(refused).rejects.toMatchObject({ code });
      expect(await ask(desk, 'traders')).toEqual([]);
    });
  });

  it('while nothing runs show what was stored, and refuse to act', async () => {
    const desk = scriptedDesk({ dataDir: '/data', store, engine: null });
    expect(await ask(desk, 'status')).toMatchObject({ running: false, money: 'paper', opening: null });
    for (const [verb, args] of Object.entries({
      pause: {},
      resume: {},
      kill: {},
      stop: {},
      close: { id: 'x' },
      cancel: { id: 'x' },
      approve: { id: 'x' },
      reject: { id: 'x' },
    })) {
      expect(verbNamed(verb).kind).toBe('acts');
      await expect(ask(desk, verb, args)).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    }
  });
});
