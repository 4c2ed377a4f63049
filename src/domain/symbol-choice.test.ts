import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { instrument } from '../testkit/builders/instruments.ts';
import type { Ticker } from './candle.ts';
import { asId } from './ids.ts';
import type { VenueSymbol } from './ids.ts';
import type { Instrument } from './instrument.ts';
import { resolveSymbols, topSymbols } from './symbol-choice.ts';

const NOBODY: ReadonlySet<VenueSymbol> = new Set();

function coin(base: string, fields: Partial<Instrument> = {}): Instrument {
  const quote = fields.quote ?? 'USDT';
  return instrument({ symbol: asId(`${base}${quote}`), base, quote, ...fields });
}

function contract(symbol: string, kind: 'perpetual' | 'equity_perpetual' | 'delivery'): Instrument {
  const terms = { kind, marginAsset: 'USDT', leverageBrackets: [], fundingIntervalMs: 28_800_000 };
  const base = symbol.replace(/USDT.*/, '');
  return instrument({ symbol: asId(symbol), base, market: 'futures', futures: terms });
}

function ticker(symbol: string, quoteVolume: number): Ticker {
  const none = { time: 0, last: 1, bid: 1, ask: 1, mark: NaN, open: 1, high: 1, low: 1, volume: 1, changePct: 0 };
  return { symbol: asId(symbol), quoteVolume, ...none };
}

/** The first has the highest turnover. */
function ranked(instruments: readonly Instrument[]): Ticker[] {
  return instruments.map(({ symbol }, index) => ticker(symbol, 1_000 - index));
}

function top(instruments: readonly Instrument[], count = 100, excluded = NOBODY) {
  return topSymbols(instruments, ranked(instruments), { count, quoteAsset: 'USDT', excluded });
}

describe('the most traded symbols', () => {
  it('are those of the quote asset that are trading, by turnover', () => {
    const arbitraryCoin = fc.record({
      base: fc.constantFrom('BTC', 'ETH', 'SOL', 'JUP', 'SYRUP', 'PEPE', 'DOGE', 'XRP'),
      quote: fc.constantFrom('USDT', 'USDT', 'BTC'),
      status: fc.constantFrom('trading', 'trading', 'halted', 'pre_trading', 'delisted'),
      quoteVolume: fc.constantFrom(0, 1, 2, 3, NaN),
    });
    const coins = fc.uniqueArray(arbitraryCoin, { selector: ({ base, quote }) => base + quote });
    fc.assert(
      fc.property(coins, fc.nat({ max: 8 }), (drawn, count) => {
        const instruments = drawn.map(({ base, quote, status }) => coin(base, { quote, status }));
        const tickers = drawn.map(({ base, quote, quoteVolume }) => ticker(base + quote, quoteVolume));
        const { symbols, leftOut } = topSymbols(instruments, tickers, { count, quoteAsset: 'USDT', excluded: NOBODY });
        const fit = drawn.filter(({ quote, status }) => quote === 'USDT' && status === 'trading');
        const volumes = new Map(fit.map(({ base, quote, quoteVolume }) => [base + quote, quoteVolume || 0]));
        expect(leftOut).toEqual([]);
        expect(symbols).toHaveLength(Math.min(count, fit.length));
        const chosen = symbols.map((symbol) => volumes.get(symbol) ?? NaN);
        expect(chosen).toEqual([...volumes.values()].toSorted((a, b) => b - a).slice(0, count));
      }),
    );
  });

  it('are without money, leveraged tokens, shares and contracts that expire, each named', () => {
    const bases = ['USDC', 'BTC', 'EUR', 'BTCUP', 'ETHBEAR', 'JUP', 'FDUSD', 'SUPER', 'ETH3L', 'LINK5S', 'ADADOWN'];
    const spot = top(bases.map((base) => coin(base)));
    expect(spot.symbols).toEqual(['BTCUSDT', 'JUPUSDT', 'SUPERUSDT']);
    expect(spot.leftOut).toEqual([
      { symbol: 'USDCUSDT', reason: 'stable_base' },
      { symbol: 'EURUSDT', reason: 'fiat_base' },
      { symbol: 'BTCUPUSDT', reason: 'leveraged_token' },
      { symbol: 'ETHBEARUSDT', reason: 'leveraged_token' },
      { symbol: 'FDUSDUSDT', reason: 'stable_base' },
      { symbol: 'ETH3LUSDT', reason: 'leveraged_token' },
      { symbol: 'LINK5SUSDT', reason: 'leveraged_token' },
      { symbol: 'ADADOWNUSDT', reason: 'leveraged_token' },
    ]);
    const futures = top([
      contract('TSLAUSDT', 'equity_perpetual'),
      contract('BTCUSDT_261225', 'delivery'),
      contract('XAUUSDT', 'perpetual'),
    ]);
    expect(futures.symbols).toEqual(['XAUUSDT']);
    expect(futures.leftOut).toEqual([
      { symbol: 'TSLAUSDT', reason: 'equity_perpetual' },
      { symbol: 'BTCUSDT_261225', reason: 'delivery_contract' },
    ]);
  });

  it('leave those out that nobody wants, and the next ones follow', () => {
    const excluded = new Set([asId<VenueSymbol>('BTCUSDT')]);
    const { symbols, leftOut } = top([coin('BTC'), coin('ETH'), coin('SOL'), coin('XRP')], 2, excluded);
    expect(symbols).toEqual(['ETHUSDT', 'SOLUSDT']);
    expect(leftOut).toEqual([{ symbol: 'BTCUSDT', reason: 'excluded' }]);
  });
});

describe('a list of symbols', () => {
  it('is understood as far as it is known; what is not is named with what comes near', () => {
    const known = new Set(['BTCUSDT', 'ETHUSDT', 'SOLUSDT']);
    const given = ['btc', 'ETH/USDT', 'SOLL', 'BTCUSDT', 'WHATEVER'];
    const { symbols, unknown } = resolveSymbols(given, known, { market: 'spot', quoteAsset: 'USDT' });
    expect(symbols).toEqual(['BTCUSDT', 'ETHUSDT']);
    expect(unknown.map(({ code, message, hint }) => `${code} ${message}. ${hint}`)).toEqual([
      'SYMBOL_UNKNOWN no symbol SOLL on the spot market. Nearest: SOLUSDT.',
      'SYMBOL_UNKNOWN no symbol WHATEVER on the spot market. Nearest: none comes near.',
    ]);
  });
});
