import { nearest } from '../lib/nearest.ts';
import { AitraderError } from './errors.ts';
import { asId } from './ids.ts';
import type { VenueSymbol } from './ids.ts';
import type { Market } from './instrument.ts';

/**
 * The venue's symbol that a person means by `BTC`, `btcusdt`, `BTC/USDT` or `BTC/USDT:USDT`.
 * @param known the venue's symbols of the market
 * @throws AitraderError `SYMBOL_UNKNOWN`, naming the nearest ones
 */
export function resolveSymbol(
  given: string,
  known: ReadonlySet<string>,
  context: { readonly market: Market; readonly quoteAsset: string },
): VenueSymbol {
  const typed = given.trim().toUpperCase();
  const [pair = ''] = typed.split(':');
  const joined = pair.replace(/[/_-]/g, '');
  const withQuote = joined.endsWith(context.quoteAsset) ? joined : `${joined}${context.quoteAsset}`;
  // As typed comes first: a delivery contract has an underscore of its own (BTCUSDT_261225).
  const found = [typed, joined, withQuote].find((candidate) => known.has(candidate));
  if (found !== undefined) return asId<VenueSymbol>(found);
  const near = nearest(withQuote, [...known]).join(', ');
  throw new AitraderError('SYMBOL_UNKNOWN', { given, market: context.market, nearest: near || 'none comes near' });
}
