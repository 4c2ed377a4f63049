import { AitraderError } from '../../../domain/errors.ts';
import { asId } from '../../../domain/ids.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import type { SymbolChoice } from '../../../domain/trader.ts';
import { nearest } from '../../../lib/nearest.ts';
import type { Desk } from '../desk.ts';
import type { TraderSettings } from './settings.ts';

/**
 * The venue's symbols that are meant by `BTC`, `btcusdt` or `BTC/USDT`. A running desk knows the symbols that it watches;
 * while nothing runs any is taken.
 * @throws AitraderError `SYMBOL_NOT_WATCHED`
 */
export function chosenSymbols(desk: Desk, given: NonNullable<TraderSettings['symbols']>): SymbolChoice {
  if (!Array.isArray(given)) return { kind: 'top', count: given.top };
  const { quoteAsset } = desk.traderDefaults;
  const watched = desk.running === null ? null : new Set(desk.running.engine.markets().map(({ symbol }) => symbol));
  const symbols = given.map((text) =>
    watched === null ? probableSymbol(text, quoteAsset) : watchedSymbol(text, watched, quoteAsset),
  );
  return { kind: 'list', symbols: [...new Set(symbols)] };
}

function joined(text: string): string {
  const [pair = ''] = text.toUpperCase().split(':');
  return pair.replace(/[/-]/g, '');
}

/** What a symbol as typed is called at the venue, as far as that can be told without asking it. */
export function probableSymbol(text: string, quoteAsset: string): VenueSymbol {
  const symbol = joined(text);
  // A delivery contract (BTCUSDT_261225) has its quote asset in the middle.
  const isWhole = symbol.endsWith(quoteAsset) || symbol.includes('_');
  return asId<VenueSymbol>(isWhole ? symbol : `${symbol}${quoteAsset}`);
}

function watchedSymbol(text: string, watched: ReadonlySet<VenueSymbol>, quoteAsset: string): VenueSymbol {
  const probable = probableSymbol(text, quoteAsset);
  const found = [asId<VenueSymbol>(joined(text) || probable), probable].find((each) => watched.has(each));
  if (found !== undefined) return found;
  const near = nearest(probable, [...watched]).join(', ') || 'none comes near';
  throw new AitraderError('SYMBOL_NOT_WATCHED', { given: text, count: watched.size, nearest: near });
}
