import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';

import { asId } from '../../../src/domain/ids.ts';
import type { TraderId, VenueSymbol } from '../../../src/domain/ids.ts';
import { decimal, price } from '../../../src/domain/decimal.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/time.ts';
import type { Timeframe } from '../../../src/domain/time.ts';
import { fill } from '../../../src/testkit/builders/fills.ts';
import { openedPosition } from '../../../src/testkit/builders/positions.ts';
import { filterSource } from '../../../src/testkit/builders/sandbox-market.ts';
import { DeskSession, trader } from './desk-session.ts';
import { madeUpMinutes, Minutes } from './minutes.ts';

const [BTC, ETH, SOL] = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'].map((symbol) => asId<VenueSymbol>(symbol)) as [
  VenueSymbol,
  VenueSymbol,
  VenueSymbol,
];
const START = Date.UTC(2025, 0, 6);
const NOW = START + 2 * DAY_MS;
const NEEDS = { timeframes: ['5m', '1h'] as Timeframe[], lookback: 20 };
const MINUTES = (3 * DAY_MS) / MINUTE_MS;
const STEP = 5 * MINUTE_MS;

const MATCH = "return { side: 'long', conditions: ['always'] }";
const matchOf = (metadata: string): string =>
  filterSource(`return { side: 'long', conditions: [], metadata: ${metadata} }`);

describe('the trader desk', () => {
  const markets = [BTC, ETH, SOL].map((symbol, at) => new Minutes(symbol, START, madeUpMinutes(MINUTES, at)));
  const [btc, eth, sol] = markets as [Minutes, Minutes, Minutes];
  const open: DeskSession[] = [];
  afterEach(() => Promise.all(open.splice(0).map(({ sandbox }) => sandbox.close())));

  function session(loaded = markets): DeskSession {
    const made = new DeskSession(markets, NEEDS);
    open.push(made);
    made.loadHistory(NOW, loaded);
    return made;
  }
  const advance = (to: DeskSession, from: number, until: number, of = markets): void => {
    for (let at = from + MINUTE_MS; at <= until; at += MINUTE_MS) to.closeMinute(at, of);
  };
  const metadata = (report: Awaited<ReturnType<DeskSession['check']>>): Record<string, unknown> =>
    Object.fromEntries(report.matches.map((match) => [match.symbol, JSON.parse(match.metadata) as unknown]));

  it('settles what the trader says before what its filter says', async () => {
    const { desk } = session();
    const source = filterSource(MATCH, { every: '15m', timeframes: ['1h', '5m'], exits: { maxHold: '1h' } });
    const plain = await desk.put(trader('plain', [BTC]), source);
    expect(plain).toMatchObject({
      ok: true,
      atWork: {
        clockTimeframe: '1h',
        schedule: { kind: 'every', everyMs: 15 * MINUTE_MS },
        cooldownMs: HOUR_MS,
        exits: { maxHoldMs: HOUR_MS },
        symbols: [BTC],
      },
    });
    const own = { schedule: { kind: 'close' }, cooldownMs: 5 } as const;
    const exits = { stopLoss: null, takeProfit: [], trailing: null, breakEven: null, maxHoldMs: 7 };
    await desk.put(trader('own', [BTC], { ...own, exits }), source);
    expect(desk.get(asId('own'))).toMatchObject({ ...own, exits: { maxHoldMs: 7 } });
  });

  it('needs what all traders look at: references, positions and a day of candles for tickers too', async () => {
    const own = session();
    expect(own.desk.needs()).toEqual({ symbols: [], timeframes: [], lookback: 0 });
    await own.put(trader('a', [ETH]), filterSource(MATCH, { references: [BTC] }));
    expect(own.desk.needs()).toEqual({ symbols: [ETH, BTC], timeframes: ['5m'], lookback: 144 });
    await own.put(trader('b', [ETH]), filterSource(MATCH, { timeframes: ['1h', '5m'], lookback: 300 }));
    const held = openedPosition(fill({ symbol: SOL }), { traderId: asId('b') });
    own.positions = [{ position: held, conditions: [] }];
    expect(own.desk.needs()).toEqual({ symbols: [ETH, BTC, SOL], timeframes: ['5m', '1h'], lookback: 300 });
    await own.put(trader('c', [ETH]), filterSource(MATCH, { timeframes: ['1m'] }));
    expect(own.desk.needs().lookback).toBe(720);
    for (const id of ['a', 'b', 'c']) own.desk.remove(asId(id));
    expect(own.desk.needs().symbols).toEqual([]);
  });

  it('hands each candle over once for all traders, and corrections of it', async () => {
    const own = session();
    const source = matchOf('ta.last(context.close)');
    for (const id of ['a', 'b', 'c']) await own.put(trader(id, [BTC, ETH]), source);
    for (const id of ['a', 'b', 'c']) await own.check(id, NOW);
    expect(own.stretches.map(({ symbol, timeframe }) => [symbol, timeframe])).toEqual([
      [BTC, '5m'],
      [ETH, '5m'],
    ]);
    own.stretches.length = 0;
    advance(own, NOW, NOW + STEP);
    for (const id of ['a', 'b', 'c']) await own.check(id, NOW + STEP);
    expect(own.stretches.map(({ symbol, columns }) => [symbol, [...columns[0]!]])).toEqual([
      [BTC, [NOW]],
      [ETH, [NOW]],
    ]);
    own.stretches.length = 0;
    const late = btc.candle('1m', NOW - MINUTE_MS);
    own.book.candle({ ...late, close: 77 });
    const report = await own.check('a', NOW);
    expect(own.stretches.map(({ symbol, columns }) => [symbol, [...columns[0]!]])).toEqual([[BTC, [NOW - STEP, NOW]]]);
    expect(metadata(report)[BTC]).toBe(77);
    expect(report.tickers.get(BTC)?.last).toBe(77);
  });

  it('hands over what was filled in flat before a candle, too', async () => {
    const own = session();
    await own.put(trader('a', [BTC]), filterSource(MATCH, { timeframes: ['1m'] }));
    await own.check('a', NOW);
    own.stretches.length = 0;
    const until = NOW + 4 * MINUTE_MS;
    own.closeMinute(until);
    expect((await own.check('a', until)).checked).toBe(1);
    expect([...own.stretches[0]!.columns[0]!]).toEqual([0, 1, 2, 3].map((at) => NOW + at * MINUTE_MS));
  });

  it('shows a check the market as it was at its moment, though newer candles have come', async () => {
    const [slow, prompt] = [session(), session()];
    const source = matchOf('[ta.last(context.time), ta.last(context.close), context.ticker.last, context.time.length]');
    for (const own of [slow, prompt]) await own.put(trader('a', [BTC, ETH]), source);
    for (const own of [slow, prompt]) advance(own, NOW, NOW + STEP);
    advance(slow, NOW + STEP, NOW + 9 * STEP);
    const [late, inTime] = await Promise.all([slow.check('a', NOW + STEP), prompt.check('a', NOW + STEP)]);
    expect(late.matches).toHaveLength(2);
    expect(late.matches).toEqual(inTime.matches);
    expect(late.tickers).toEqual(inTime.tickers);
  });

  it('shows all checks of one moment the same view, and makes it once', async () => {
    const own = session();
    for (const id of ['a', 'b']) await own.put(trader(id, [BTC, ETH]), filterSource(MATCH));
    await Promise.all(['a', 'b'].map((id) => own.check(id, NOW)));
    const [first, second] = own.requests;
    expect(first?.view).toBe(second?.view);
    expect(first?.view.forming).toEqual([]);
    expect(first?.view.tickers.map(({ symbol }) => symbol)).toEqual([BTC, ETH]);
  });

  it('checks nothing of a symbol before its history is loaded', async () => {
    const own = session([btc]);
    await own.put(trader('a', [BTC, ETH]), filterSource(MATCH));
    expect(own.desk.isReady(asId('a'))).toBe(false);
    expect(await own.check('a', NOW)).toMatchObject({ symbols: 2, checked: 1 });
    for (let count = 0; count < 30; count += 1) own.book.candle(eth.candle('5m', NOW - (30 - count) * STEP));
    expect(await own.check('a', NOW)).toMatchObject({ checked: 1 });
    own.loadHistory(NOW, [eth]);
    expect(own.desk.isReady(asId('a'))).toBe(true);
    expect(await own.check('a', NOW)).toMatchObject({ checked: 2 });
  });

  it('leaves out a symbol that has fewer candles than the lookback', async () => {
    const own = session([btc]);
    const young = new Minutes(ETH, NOW - 19 * STEP, madeUpMinutes(200, 1));
    own.loadHistory(NOW, [young]);
    await own.put(trader('a', [BTC, ETH]), filterSource(MATCH));
    expect(await own.check('a', NOW)).toMatchObject({ symbols: 2, checked: 1 });
    advance(own, NOW, NOW + STEP, [btc, young]);
    expect(await own.check('a', NOW + STEP)).toMatchObject({ symbols: 2, checked: 2 });
  });

  it('checks a late symbol by itself, and not again when it came in time after all', async () => {
    const own = session();
    await own.put(trader('a', [BTC, ETH]), filterSource(MATCH));
    const at = NOW + STEP;
    advance(own, NOW, at, [btc]);
    advance(own, NOW, at - MINUTE_MS, [eth]);
    expect(await own.check('a', at)).toMatchObject({ symbols: 2, checked: 1, matches: [{ symbol: BTC }] });
    own.closeMinute(at, [eth, sol]);
    expect(await own.check('a', at, [ETH, SOL])).toMatchObject({ symbols: 1, checked: 1, matches: [{ symbol: ETH }] });
    expect(await own.check('a', at, [ETH])).toMatchObject({ symbols: 0, checked: 0, matches: [] });
    expect(await own.check('a', at)).toMatchObject({ symbols: 2, checked: 2 });
  });

  it('checks each of several late symbols once, in whatever order checks and candles come', async () => {
    const own = session();
    await own.put(trader('a', [BTC, ETH, SOL]), filterSource(MATCH));
    const at = NOW + STEP;
    advance(own, NOW, at, [btc]);
    advance(own, NOW, at - MINUTE_MS, [eth, sol]);
    const matched: VenueSymbol[] = [];
    const check = async (symbols: VenueSymbol[] | null) => {
      matched.push(...(await own.check('a', at, symbols)).matches.map(({ symbol }) => symbol));
    };
    await check(null);
    own.closeMinute(at, [eth, sol]);
    await check([ETH]);
    await check([SOL]);
    expect(matched.sort()).toEqual([BTC, ETH, SOL]);
    advance(own, at, at + STEP);
    expect(await own.check('a', at + STEP)).toMatchObject({ checked: 3 });
    const past = await own.check('a', at, [SOL]);
    expect(past).toMatchObject({ checked: 1, matches: [{ symbol: SOL }] });
    // Nothing was checked of this moment before the trader was put to work.
    await own.put(trader('b', [BTC, ETH, SOL]), filterSource(MATCH));
    for (const symbol of [ETH, SOL]) {
      expect((await own.check('b', at, [symbol])).matches.map((match) => match.symbol)).toEqual([symbol]);
    }
  });

  it('checks every symbol once per moment, whenever its candle and that of the reference come', async () => {
    const own = session();
    await own.put(trader('a', [BTC, ETH, SOL]), filterSource(MATCH, { references: [SOL] }));
    let at = NOW;
    const arrivals = fc.shuffledSubarray([...markets], { minLength: 3, maxLength: 3 });
    const isRunAtOnce = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(arrivals, fc.nat(3), isRunAtOnce, async (inOrder, inTime, atOnce) => {
        advance(own, at, at + STEP - MINUTE_MS);
        at += STEP;
        const matched: VenueSymbol[] = [];
        // As the scheduler does: what waits is merged, and all symbols are more than some.
        let waiting: VenueSymbol[] | null | undefined;
        for (const [number, market] of [...inOrder, null].entries()) {
          if (number === inTime) waiting = null;
          if (market !== null) own.closeMinute(at, [market]);
          if (market !== null && number >= inTime)
            waiting = waiting === null ? null : [...(waiting ?? []), market.symbol];
          const isLast = market === null;
          if (waiting === undefined || !(isLast || atOnce[number] === true)) continue;
          const { matches } = await own.check('a', at, waiting);
          matched.push(...matches.map(({ symbol }) => symbol));
          waiting = undefined;
        }
        expect(matched.sort()).toEqual([BTC, ETH, SOL]);
      }),
      { numRuns: 60 },
    );
  });

  it('checks all symbols when a reference was late: without it none was', async () => {
    const own = session();
    await own.put(trader('a', [BTC, ETH]), filterSource(MATCH, { references: [SOL] }));
    const at = NOW + STEP;
    advance(own, NOW, at, [btc, eth]);
    expect(await own.check('a', at)).toMatchObject({ symbols: 2, checked: 0 });
    advance(own, NOW, at, [sol]);
    expect(await own.check('a', at, [SOL])).toMatchObject({ symbols: 2, checked: 2 });
  });

  it('shows checks between closes the ticker of the venue and unfinished candles', async () => {
    const own = session();
    const at = NOW + 7 * MINUTE_MS + 30_000;
    advance(own, NOW, NOW + 7 * MINUTE_MS);
    const minute = NOW + 7 * MINUTE_MS;
    const tick = {
      symbol: BTC,
      price: 4_321,
      quantity: 3,
      time: at - 5,
      buyerIsTaker: true,
      trades: 1,
      venueTradeId: 1,
    };
    own.book.trade(tick);
    own.book.quote({ symbol: BTC, bid: 4_320, ask: 4_322, bidQuantity: 1, askQuantity: 1, time: at - 5 });
    const body = `const { ticker, candles } = context;
      return { side: 'long', conditions: [], metadata: [ticker.last, ticker.bid, candles['5m'].forming, candles['1h'].forming] }`;
    const source = filterSource(body, { every: '90s', timeframes: ['5m', '1h'] });
    await own.put(trader('a', [BTC, ETH]), source);
    const seen = metadata(await own.check('a', at));
    const [six, seven] = [btc.candle('1m', minute - 2 * MINUTE_MS), btc.candle('1m', minute - MINUTE_MS)];
    const five = btc.candle('5m', NOW);
    const fiveMinutes = { time: NOW + STEP, open: six.open, close: 4_321, volume: six.volume + seven.volume + 3 };
    const hour = { time: NOW, open: five.open, close: 4_321, volume: five.volume + fiveMinutes.volume };
    expect(seen[BTC]).toMatchObject([4_321, 4_320, fiveMinutes, hour]);
    expect(seen[ETH]).toMatchObject([null, null, { close: eth.candle('1m', minute - MINUTE_MS).close }, { time: NOW }]);
    own.book.trade({ ...tick, price: 5_000 });
    expect(metadata(await own.check('a', at))).toEqual(seen);
  });

  it('asks manage about open positions, also in symbols that are no longer checked', async () => {
    const own = session();
    const source = `${filterSource('return null')}
      export function manage({ symbol, position }) {
        return { close: 0.5, conditions: [symbol, String(position.bars), String(position.profitPct), ...position.conditions] };
      }`;
    await own.put(trader('a', [BTC]), source);
    const position = (symbol: VenueSymbol) => {
      const entry = fill({ symbol, price: '100', quantity: '2', time: NOW - 3 * STEP + 7 });
      const fields = { traderId: asId<TraderId>('a'), stopPrice: price('90'), initialRisk: decimal('10') };
      return { position: openedPosition(entry, fields), conditions: ['because'] };
    };
    own.positions = [position(BTC), position(SOL)];
    const { manage, checked, tickers } = await own.check('a', NOW);
    const conditionsOf = (symbol: VenueSymbol, last: number) => [symbol, '3', String(last - 100), 'because'];
    expect(manage).toEqual(
      [BTC, SOL].map((symbol) => ({
        symbol,
        action: 'close',
        part: 0.5,
        conditions: conditionsOf(symbol, tickers.get(symbol)?.last ?? NaN),
      })),
    );
    expect(checked).toBe(1);
    own.positions = [];
    expect((await own.check('a', NOW)).manage).toEqual([]);
  });

  it('still manages positions when check fails, and counts that as a failure', async () => {
    const own = session();
    const source = `${filterSource('null.x')}
      export function manage() { return { close: 1, conditions: [] }; }`;
    await own.put(trader('a', [BTC]), source);
    const position = openedPosition(fill({ symbol: BTC }), { traderId: asId('a') });
    own.positions = [{ position, conditions: [] }];
    for (let failures = 1; failures <= 2; failures += 1) {
      const report = await own.check('a', NOW);
      expect(report).toMatchObject({ failuresInARow: failures, fault: { code: 'threw' }, disableReason: null });
      expect(report.manage).toHaveLength(1);
    }
  });

  it('keeps a filter at work when the one that is to replace it is broken, and says so', async () => {
    const own = session();
    await own.put(trader('a', [BTC]), matchOf('1'));
    expect(await own.desk.put(trader('a', [ETH]), 'export const meta = {')).toMatchObject({
      ok: false,
      keepsOld: true,
      fault: { code: 'syntax', line: 1 },
    });
    expect(metadata(await own.check('a', NOW))).toEqual({ [BTC]: 1 });
    await own.put(trader('a', [ETH]), matchOf('2'));
    expect(metadata(await own.check('a', NOW))).toEqual({ [ETH]: 2 });
    expect(own.desk.needs().symbols).toEqual([ETH]);
    expect(await own.desk.put(trader('b', [ETH]), 'nonsense(')).toMatchObject({ ok: false, keepsOld: false });
    expect(own.desk.get(asId('b'))).toBeNull();
  });

  it('lets the last of quick changes win, and a removal', async () => {
    const own = session();
    const changes = [1, 2, 3].map((version) => own.desk.put(trader('a', [BTC]), matchOf(String(version))));
    await Promise.all(changes);
    expect(metadata(await own.check('a', NOW))).toEqual({ [BTC]: 3 });
    const last = own.desk.put(trader('a', [BTC]), matchOf('4'));
    own.desk.remove(asId('a'));
    await last;
    await own.desk.put(trader('b', [BTC]), matchOf('5'));
    expect(own.desk.get(asId('a'))).toBeNull();
    expect(await own.desk.run({ traderId: asId('a'), at: NOW, symbols: null })).toBeNull();
  });

  it('says after five failures in a row that the trader is to be disabled, and why', async () => {
    const own = session();
    const source = filterSource('if (context.params.bad) null.x; return null', { params: { bad: true } });
    await own.put(trader('a', [BTC]), source);
    for (let failures = 1; failures <= 5; failures += 1) {
      const report = await own.check('a', NOW);
      expect(report).toMatchObject({ failuresInARow: failures, checked: 0, matches: [] });
      expect(report.disableReason === null).toBe(failures < 5);
      if (failures === 5)
        expect(report.disableReason).toMatch(/5 times in a row, at last: line 3, column \d+: BTCUSDT:/);
    }
    await own.check('a', NOW, [ETH]);
    expect(own.desk.funnel(asId('a'))?.lastFault).toMatchObject({ code: 'threw', line: 3 });
    await own.put(trader('a', [BTC], { params: { bad: false } }), source);
    expect(await own.check('a', NOW)).toMatchObject({ failuresInARow: 0, fault: null, checked: 1 });
  });

  it('counts how far matches came, and remembers the nearest miss and the last refusal', async () => {
    const own = session();
    const body = `const at = { BTCUSDT: 1, ETHUSDT: 2 }[context.symbol] ?? 0;
      plot('x', 10 + at, 10); return at === 0 ? { side: 'long', conditions: [] } : null`;
    await own.put(trader('a', [ETH, BTC, SOL]), filterSource(body));
    await own.check('a', NOW);
    advance(own, NOW, NOW + STEP);
    await own.check('a', NOW + STEP);
    own.desk.count(asId('a'), 'approved');
    own.desk.refused(asId('a'), 'SYMBOL_TAKEN');
    expect(own.desk.funnel(asId('a'))).toEqual({
      checked: 6,
      matched: 2,
      approved: 1,
      ordered: 0,
      filled: 0,
      lastRefusal: 'SYMBOL_TAKEN',
      nearestMiss: { symbol: BTC, plots: [{ name: 'x', value: 11, level: 10 }] },
      lastFault: null,
    });
    expect(own.desk.funnel(asId('b'))).toBeNull();
  });

  it('asks anew which symbols a trader checks', async () => {
    const own = session();
    own.mostTraded = [BTC];
    await own.put(trader('a', [], { symbols: { kind: 'top', count: 2 } }), filterSource(MATCH));
    const matched = async () => (await own.check('a', NOW)).matches.map(({ symbol }) => symbol).sort();
    expect(await matched()).toEqual([BTC]);
    own.mostTraded = [ETH, SOL];
    own.desk.symbolsChanged();
    expect(await matched()).toEqual([ETH, SOL]);
    expect(own.desk.needs().symbols).toEqual([ETH, SOL]);
    own.stretches.length = 0;
    own.mostTraded = [BTC, ETH];
    own.desk.symbolsChanged();
    expect(await matched()).toEqual([BTC, ETH]);
    expect(own.stretches).toEqual([]);
  });
});
