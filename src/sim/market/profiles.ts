import { AitraderError } from '../../domain/errors.ts';
import type { Market } from '../../domain/instrument.ts';
import { seriesKey, uniformAt } from './chance.ts';

/** What kind of market a symbol is: the fixed figures behind its instrument, its history and its stream. */
export interface SymbolProfile {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** Around which prices begin; quote units. */
  readonly referencePrice: number;
  /** Decimal texts. */
  readonly tick: Readonly<Record<Market, string>>;
  readonly step: Readonly<Record<Market, string>>;
  readonly minNotional: Readonly<Record<Market, string>>;
  /** Standard deviation of the return of a day of average volatility. */
  readonly dailyVolatility: number;
  /** Share of the common factor in the returns, as a correlation: 0..1. */
  readonly marketCorrelation: number;
  /** Quote units a day. */
  readonly dailyQuoteVolume: number;
  readonly tradesPerSecond: number;
  readonly maxLeverage: number;
  readonly fundingIntervalHours: number;
}

const MAX_SYMBOLS = 500;
export const DEFAULT_SYMBOLS = 20;

interface KnownSymbol {
  readonly price: number;
  /** Spot, futures. */
  readonly ticks: readonly [string, string];
  readonly steps: readonly [string, string];
  readonly futuresMinNotional: number;
  readonly volatilityPct: number;
  readonly correlation: number;
  readonly volumeMillions: number;
  readonly tradesPerSecond: number;
  readonly maxLeverage: number;
}

function known(line: string): [string, KnownSymbol] {
  const [base = '', ...figures] = line.trim().split(/\s+/);
  const number = (at: number): number => Number(figures[at]);
  const pair = (at: number): [string, string] => [figures[at] ?? '', figures[at + 1] ?? ''];
  const entry: KnownSymbol = {
    price: number(0),
    ticks: pair(1),
    steps: pair(3),
    futuresMinNotional: number(5),
    volatilityPct: number(6),
    correlation: number(7),
    volumeMillions: number(8),
    tradesPerSecond: number(9),
    maxLeverage: number(10),
  };
  return [base, entry];
}

/**
 * The default symbols with ticks, steps and minimum notionals as the exchange has them, largest first. Columns: base, price,
 * tick spot and futures, step spot and futures, minimum notional of futures, daily volatility in percent, correlation
 * with the market, quote volume a day in millions, trades a second, maximum leverage.
 */
const KNOWN = new Map(
  `BTC  92000  0.01     0.10     0.00001 0.001 100  3.2 0.95 14000 2.5 125
   ETH  3150   0.01     0.01     0.0001  0.001 20   4.4 0.88 11000 2.0 125
   SOL  138    0.01     0.01     0.001   0.01  5    5.2 0.80 3800  1.6 100
   XRP  2.05   0.0001   0.0001   0.1     0.1   5    4.8 0.74 2400  1.5 100
   BNB  880    0.01     0.01     0.001   0.01  5    3.4 0.78 1100  1.2 75
   DOGE 0.145  0.00001  0.00001  1       1     5    5.6 0.78 1300  1.4 75
   ADA  0.43   0.0001   0.0001   0.1     1     5    5.3 0.76 520   1.0 75
   SUI  1.62   0.0001   0.0001   0.1     0.1   5    6.4 0.74 640   1.2 75
   LINK 13.6   0.001    0.001    0.01    0.01  20   5.4 0.77 430   1.0 75
   AVAX 14.2   0.001    0.001    0.01    1     5    5.5 0.77 360   0.9 75
   TRX  0.281  0.00001  0.00001  0.1     1     5    2.4 0.42 210   0.6 75
   LTC  84     0.01     0.01     0.001   0.001 20   4.5 0.72 340   0.8 75
   BCH  545    0.1      0.01     0.001   0.001 20   4.7 0.66 300   0.8 75
   DOT  2.26   0.0001   0.0001   0.01    0.1   5    5.4 0.76 210   0.8 75
   NEAR 1.72   0.0001   0.0001   0.1     1     5    6.1 0.74 240   0.8 75
   UNI  5.7    0.001    0.001    0.01    1     5    5.9 0.71 230   0.8 75
   APT  1.83   0.0001   0.0001   0.01    0.1   5    6.2 0.72 160   0.7 75
   AAVE 178    0.01     0.01     0.001   0.1   5    5.8 0.72 310   0.8 75
   HBAR 0.136  0.00001  0.00001  1       1     5    5.9 0.70 190   0.8 75
   XLM  0.247  0.00001  0.00001  1       1     5    5.0 0.68 170   0.7 75`
    .split('\n')
    .map(known),
);

/** Further names with the price around which each trades; the other figures follow from it and from the name. */
const NAMED_PRICES = new Map(
  `ATOM 2.6 ETC 14 FIL 1.6 ICP 4.1 ARB 0.21 OP 0.32 INJ 5.6 TIA 0.62 SEI 0.14 ALGO 0.138 VET 0.0135 RENDER 1.9
   FET 0.26 GRT 0.046 TAO 290 LDO 0.63 STX 0.31 IMX 0.28 CRV 0.41 ENA 0.26 JUP 0.23 WLD 0.62 ONDO 0.48 PYTH 0.071
   RUNE 0.71 MKR 1480 THETA 0.37 SAND 0.15 MANA 0.16 GALA 0.0078 AXS 1.1 FLOW 0.21 EGLD 8.4 COMP 33 SNX 0.52
   DYDX 0.21 GMX 9.3 PENDLE 2.4 ZEC 410 XTZ 0.51 KAVA 0.13 CHZ 0.031 ZIL 0.0056 IOTA 0.11 NEO 4.4 QTUM 1.5
   ENS 11.5 CAKE 2.3 SUSHI 0.36 YFI 3900`
    .trim()
    .split(/\s+/)
    .flatMap((word, i, words): [string, number][] => (i % 2 === 0 ? [[word, Number(words[i + 1])]] : [])),
);

const HEADS = 'AR BA CE DO EX FI GA HE IN JO KA LU MO NE OR PA QU RE SO TE UL VA WI XE YO ZE'.split(' ');
const TAILS = 'BIT CHA DEX FLO GRA LIX MIR NET PAY RIS SWA TRI VER XIS ZON LA RON TH NAX MOS'.split(' ');

/** Names made of syllables, each once, for markets larger than the lists above. */
function invented(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const head = i % HEADS.length;
    const tail = (Math.floor(i / HEADS.length) + head) % TAILS.length;
    return `${HEADS[head]}${TAILS[tail]}`;
  });
}

/** The quote assets that a synthetic market knows. */
export const SYNTHETIC_QUOTES = ['USDT', 'USDC', 'FDUSD'];
const SYMBOL = new RegExp(`^([A-Z0-9]{1,15})(${SYNTHETIC_QUOTES.join('|')})$`);

/** Ten to the power of `exponent` as a decimal text. */
function decimalText(exponent: number): string {
  return exponent >= 0 ? `1${'0'.repeat(exponent)}` : `0.${'0'.repeat(-exponent - 1)}1`;
}

/** A profile for a symbol without figures of its own; the same name gives the same figures in every market. */
function derivedProfile(symbol: string, base: string, quote: string): SymbolProfile {
  const key = seriesKey(0, `profile/${symbol}`);
  const between = (draw: number, low: number, high: number): number => low * Math.pow(high / low, uniformAt(key, draw));
  const referencePrice = NAMED_PRICES.get(base) ?? Number(between(0, 0.02, 40).toPrecision(4));
  const magnitude = Math.floor(Math.log10(referencePrice));
  const tick = decimalText(magnitude - 4);
  const step = decimalText(Math.min(0, Math.max(-5, -magnitude - 1)));
  return {
    ...{ symbol, base, quote, referencePrice },
    tick: { spot: tick, futures: tick },
    step: { spot: step, futures: step },
    minNotional: { spot: '5', futures: '5' },
    dailyVolatility: between(1, 0.045, 0.08),
    marketCorrelation: 0.5 + 0.25 * uniformAt(key, 2),
    dailyQuoteVolume: between(3, 2e7, 1.5e8),
    tradesPerSecond: between(4, 0.3, 0.6),
    maxLeverage: uniformAt(key, 5) < 0.5 ? 50 : 75,
    fundingIntervalHours: uniformAt(key, 6) < 0.7 ? 4 : 8,
  };
}

function knownProfile(symbol: string, pair: { readonly base: string; readonly quote: string }): SymbolProfile | null {
  const entry = KNOWN.get(pair.base);
  if (entry === undefined) return null;
  return {
    ...{ symbol, ...pair, referencePrice: entry.price },
    tick: { spot: entry.ticks[0], futures: entry.ticks[1] },
    step: { spot: entry.steps[0], futures: entry.steps[1] },
    minNotional: { spot: '5', futures: String(entry.futuresMinNotional) },
    dailyVolatility: entry.volatilityPct / 100,
    marketCorrelation: entry.correlation,
    dailyQuoteVolume: entry.volumeMillions * 1e6,
    tradesPerSecond: entry.tradesPerSecond,
    maxLeverage: entry.maxLeverage,
    fundingIntervalHours: 8,
  };
}

function profileOf(symbol: string): SymbolProfile {
  const [, base, quote] = SYMBOL.exec(symbol) ?? [];
  if (base === undefined || quote === undefined) {
    throw new AitraderError('USAGE', {
      problem: `the synthetic market has no symbol "${symbol}"`,
      hint: `Write a base asset of up to 15 letters and digits followed by ${SYNTHETIC_QUOTES.join(', ')}: BTCUSDT.`,
    });
  }
  return knownProfile(symbol, { base, quote }) ?? derivedProfile(symbol, base, quote);
}

/**
 * The symbols of a synthetic market.
 * @param wanted names in the venue's form (repeated ones count once), or how many: the largest well-known ones first
 * @throws AitraderError `USAGE` for a name that cannot be, or a number outside 1..500
 */
export function symbolProfiles(wanted: number | readonly string[]): SymbolProfile[] {
  const count = typeof wanted === 'number' ? wanted : new Set(wanted).size;
  if (!Number.isInteger(count) || count < 1 || count > MAX_SYMBOLS) {
    throw new AitraderError('USAGE', {
      problem: `a synthetic market of ${count} symbols was asked for`,
      hint: `Ask for 1 to ${MAX_SYMBOLS} symbols.`,
    });
  }
  if (typeof wanted !== 'number') return [...new Set(wanted)].map(profileOf);
  const bases = new Set([...KNOWN.keys(), ...NAMED_PRICES.keys(), ...invented(MAX_SYMBOLS)]);
  return [...bases].slice(0, count).map((base) => profileOf(`${base}USDT`));
}
