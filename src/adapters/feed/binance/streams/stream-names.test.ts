import { describe, expect, it } from 'vitest';

import { asId } from '../../../../domain/ids.ts';
import type { VenueSymbol } from '../../../../domain/ids.ts';
import { streamsOf, symbolOfStream } from './stream-names.ts';

const [BTC, CHINESE] = [asId<VenueSymbol>('BTCUSDT'), asId<VenueSymbol>('币安人生USDT')];

describe('the streams of a subscription', () => {
  it('are on one route on spot, without mark prices', () => {
    const streams = streamsOf('spot', { symbols: [BTC], timeframes: ['1d', '1m'], markSymbols: [BTC] });
    expect([...streams]).toEqual([
      [
        'spot',
        new Set(['btcusdt@bookTicker', 'btcusdt@aggTrade', 'btcusdt@ticker', 'btcusdt@kline_1m', 'btcusdt@kline_1d']),
      ],
    ]);
  });

  it('are split on futures: quotes are public, the rest is market', () => {
    const streams = streamsOf('futures', { symbols: [BTC, CHINESE], timeframes: [], markSymbols: [BTC] });
    expect([...(streams.get('public') ?? [])]).toEqual(['btcusdt@bookTicker', '币安人生usdt@bookTicker']);
    expect([...(streams.get('market') ?? [])].toSorted()).toEqual([
      'btcusdt@aggTrade',
      'btcusdt@kline_1m',
      'btcusdt@markPrice@1s',
      'btcusdt@ticker',
      '币安人生usdt@aggTrade',
      '币安人生usdt@kline_1m',
      '币安人生usdt@ticker',
    ]);
  });

  it('name their symbol', () => {
    expect(symbolOfStream('btcusdt@markPrice@1s')).toBe('BTCUSDT');
    expect(symbolOfStream('币安人生usdt@kline_1m')).toBe('币安人生USDT');
  });
});
