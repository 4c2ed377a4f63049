import type { Ticker } from './candle.ts';
import { AitraderError } from './errors.ts';
import type { VenueSymbol } from './ids.ts';
import type { Instrument, Market } from './instrument.ts';
import { resolveSymbol } from './symbol.ts';

/** Why a symbol that is traded is not among the most traded ones. */
export type Exclusion =
  'stable_base' | 'fiat_base' | 'leveraged_token' | 'equity_perpetual' | 'delivery_contract' | 'excluded';

/** Coins that follow a currency: nothing to trade on. */
const STABLE_BASES: ReadonlySet<string> = new Set([
  ...['USDT', 'USDC', 'FDUSD', 'TUSD', 'BUSD', 'USDP', 'PAX', 'DAI', 'USDD', 'USDE', 'USDS', 'SUSD', 'GUSD', 'LUSD'],
  ...['FRAX', 'PYUSD', 'RLUSD', 'USD1', 'USDSB', 'XUSD', 'BFUSD', 'USDF', 'USDG', 'USDY', 'USTC', 'UST', 'CRVUSD'],
  ...['EURI', 'AEUR', 'EURS', 'EURT', 'EURC', 'IDRT', 'BIDR', 'BVND', 'BKRW', 'XSGD', 'VAI'],
]);

const FIAT_BASES: ReadonlySet<string> = new Set([
  ...['USD', 'EUR', 'GBP', 'AUD', 'NZD', 'CAD', 'CHF', 'JPY', 'CNY', 'KRW', 'INR', 'IDR', 'VND', 'PHP', 'THB', 'SGD'],
  ...['TRY', 'BRL', 'ARS', 'MXN', 'COP', 'RUB', 'UAH', 'PLN', 'CZK', 'RON', 'HUF', 'SEK', 'NOK', 'DKK', 'NGN', 'ZAR'],
  ...['KZT', 'AED', 'SAR', 'ILS'],
]);

/** BTCUP, BTCDOWN, ETHBULL, ETHBEAR, BTC3L, BTC5S: a coin and what is done with it. */
const LEVERAGED = /^(.*)(?:UP|DOWN|BULL|BEAR|[2-5][LS])$/;
/** Coins that leveraged tokens were made of, and that need not be listed any more. */
const LEVERAGED_COINS: ReadonlySet<string> = new Set([
  ...['', 'BTC', 'ETH', 'BNB', 'ADA', 'LINK', 'XTZ', 'XRP', 'DOT', 'TRX', 'EOS', 'LTC', 'UNI', 'SXP', 'FIL', 'YFI'],
  ...['AAVE', 'SUSHI', 'XLM', 'BCH', '1INCH'],
]);

export interface TopRule {
  /** How many symbols at most. */
  readonly count: number;
  readonly quoteAsset: string;
  /** Left out on somebody's wish: `EXCLUDE_SYMBOLS`. */
  readonly excluded: ReadonlySet<VenueSymbol>;
}

export interface TopSymbols {
  /** The most traded first; fewer than asked for when there are no more. */
  readonly symbols: readonly VenueSymbol[];
  /** Symbols of the quote asset that are trading and were left out all the same, the most traded first. */
  readonly leftOut: readonly { readonly symbol: VenueSymbol; readonly reason: Exclusion }[];
}

/**
 * The symbols of one quote asset with the highest turnover in 24 hours (`top:N`): those that are trading, without bases
 * that are money themselves, leveraged tokens, contracts that expire and perpetuals on shares. Equal turnover goes by name.
 * @param instruments of one market
 * @param tickers the 24 h figures; a symbol without any counts as not traded
 */
export function topSymbols(
  instruments: readonly Instrument[],
  tickers: readonly Ticker[],
  { count, quoteAsset, excluded }: TopRule,
): TopSymbols {
  const turnover = new Map(tickers.map(({ symbol, quoteVolume }) => [symbol, quoteVolume]));
  const turnoverOf = ({ symbol }: Instrument): number => turnover.get(symbol) || 0;
  const bases = new Set(instruments.map(({ base }) => base));
  const ranked = instruments
    .filter(({ quote, status }) => quote === quoteAsset && status === 'trading')
    .toSorted((a, b) => turnoverOf(b) - turnoverOf(a) || (a.symbol < b.symbol ? -1 : 1))
    .map((instrument) => ({ symbol: instrument.symbol, reason: exclusionOf(instrument, bases, excluded) }));
  return {
    symbols: ranked.flatMap(({ symbol, reason }) => (reason === null ? [symbol] : [])).slice(0, count),
    leftOut: ranked.flatMap(({ symbol, reason }) => (reason === null ? [] : [{ symbol, reason }])),
  };
}

function exclusionOf(
  { symbol, base, futures }: Instrument,
  bases: ReadonlySet<string>,
  excluded: ReadonlySet<VenueSymbol>,
): Exclusion | null {
  if (excluded.has(symbol)) return 'excluded';
  if (STABLE_BASES.has(base)) return 'stable_base';
  if (FIAT_BASES.has(base)) return 'fiat_base';
  if (futures?.kind === 'equity_perpetual') return 'equity_perpetual';
  if (futures?.kind === 'delivery') return 'delivery_contract';
  return isLeveraged(base, bases) ? 'leveraged_token' : null;
}

/** JUP and SYRUP end like leveraged tokens, but there is no J and no SYR. */
function isLeveraged(base: string, bases: ReadonlySet<string>): boolean {
  const coin = LEVERAGED.exec(base)?.[1];
  if (coin === undefined || base === 'UP' || base === 'DOWN') return false;
  return bases.has(coin) || LEVERAGED_COINS.has(coin);
}

export interface ResolvedSymbols {
  /** In the order given, each once. */
  readonly symbols: readonly VenueSymbol[];
  /** One for every symbol that the venue does not have: `SYMBOL_UNKNOWN` with the nearest names. */
  readonly unknown: readonly AitraderError[];
}

/**
 * The venue's symbols that a list of typed ones means. One that is not known hinders none of the others.
 * @param known the venue's symbols of the market
 */
export function resolveSymbols(
  given: readonly string[],
  known: ReadonlySet<string>,
  context: { readonly market: Market; readonly quoteAsset: string },
): ResolvedSymbols {
  const symbols = new Set<VenueSymbol>();
  const unknown: AitraderError[] = [];
  for (const typed of given) {
    try {
      symbols.add(resolveSymbol(typed, known, context));
    } catch (error) {
      if (!(error instanceof AitraderError)) throw error;
      unknown.push(error);
    }
  }
  return { symbols: [...symbols], unknown };
}
