import { describe, expect, it } from 'vitest';

import { symbolProfiles } from './profiles.ts';

describe('symbol profiles', () => {
  it('offers 500 different symbols, the well-known ones first', () => {
    const profiles = symbolProfiles(500);
    expect(new Set(profiles.map(({ symbol }) => symbol)).size).toBe(500);
    expect(profiles.slice(0, 3).map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'ETHUSDT', 'SOLUSDT']);
    expect(profiles.every(({ symbol }) => /^[A-Z0-9]{4,20}$/.test(symbol))).toBe(true);
  });

  it('gives a symbol the same figures in every list', () => {
    const all = symbolProfiles(500);
    for (const at of [0, 19, 30, 499]) {
      const profile = all[at];
      expect(symbolProfiles([profile?.symbol ?? ''])).toEqual([profile]);
    }
  });

  it('gives every symbol ticks and lots that are small against its price and its trades', () => {
    for (const profile of symbolProfiles(500)) {
      const tick = Math.max(Number(profile.tick.spot), Number(profile.tick.futures));
      const step = Math.max(Number(profile.step.spot), Number(profile.step.futures));
      const tradeQuote = profile.dailyQuoteVolume / 86_400 / profile.tradesPerSecond;
      expect(tick / profile.referencePrice, profile.symbol).toBeLessThan(0.0004);
      expect((step * profile.referencePrice) / tradeQuote, profile.symbol).toBeLessThan(1 / 16);
    }
  });

  it('takes names of its own making and repeated ones', () => {
    expect(symbolProfiles(['BTCUSDT', 'MYCOINUSDC', 'BTCUSDT']).map(({ symbol }) => symbol)).toEqual([
      'BTCUSDT',
      'MYCOINUSDC',
    ]);
  });

  it.each([[['BTC/USDT']], [['btcusdt']], [['BTCEUR']], [['USDT']], [[]], [0], [501], [2.5]])(
    'refuses %j',
    (wanted) => {
      expect(() => symbolProfiles(wanted)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    },
  );
});
