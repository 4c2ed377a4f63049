import type { Config } from '../../config/config.ts';
import { AitraderError } from '../../domain/errors.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { Instrument } from '../../domain/instrument.ts';
import { resolveSymbols, topSymbols } from '../../domain/symbol-choice.ts';
import type { ResolvedSymbols } from '../../domain/symbol-choice.ts';
import type { Logger } from '../../ports/logger.ts';
import type { MarketFeed } from '../../ports/market-feed.ts';

/**
 * The symbols that the configuration means: named ones, or the most traded. What is left out and what the venue does not have
 * is said in the log; the others go on.
 * @throws AitraderError `USAGE` when nothing is left
 */
export async function watchedSymbols(
  feed: MarketFeed,
  instruments: readonly Instrument[],
  { config, logger }: { readonly config: Config; readonly logger: Logger },
): Promise<readonly VenueSymbol[]> {
  const { choice, excluded, maximum, quoteAsset } = config.symbols;
  const { market } = config.exchange;
  const pairs = pairNames(instruments);
  const known = new Set<string>([...instruments.map(({ symbol }) => symbol), ...pairs.keys()]);
  const resolve = (given: readonly string[]): ResolvedSymbols => {
    const { symbols, unknown } = resolveSymbols(given, known, { market, quoteAsset });
    return { symbols: [...new Set(symbols.map((symbol) => pairs.get(symbol) ?? symbol))], unknown };
  };
  const unwanted = new Set(resolve(excluded).symbols);
  if (choice.kind === 'list') {
    const { symbols, unknown } = resolve(choice.symbols);
    for (const error of unknown) logger.warn(error.message, { code: error.code, hint: error.hint });
    return atLeastOne(symbols.filter((symbol) => !unwanted.has(symbol)).slice(0, maximum));
  }
  const rule = { count: Math.min(choice.count, maximum), quoteAsset, excluded: unwanted };
  const { symbols, leftOut } = topSymbols(instruments, await feed.tickers(), rule);
  const named = leftOut.slice(0, maximum).map(({ symbol, reason }) => `${symbol} (${reason.replaceAll('_', ' ')})`);
  if (named.length > 0) logger.info(`left out of the most traded: ${named.join(', ')}`);
  return atLeastOne(symbols);
}

/** Symbols by base and quote in one word (`BTCUSDT`), where the venue calls them otherwise (`BTC-USDT-SWAP`). */
function pairNames(instruments: readonly Instrument[]): ReadonlyMap<string, VenueSymbol> {
  const ids = new Set<string>(instruments.map(({ symbol }) => symbol));
  const traded = instruments.filter(({ futures }) => futures?.kind !== 'delivery');
  const pairs = traded.map(({ base, quote, symbol }) => [`${base}${quote}`, symbol] as const);
  return new Map(pairs.filter(([pair]) => !ids.has(pair)));
}

function atLeastOne(symbols: readonly VenueSymbol[]): readonly VenueSymbol[] {
  if (symbols.length > 0) return symbols;
  const hint = 'Set SYMBOLS to symbols of the exchange, or top:N with QUOTE_ASSET.';
  throw new AitraderError('USAGE', { problem: 'no symbol is left to watch', hint });
}
