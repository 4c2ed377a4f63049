import { describe, expect, it } from 'vitest';

import type { VenueSymbol } from '../../domain/ids.ts';
import { filterSource } from '../builders/sandbox-market.ts';
import { LIMITS, metadataOf, POSITION, trader, useSandbox } from './harness.ts';
import type { OpenSandbox } from './harness.ts';

/** What a check sees besides candles, and what it can do to it. */
export function describeContext(open: OpenSandbox): void {
  describe('the context of a check', () => {
    const stage = useSandbox(open);

    it('lets a filter see others, ticker, position, parameters and the forming candle by their names', async () => {
      const id = trader('context');
      const body = `
        const { symbol, now, ticker, others, position, params, candles } = context;
        return { side: 'long', conditions: [], metadata: { symbol, now, last: ticker.last, btc: ta.last(others.S0USDT['5m'].close),
          entry: position && position.entryPrice, n: params.n, forming: candles['5m'].forming && candles['5m'].forming.close } };`;
      const source = filterSource(body, { references: ['S0USDT'], params: { n: 7 } });
      expect(await stage.sandbox.load(id, source, { n: 8 })).toMatchObject({ ok: true });
      const [first, second] = stage.market.symbols as [VenueSymbol, VenueSymbol];
      const { close, volume } = stage.market.candlesOf(second);
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
        openTime: stage.market.closeOf(row),
        closed: false,
        ...figures,
      } as const;
      const request = stage.market.check('context', row, {
        symbols: [second],
        positions: new Map([[second, POSITION]]),
        view: stage.market.view(row, [forming]),
      });
      const expected = {
        symbol: second,
        now: stage.market.closeOf(row),
        last: close[row],
        btc: stage.market.candlesOf(first).close[row],
      };
      expect(metadataOf(await stage.sandbox.check(request))).toEqual([{ ...expected, entry: 42, n: 8, forming: 5 }]);
      const atClose = await stage.sandbox.check({ ...request, positions: new Map(), view: stage.market.view(row) });
      expect(metadataOf(atClose)).toEqual([{ ...expected, entry: null, n: 8, forming: null }]);
      expect(await stage.sandbox.load(id, source, { m: 8 })).toMatchObject({ ok: false, fault: { code: 'meta' } });
      expect(await stage.sandbox.check(request)).toMatchObject({ ok: true });
    });

    it('keeps what a filter writes into columns and results from later checks and later results', async () => {
      const id = trader('vandal');
      const body = `
        const { close, candles, time } = context;
        const sum = () => [...candles['5m'].close].reduce((a, b) => a + b, 0) + ta.last(ta.ema(close, 5)) + ta.last(ta.macd(close, 2, 4, 2).macd);
        const clean = time[time.length - 1] === ${stage.market.closeOf(99)};
        const first = sum();
        const again = ta.last(ta.ema(close, 5));
        const one = ta.ema(close, 5); one.fill(7); ta.macd(close, 2, 4, 2).macd.fill(7);
        const kept = ta.last(ta.ema(close, 5)) === again;
        close.fill(1); time.fill(1); candles['5m'].close.fill(2); new Float64Array(close.buffer).fill(3);
        try { close.foo = 1 } catch {}
        try { Object.defineProperty(close, 'length', { value: 1 }) } catch {}
        try { Object.setPrototypeOf(close, null) } catch {}
        return { side: 'long', conditions: [], metadata: [first, kept, clean] };`;
      await stage.sandbox.load(id, filterSource(body), {});
      const first = metadataOf(await stage.sandbox.check(stage.market.check('vandal', 100)));
      const second = metadataOf(await stage.sandbox.check(stage.market.check('vandal', 100)));
      expect(second).toEqual(first);
      for (const [, kept, clean] of first as [number, boolean, boolean][]) expect([kept, clean]).toEqual([true, true]);
      const fresh = open(LIMITS);
      fresh.extend(stage.market.stretch(0, 101));
      await fresh.load(id, filterSource(body), {});
      expect(metadataOf(await fresh.check(stage.market.check('vandal', 100)))).toEqual(first);
      await fresh.close();
    });
  });
}
