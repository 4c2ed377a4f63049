import type { DeskView } from '../desk/view.ts';
import { closedTradesListing } from '../panels/closed.ts';
import type { Listing } from '../panels/listing.ts';
import { logsListing } from '../panels/logs.ts';
import { marketsListing } from '../panels/markets.ts';
import { ordersListing } from '../panels/orders.ts';
import { openPositionsListing } from '../panels/positions.ts';
import { signalsListing } from '../panels/signals.ts';
import { aiListing, deployListing } from '../panels/texts.ts';
import { tradersListing } from '../panels/traders.ts';
import type { ListId, UiState } from './state.ts';
import { sortingOf } from './state.ts';

/** @param width what the list's lines may take; only texts are broken by it */
export function listingOf(list: ListId, of: { readonly view: DeskView; readonly ui: UiState }, width: number): Listing {
  const { view, ui } = of;
  const sorting = sortingOf(ui, list);
  switch (list) {
    case 'markets':
      return marketsListing(view, sorting);
    case 'traders':
      return tradersListing(view, sorting);
    case 'signals':
      return signalsListing(view, sorting);
    case 'open':
      return openPositionsListing(view, sorting);
    case 'closed':
      return closedTradesListing(view, sorting);
    case 'orders':
      return ordersListing(view, sorting);
    case 'ai':
      return aiListing(width - 1);
    case 'logs':
      return logsListing(view, sorting);
    case 'deploy':
      return deployListing(width - 1, view);
  }
}
