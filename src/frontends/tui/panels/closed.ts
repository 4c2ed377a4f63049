import type { ClosedTrade } from '../desk/closed-trade.ts';
import type { DeskView } from '../desk/view.ts';
import { clockWord, percentWord, priceWord, profitWord, spanWord } from '../style/figures.ts';
import { span, toneOfChange } from '../style/line.ts';
import type { Column, Listing, Sorting } from './listing.ts';
import { listing } from './listing.ts';
import { sideCell } from './words.ts';

function columnsOf(view: DeskView): readonly Column<ClosedTrade>[] {
  return [
    { title: 'Closed', width: 8, rank: 2, cell: ({ exitTime }) => span(clockWord(exitTime), 'dim') },
    {
      title: 'Symbol',
      width: 9,
      grows: true,
      rank: 0,
      cell: ({ symbol }) => span(symbol, 'strong'),
      sortBy: ({ symbol }) => symbol,
    },
    { title: 'Si', width: 2, rank: 0, cell: ({ side }) => sideCell(side) },
    { title: 'Entry', width: 10, align: 'right', rank: 4, cell: ({ entryPrice }) => span(priceWord(entryPrice)) },
    { title: 'Exit', width: 10, align: 'right', rank: 3, cell: ({ exitPrice }) => span(priceWord(exitPrice)) },
    {
      title: 'Profit',
      width: 9,
      align: 'right',
      rank: 0,
      cell: ({ pnl }) => span(profitWord(pnl), toneOfChange(pnl)),
      sortBy: ({ pnl }) => pnl,
    },
    {
      title: '%',
      width: 7,
      align: 'right',
      rank: 1,
      cell: ({ pnlPct }) => span(percentWord(pnlPct), toneOfChange(pnlPct)),
      sortBy: ({ pnlPct }) => pnlPct,
    },
    { title: 'By', width: 11, rank: 0, cell: ({ reason }) => span(reason), sortBy: ({ reason }) => reason },
    {
      title: 'Held',
      width: 4,
      align: 'right',
      rank: 5,
      cell: ({ entryTime, exitTime }) => span(spanWord(exitTime - entryTime), 'dim'),
    },
    { title: 'Trader', width: 14, rank: 6, cell: ({ traderId }) => span(view.traderName(traderId), 'dim') },
  ];
}

/** What was closed, the latest first. */
export function closedTradesListing(view: DeskView, sorting: Sorting): Listing {
  return listing({
    columns: columnsOf(view),
    rows: view.trades.toReversed(),
    keyOf: ({ id }) => id,
    empty: 'no trade was closed yet',
    sorting,
  });
}
