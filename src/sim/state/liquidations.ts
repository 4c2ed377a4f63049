import { atomsNumber } from '../../matching/atoms.ts';
import type { VenueEvent } from '../../matching/venue-types.ts';
import type { SymbolData } from '../data/symbol-data.ts';
import type { StreamPublisher } from '../streams/publisher.ts';

/** Shows liquidations of the venue's accounts on the public streams. */
export function liquidationShown(
  publisher: StreamPublisher,
  find: (symbol: string) => SymbolData | null,
): (event: VenueEvent) => void {
  return (event) => {
    if (event.type !== 'liquidation') return;
    const data = find(event.symbol);
    if (data === null) return;
    const price = atomsNumber(event.markPrice);
    const quantity = Math.abs(atomsNumber(event.quantity));
    const side = event.quantity > 0n ? 'SELL' : 'BUY';
    publisher.forceOrder(data, { side, price, averagePrice: price, quantity, timeMs: event.at });
  };
}
