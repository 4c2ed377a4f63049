import { describe, expect, it } from 'vitest';
import { resolveSymbol } from './symbol.ts';

const known = new Set([
  'BTCUSDT',
  'BTCUSDC',
  'ETHUSDT',
  'ETHBTC',
  'SOLUSDT',
  '1000PEPEUSDT',
  'BTCUSDT_261225',
  '币安人生USDT',
]);
const resolve = (given: string, quoteAsset = 'USDT'): string =>
  resolveSymbol(given, known, { market: 'futures', quoteAsset });

describe('symbols', () => {
  it('are understood as people and programs write them', () => {
    const ways = ['BTCUSDT', 'btcusdt', ' BTC ', 'btc', 'BTC/USDT', 'BTC-USDT', 'BTC_USDT', 'BTC/USDT:USDT'];
    for (const given of ways) expect(resolve(given), given).toBe('BTCUSDT');
    expect(resolve('币安人生')).toBe('币安人生USDT');
  });

  it('are completed with the configured quote asset, but only when they lack one', () => {
    expect(resolve('BTC', 'USDC')).toBe('BTCUSDC');
    expect(resolve('ETHBTC')).toBe('ETHBTC');
    expect(resolve('ETH/BTC')).toBe('ETHBTC');
  });

  it('may have an underscore of their own', () => {
    expect(resolve('btcusdt_261225')).toBe('BTCUSDT_261225');
  });

  it('that are unknown are refused with the nearest ones, also when the quote asset was left out', () => {
    expect(() => resolve('SOLUSD')).toThrow('no symbol SOLUSD on the futures market');
    expect(() => resolve('SLO')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('SOLUSDT') as string }),
    );
    expect(() => resolve('')).toThrow(expect.objectContaining({ code: 'SYMBOL_UNKNOWN' }));
    expect(() => resolve('NOTHINGLIKEIT')).toThrow(expect.objectContaining({ hint: 'Nearest: none comes near.' }));
  });
});
