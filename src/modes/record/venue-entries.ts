import { feedHosts, VENUE_MARKETS } from '../../adapters/feed/binance/venue.ts';
import type { Config } from '../../config/config.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import { SECOND_MS } from '../../domain/time.ts';

const TIMEOUT_MS = 30 * SECOND_MS;

/**
 * The entries of some symbols in the exchange's exchangeInfo answer, as they came.
 * @throws Error when the exchange does not answer, or with something else
 */
export async function venueEntries(
  { market, environment, restUrl, webSocketUrl }: Config['exchange'],
  symbols: readonly VenueSymbol[],
): Promise<readonly unknown[]> {
  const { rest } = feedHosts(market, environment, { restUrl, webSocketUrl });
  const url = `${rest}${VENUE_MARKETS[market].rest.exchangeInfo}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  const { symbols: entries } = (await response.json()) as { readonly symbols?: unknown };
  if (!Array.isArray(entries)) throw new Error(`${url}: an exchangeInfo without symbols`);
  const wanted = new Set<unknown>(symbols);
  return (entries as unknown[]).filter((entry) => wanted.has((entry as { symbol?: unknown } | null)?.symbol));
}
