import type { Market } from '../../domain/instrument.ts';
import type { Params } from '../transport/params.ts';
import { refuse } from '../venue-error.ts';
import type { MarketData } from './market-data.ts';
import type { NumberFormat } from './number-format.ts';
import type { SymbolData } from './symbol-data.ts';

const SYMBOL_RANGE = '^[\\w-._&&[^a-z]]{1,50}$';
const SYMBOL = /^[A-Z0-9_.-]{1,50}$/;

/**
 * The symbol that a request names.
 * @throws VenueError -1102 when none is named, -1100 for lower case, -1121 for an unknown one
 */
export function symbolOf(data: MarketData, market: Market, params: Params): SymbolData {
  return findSymbol(data, market, params.text('symbol'));
}

/** The symbols that a request names by `symbol` or `symbols`; null when it names none. */
export function symbolsOf(data: MarketData, market: Market, params: Params): SymbolData[] | null {
  if (params.has('symbol')) return [symbolOf(data, market, params)];
  const list = params.optionalList('symbols');
  return list?.map((name) => findSymbol(data, market, String(name))) ?? null;
}

function findSymbol(data: MarketData, market: Market, name: string): SymbolData {
  if (!SYMBOL.test(name)) throw refuse('ILLEGAL_CHARS', { parameter: 'symbol', range: SYMBOL_RANGE });
  const found = data.find(market, name);
  if (found === null) throw refuse('BAD_SYMBOL');
  return found;
}

/** `symbol` gives one object, `symbols` or nothing a list. */
export function oneOrAll<Answer>(
  params: Params,
  symbols: readonly SymbolData[],
  answer: (data: SymbolData) => Answer,
): Answer | Answer[] {
  const answers = symbols.map(answer);
  return params.has('symbol') && answers[0] !== undefined ? answers[0] : answers;
}

/**
 * Decimals of a futures symbol that an order or a position names.
 * @throws VenueError -1121 when there is none
 */
export function futuresDecimals(data: MarketData, symbol: string): NumberFormat {
  const found = data.find('futures', symbol);
  if (found === null) throw refuse('BAD_SYMBOL');
  return found.format('futures');
}
