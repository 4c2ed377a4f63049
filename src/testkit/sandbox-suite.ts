import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ta } from '../analysis/indicators/index.ts';
import { asId } from '../domain/ids.ts';
import type { TraderId, VenueSymbol } from '../domain/ids.ts';
import { anchorTime } from '../domain/time.ts';
import type { CheckOutcome, FilterSandbox, SandboxLimits } from '../ports/filter-sandbox.ts';
import { filterSource, SandboxMarket } from './builders/sandbox-market.ts';

const ROWS = 200;
const SYMBOLS = 4;
const LIMITS = { checkMs: 400 };

const trader = (name: string): TraderId => asId<TraderId>(name);

function succeeded(outcome: CheckOutcome): Extract<CheckOutcome, { ok: true }> {
  if (!outcome.ok) throw new Error(outcome.fault.message);
  return outcome;
}

const metadataOf = (outcome: CheckOutcome): unknown[] =>
  succeeded(outcome).matches.map(({ metadata }) => JSON.parse(metadata) as unknown);

/** What every sandbox keeps to, see ports/filter-sandbox. Call it in a test file of the adapter. */
export function describeSandboxContract(name: string, open: (limits: Partial<SandboxLimits>) => FilterSandbox): void {
  describe(`the sandbox contract, kept by ${name}`, () => {
    const market = new SandboxMarket(SYMBOLS, ROWS);
    let sandbox: FilterSandbox;
    beforeAll(() => {
      sandbox = open(LIMITS);
      sandbox.extend(market.stretch(0, ROWS));
    });
    afterAll(() => sandbox.close());

    /** Puts a filter to work under a name of its own and checks it. */
    let loaded = 0;
    const run = async (body: string, meta: Record<string, unknown> = {}, row = ROWS - 1): Promise<CheckOutcome> => {
      const id = `trader-${(loaded += 1)}`;
      const outcome = await sandbox.load(trader(id), filterSource(body, meta), {});
      if (!outcome.ok) throw new Error(outcome.fault.message);
      const result = await sandbox.check(market.check(id, row));
      sandbox.unload(trader(id));
      return result;
    };
    const faultOf = async (body: string, meta: Record<string, unknown> = {}) => {
      const outcome = await run(body, meta);
      if (outcome.ok) throw new Error(`no fault: ${JSON.stringify(outcome)}`);
      return outcome.fault;
    };

    it('reads meta and fills in its defaults', async () => {
      const source = filterSource('return null', { every: '15m', params: { n: { default: 3, min: 1 } } });
      const outcome = await sandbox.inspect(source);
      expect(outcome).toEqual({
        ok: true,
        meta: {
          name: 'test',
          description: '',
          timeframes: ['5m'],
          schedule: { kind: 'every', everyMs: 900_000 },
          lookback: 20,
          references: [],
          sides: ['long', 'short'],
          top: null,
          params: { n: { default: 3, min: 1, max: null, step: null, about: '' } },
          exits: { stopLoss: null, takeProfit: [], trailing: null, breakEven: null, maxHoldMs: null },
        },
      });
    });

    it.each([
      ['meta', { lookback: 1 }, 'meta.lookback'],
      ['meta', { lookback: 501 }, 'meta.lookback'],
      ['meta', { lookback: 20.5 }, 'meta.lookback'],
      ['meta', { timeframes: [] }, 'meta.timeframes'],
      ['meta', { timeframes: ['7m'] }, "'7m'"],
      ['meta', { timeframes: ['1m', '3m', '5m', '15m', '30m', '1h', '2h'] }, 'meta.timeframes'],
      ['meta', { name: '' }, 'meta.name'],
      ['meta', { name: 'x'.repeat(81) }, 'meta.name'],
      ['meta', { description: 'x'.repeat(501) }, 'meta.description'],
      ['meta', { every: '30s' }, 'meta.every'],
      ['meta', { references: ['A', 'B', 'C', 'D', 'E', 'F'] }, 'meta.references'],
      ['meta', { references: ['../../etc/passwd'] }, 'meta.references'],
      ['meta', { sides: ['up'] }, 'meta.sides'],
      ['meta', { lookbak: 3 }, 'lookback'],
      ['meta', { params: { n: { default: 50, max: 45 } } }, 'meta.params.n'],
      ['meta', { params: { n: [1] } }, 'meta.params.n'],
      ['meta', { exits: { stopLoss: 'far' } }, 'meta.exits.stopLoss'],
      ['meta', { exits: { stopLoss: '1r' } }, 'meta.exits.stopLoss'],
    ] as const)('refuses a wrong %s %j and names what is wrong', async (code, meta, named) => {
      const outcome = await sandbox.inspect(filterSource('return null', meta));
      expect(outcome).toMatchObject({ ok: false, fault: { code, message: expect.stringContaining(named) as string } });
    });

    it('refuses sources that are no filter, with the line where there is one', async () => {
      const inspect = async (source: string) => {
        const outcome = await sandbox.inspect(source);
        return outcome.ok ? null : outcome.fault;
      };
      const meta = "export const meta = { name: 'x', timeframes: ['5m'], lookback: 20 };\n";
      expect(await inspect(`${meta}export function check( {`)).toMatchObject({ code: 'syntax', line: 2 });
      expect(await inspect(`${meta}\nnull.x; export function check() {}`)).toMatchObject({
        code: 'threw',
        line: 3,
        column: 6,
      });
      expect(await inspect(`${meta}import fs from 'fs'; export function check() {}`)).toMatchObject({ code: 'syntax' });
      expect(await inspect(meta)).toMatchObject({ code: 'meta', message: expect.stringContaining('check') as string });
      expect(await inspect('export function check() {}')).toMatchObject({ code: 'meta' });
      expect(await inspect(`${meta}await null; export function check() {}`)).toMatchObject({ code: 'meta' });
      expect(await inspect(`${meta}await new Promise(() => {}); export function check() {}`)).toMatchObject({
        code: 'meta',
      });
      expect(await inspect(`${meta}export function check() {}//${'x'.repeat(10_240)}`)).toMatchObject({
        code: 'syntax',
      });
      expect(await inspect(String.fromCharCode(0, 1, 2, 0xfffd, 7))).toMatchObject({ code: 'syntax', line: 1 });
      expect(
        await inspect("export const meta = { get name() { return 'x'; } }; export function check() {}"),
      ).toMatchObject({
        code: 'meta',
        message: expect.stringContaining('getter') as string,
      });
    });

    it('shows each symbol its closed candles from the anchor to the moment of the check, and indicators over them', async () => {
      const id = trader('columns');
      const body = `
        const { close, candles, time, hl2, symbol } = context;
        const { lower } = ta.bollinger(close, 5, 2);
        return { side: 'long', conditions: [symbol], metadata: {
          time: [...time], close: [...candles['5m'].close], hl2: ta.last(hl2), low: ta.last(lower),
          rsi: [...ta.rsi(close, 3)].slice(-2), atr: ta.last(ta.atr(candles['5m'], 4)), twice: ta.last(ta.ema(ta.ema(close, 3), 3)) } };`;
      await sandbox.load(id, filterSource(body), {});
      // Row by row over several moves of the anchor: what was cached must not show.
      for (let row = 60; row < 130; row += 1) {
        const outcome = await sandbox.check(market.check('columns', row));
        const seen = new Map(
          succeeded(outcome).matches.map((match) => [match.symbol, JSON.parse(match.metadata) as unknown]),
        );
        expect(seen.size).toBe(SYMBOLS);
        const symbol = market.symbols[row % SYMBOLS]!;
        const { time, high, low, close } = market.candlesOf(symbol);
        const from = time.indexOf(anchorTime(market.closeOf(row), '5m', 20));
        const cut = (column: Float64Array): Float64Array => column.slice(from, row + 1);
        const closes = cut(close);
        expect(closes.length).toBeGreaterThanOrEqual(20);
        expect(closes.length).toBeLessThan(40);
        const last = (column: Float64Array): number | null => (Number.isNaN(ta.last(column)) ? null : ta.last(column));
        expect(seen.get(symbol)).toEqual({
          time: [...cut(time)],
          close: [...closes],
          hl2: (high[row]! + low[row]!) / 2,
          low: last(ta.bollinger(closes, 5, 2).lower),
          rsi: [...ta.rsi(closes, 3)].slice(-2),
          atr: last(ta.atr(cut(high), cut(low), closes, 4)),
          twice: last(ta.ema(ta.ema(closes, 3), 3)),
        });
      }
    });

    it('never shows a candle that closes after the moment of the check, though it has come', async () => {
      const outcome = await run('return { side: "long", conditions: [], metadata: ta.last(context.time) }', {}, 100);
      expect(metadataOf(outcome)).toEqual(Array(SYMBOLS).fill(market.closeOf(99)));
    });

    it('leaves out symbols without a full lookback, and checks none while a reference has none', async () => {
      const late = new SandboxMarket(SYMBOLS, ROWS);
      const own = open(LIMITS);
      const id = trader('short');
      own.extend(late.stretch(0, ROWS).slice(0, 2));
      own.extend([late.stretchOf(late.symbols[2]!, ROWS - 19, ROWS)]);
      await own.load(id, filterSource('return { side: "long", conditions: [] }'), {});
      const outcome = succeeded(await own.check(late.check('short', ROWS - 1)));
      expect(outcome.checked).toBe(2);
      await own.load(id, filterSource('return null', { references: ['S2USDT'] }), {});
      expect(succeeded(await own.check(late.check('short', ROWS - 1))).checked).toBe(0);
      own.extend([late.stretchOf(late.symbols[2]!, 0, ROWS)]);
      expect(succeeded(await own.check(late.check('short', ROWS - 1))).checked).toBe(3);
      await own.close();
    });

    it('shows the same after weeks of candles as from a fresh start', async () => {
      const rows = 2_600;
      const long = new SandboxMarket(2, rows);
      const body = `const { close, time } = context;
        return { side: 'long', conditions: [], metadata: [time[0], close.length, ta.last(ta.rsi(close, 14)), ta.last(ta.obv(close, context.volume))] };`;
      const source = filterSource(body, { lookback: 500 });
      const at = async (sandboxAt: FilterSandbox, row: number) =>
        metadataOf(await sandboxAt.check(long.check('old', row)));
      const old = open(LIMITS);
      await old.load(trader('old'), source, {});
      old.extend(long.stretch(0, 1_100));
      for (let row = 1_099; row < rows; row += 1) {
        if (row > 1_099) old.extend(long.stretch(row, row + 1));
        if (row % 7 === 0) await at(old, row);
      }
      const fresh = open(LIMITS);
      await fresh.load(trader('old'), source, {});
      fresh.extend(long.stretch(rows - 1_000, rows));
      const seen = await at(fresh, rows - 1);
      expect(seen).toHaveLength(2);
      expect(await at(old, rows - 1)).toEqual(seen);
      await Promise.all([old.close(), fresh.close()]);
    });

    it('takes a corrected candle for the truth', async () => {
      const own = open(LIMITS);
      const id = trader('corrected');
      await own.load(
        id,
        filterSource('return { side: "long", conditions: [], metadata: ta.last(ta.sma(context.close, 3)) }'),
        {},
      );
      own.extend(market.stretch(0, 100));
      const [before] = metadataOf(await own.check(market.check('corrected', 99)));
      const { symbol, timeframe, columns } = market.stretchOf(market.symbols[SYMBOLS - 1]!, 98, 99);
      own.extend([
        { symbol, timeframe, columns: columns.map((column, at) => (at === 4 ? column.map((x) => x + 3) : column)) },
      ]);
      const [after] = metadataOf(await own.check(market.check('corrected', 99)));
      expect(after as number).toBeCloseTo((before as number) + 1, 9);
      await own.close();
    });

    it('lets a filter see others, ticker, position, parameters and the forming candle by their names', async () => {
      const id = trader('context');
      const body = `
        const { symbol, now, ticker, others, position, params, candles } = context;
        return { side: 'long', conditions: [], metadata: { symbol, now, last: ticker.last, btc: ta.last(others.S0USDT['5m'].close),
          entry: position && position.entryPrice, n: params.n, forming: candles['5m'].forming && candles['5m'].forming.close } };`;
      const source = filterSource(body, { references: ['S0USDT'], params: { n: 7 } });
      expect(await sandbox.load(id, source, { n: 8 })).toMatchObject({ ok: true });
      const [first, second] = market.symbols as [VenueSymbol, VenueSymbol];
      const { close, volume } = market.candlesOf(second);
      const row = 100;
      const figures = {
        open: 1,
        high: 9,
        low: 1,
        close: 5,
        volume: volume[0]!,
        quoteVolume: 1,
        trades: 1,
        buyVolume: 1,
        sellVolume: 1,
      };
      const forming = {
        symbol: second,
        timeframe: '5m',
        openTime: market.closeOf(row),
        closed: false,
        ...figures,
      } as const;
      const position = {
        side: 'long',
        entryPrice: 42,
        entryTime: 0,
        bars: 1,
        profitPct: 1,
        profitR: 1,
        maxProfitPct: 1,
        stopLoss: 1,
      } as const;
      const request = market.check('context', row, {
        symbols: [second],
        positions: new Map([[second, { ...position, conditions: [] }]]),
        view: market.view(row, [forming]),
      });
      const expected = {
        symbol: second,
        now: market.closeOf(row),
        last: close[row],
        btc: market.candlesOf(first).close[row],
      };
      expect(metadataOf(await sandbox.check(request))).toEqual([{ ...expected, entry: 42, n: 8, forming: 5 }]);
      const atClose = await sandbox.check({ ...request, positions: new Map(), view: market.view(row) });
      expect(metadataOf(atClose)).toEqual([{ ...expected, entry: null, n: 8, forming: null }]);
      expect(await sandbox.load(id, source, { m: 8 })).toMatchObject({ ok: false, fault: { code: 'meta' } });
      expect(await sandbox.check(request)).toMatchObject({ ok: true });
    });

    it('ranks matches by score, then quote volume, then symbol, and keeps the best', async () => {
      const body = `const at = Number(context.symbol[1]); return { side: 'short', conditions: ['c'], score: at === 3 ? 0 : 1,
        stopLoss: '2%', takeProfit: ['1.5r', { at: '3r', part: 0.5 }] }`;
      const outcome = succeeded(await run(body, { top: 3 }));
      expect(outcome.matches.map(({ symbol }) => symbol)).toEqual(['S2USDT', 'S1USDT', 'S0USDT']);
      expect(outcome.matches[0]).toMatchObject({
        side: 'short',
        confidence: 50,
        score: 1,
        stopLoss: { kind: 'percent' },
      });
      expect(outcome.matches[0]?.takeProfit.map(({ at, part }) => [at.kind, part?.toNumber()])).toEqual([
        ['r', undefined],
        ['r', 0.5],
      ]);
    });

    it('tells plots of matches and of the nearest misses', async () => {
      const body = `const at = Number(context.symbol[1]); plot('x', at + 10, 10); plot('y', context.close);
        return at === 0 ? { side: 'long', conditions: [] } : null`;
      const { matches, misses } = succeeded(await run(body));
      expect(matches[0]?.plots).toMatchObject([
        { name: 'x', value: 10, level: 10 },
        { name: 'y', level: null },
      ]);
      expect(misses.map(({ symbol, plots }) => [symbol, plots[0]?.value])).toEqual([
        ['S1USDT', 11],
        ['S2USDT', 12],
        ['S3USDT', 13],
      ]);
    });

    it('asks manage about open positions alone', async () => {
      const id = trader('manager');
      const source = `${filterSource('return null')}
        export function manage({ symbol, position }) {
          return symbol === 'S1USDT' ? { close: 0.5, conditions: ['half'] } : { stopLoss: position.entryPrice };
        }`;
      await sandbox.load(id, source, {});
      const position = {
        side: 'long',
        entryPrice: 42,
        entryTime: 0,
        bars: 1,
        profitPct: 1,
        profitR: 1,
        maxProfitPct: 1,
        stopLoss: 1,
      } as const;
      const positions = new Map(market.symbols.slice(1, 3).map((symbol) => [symbol, { ...position, conditions: [] }]));
      const outcome = succeeded(await sandbox.check(market.check('manager', 100, { kind: 'manage', positions })));
      expect(outcome.manage).toMatchObject([
        { symbol: 'S1USDT', action: 'close', part: 0.5, conditions: ['half'] },
        { symbol: 'S2USDT', action: 'stop', stopLoss: { kind: 'price' } },
      ]);
      expect(outcome.checked).toBe(2);
    });

    it.each([
      ['return 5', 'a number'],
      ['return []', 'a list'],
      ['return Promise.resolve(null)', 'promise'],
      ['return (function* () {})()', 'no plain object'],
      ['return new Map()', 'no plain object'],
      ['return { side: "up", conditions: [] }', "'up'"],
      ['return { side: "long" }', 'conditions'],
      ['return { side: "long", conditions: [5] }', 'condition'],
      ['return { side: "long", conditions: [], confidence: 101 }', 'confidence'],
      ['return { side: "long", conditions: [], confidence: NaN }', 'confidence'],
      ['return { side: "long", conditions: [], score: Infinity }', 'score'],
      ['return { side: "long", conditions: [], stoploss: 1 }', 'stoploss'],
      ['return { side: "long", conditions: [], stopLoss: "a lot" }', 'stopLoss'],
      ['return { side: "long", conditions: [], stopLoss: -1 }', 'stopLoss'],
      ['return { side: "long", conditions: [], takeProfit: [{ at: "1r", part: 2 }] }', 'takeProfit'],
      ['return { side: "long", conditions: [], get score() { return 1; } }', 'getter'],
      ['return { side: "long", conditions: [], metadata: { f() {} } }', 'function'],
      ['return { side: "long", conditions: [], metadata: "x".repeat(70000) }', 'large'],
      ['return { side: "long", conditions: [], metadata: "é".repeat(12000) }', 'bytes'],
      ['const a = {}; a.a = a; return { side: "long", conditions: [], metadata: a }', 'nested'],
      ['return { side: "long", conditions: [], metadata: Array(1e9) }', 'large'],
    ])('refuses the result of "%s" and says why', async (body, named) => {
      const fault = await faultOf(body);
      expect(fault).toMatchObject({ code: 'result' });
      expect(fault.message).toContain(named);
      expect(fault.message).toMatch(/^S\dUSDT: |^the results are/);
    });

    it.each([
      ['if (context.close < 30) return null', /a column of \d+ values used as a number; use ta\.last\(x\)/],
      ['ta.rsii(context.close, 14)', /ta has no rsii; did you mean rsi/],
      ['ta.macd(context.close).hist', /ta\.macd has no hist.*histogram/],
      ['context.candels', /no candels.*candles/],
      ["context.candles['1h']", /meta\.timeframes.*no 1h/],
      ['context.others.BTCUSDT', /meta\.references.*no BTCUSDT/],
      ['ta.rsi(context.close, 0)', /rsi: n must be a whole number from 1/],
      ['ta.last(context.close, 1.5)', /whole number/],
      ['for (let i = 0; i < 9; i += 1) plot(`p${i}`, i)', /at most 8/],
      ['Date.now()', /current time/],
      ['new Date()', /current time/],
      ['Math.random()', /chance/],
      ['undeclared + 1', /undeclared is not defined/],
      ['undeclared = 1', /undeclared is not defined/],
      ['throw new Error("x".repeat(2000))', /^.{400,500}$/],
      ['throw { toString() { throw 1 } }', /cannot be described/],
      ['throw null', /threw null/],
    ])('explains the mistake in "%s"', async (body, message) => {
      const fault = await faultOf(`\n${body}`);
      expect(fault.code).toBe('threw');
      expect(fault.message).toMatch(message);
      if (!body.startsWith('throw')) expect(fault.line).toBe(4);
    });

    it('keeps what a filter writes into columns and results from later checks and later results', async () => {
      const id = trader('vandal');
      const body = `
        const { close, candles, time } = context;
        const sum = () => [...candles['5m'].close].reduce((a, b) => a + b, 0) + ta.last(ta.ema(close, 5)) + ta.last(ta.macd(close, 2, 4, 2).macd);
        const clean = time[time.length - 1] === ${market.closeOf(99)};
        const first = sum();
        const again = ta.last(ta.ema(close, 5));
        const one = ta.ema(close, 5); one.fill(7); ta.macd(close, 2, 4, 2).macd.fill(7);
        const kept = ta.last(ta.ema(close, 5)) === again;
        close.fill(1); time.fill(1); candles['5m'].close.fill(2); new Float64Array(close.buffer).fill(3);
        try { close.foo = 1 } catch {}
        try { Object.defineProperty(close, 'length', { value: 1 }) } catch {}
        try { Object.setPrototypeOf(close, null) } catch {}
        return { side: 'long', conditions: [], metadata: [first, kept, clean] };`;
      await sandbox.load(id, filterSource(body), {});
      const first = metadataOf(await sandbox.check(market.check('vandal', 100)));
      const second = metadataOf(await sandbox.check(market.check('vandal', 100)));
      expect(second).toEqual(first);
      for (const [, kept, clean] of first as [number, boolean, boolean][]) expect([kept, clean]).toEqual([true, true]);
      const fresh = open(LIMITS);
      fresh.extend(market.stretch(0, 101));
      await fresh.load(id, filterSource(body), {});
      expect(metadataOf(await fresh.check(market.check('vandal', 100)))).toEqual(first);
      await fresh.close();
    });

    it('ends a filter at its limits, counts its failures in a row, and goes on with the others', async () => {
      const own = open(LIMITS);
      own.extend(market.stretch(0, ROWS));
      await own.load(
        trader('good'),
        filterSource('return { side: "long", conditions: [], metadata: ta.last(context.close) }'),
        {},
      );
      await own.load(trader('bad'), filterSource('for (;;) {}'), {});
      await own.load(
        trader('greedy'),
        filterSource('const all = []; for (;;) all.push(new Float64Array(1e5).fill(1))'),
        {},
      );
      const before = metadataOf(await own.check(market.check('good', 100)));
      for (let failures = 1; failures <= 3; failures += 1) {
        const [bad, greedy, good] = await Promise.all(
          ['bad', 'greedy', 'good'].map((id) => own.check(market.check(id, 100))),
        );
        expect(bad).toMatchObject({ ok: false, failuresInARow: failures, fault: { code: 'timeout', line: 3 } });
        expect(greedy).toMatchObject({ ok: false, failuresInARow: failures, fault: { code: 'memory' } });
        expect(metadataOf(good!)).toEqual(before);
      }
      await own.close();
    });

    it('keeps the old filter when the new one is at fault, and forgets an unloaded one', async () => {
      const id = trader('replaced');
      const check = async () => metadataOf(await sandbox.check(market.check('replaced', 100)))[0];
      await sandbox.load(id, filterSource('return { side: "long", conditions: [], metadata: 1 }'), {});
      expect(await check()).toBe(1);
      expect(await sandbox.load(id, filterSource('return {'), {})).toMatchObject({
        ok: false,
        fault: { code: 'syntax' },
      });
      expect(await check()).toBe(1);
      await sandbox.load(id, filterSource('return { side: "long", conditions: [], metadata: 2 }'), {});
      expect(await check()).toBe(2);
      sandbox.unload(id);
      await expect(check()).rejects.toThrow('not loaded');
    });
  });
}
