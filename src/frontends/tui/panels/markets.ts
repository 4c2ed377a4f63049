import type { MarketRow } from '../../../ports/engine-handle.ts';
import type { DeskView } from '../desk/view.ts';
import { percentWord, priceWord, shortWord, spanWord } from '../style/figures.ts';
import { span, toneOfChange } from '../style/line.ts';
import { sparkline } from '../style/sparkline.ts';
import type { Column, Listing, Sorting } from './listing.ts';
import { listing } from './listing.ts';

const SPARK_WIDTH = 12;

function arrowOf(changePct: number): string {
  if (changePct > 0) return '▲';
  return changePct < 0 ? '▼' : ' ';
}

function columnsOf(view: DeskView): readonly Column<MarketRow>[] {
  return [
    {
      title: 'Symbol',
      width: 9,
      grows: true,
      rank: 0,
      cell: ({ symbol }) => span(symbol),
      sortBy: (row) => row.symbol,
    },
    { title: 'Price', width: 10, align: 'right', rank: 0, cell: ({ last }) => span(priceWord(last), 'strong') },
    {
      title: '24h',
      width: 8,
      align: 'right',
      rank: 0,
      cell: ({ changePct }) => span(`${percentWord(changePct)}${arrowOf(changePct)}`, toneOfChange(changePct)),
      sortBy: ({ changePct }) => changePct,
    },
    {
      title: 'Vol',
      width: 5,
      align: 'right',
      rank: 2,
      cell: ({ quoteVolume }) => span(shortWord(quoteVolume), 'dim'),
      sortBy: ({ quoteVolume }) => quoteVolume,
    },
    {
      title: 'Trend',
      width: SPARK_WIDTH,
      rank: 3,
      cell: ({ symbol }) => {
        const prices = view.prices.pricesOf(symbol).slice(-SPARK_WIDTH);
        return span(sparkline(prices, SPARK_WIDTH), toneOfChange((prices.at(-1) ?? 0) - (prices[0] ?? 0)));
      },
    },
    {
      title: 'Age',
      width: 7,
      align: 'right',
      rank: 1,
      cell: ({ ageMs, stale }) => (stale ? span(`OLD ${spanWord(ageMs)}`, 'bad') : span(spanWord(ageMs), 'dim')),
      sortBy: ({ ageMs }) => ageMs,
    },
  ];
}

/** What is traded where: prices, the day's change, turnover, the prices seen and how old the last one is. */
export function marketsListing(view: DeskView, sorting: Sorting): Listing {
  return listing({
    columns: columnsOf(view),
    rows: view.markets,
    keyOf: ({ symbol }) => symbol,
    empty: view.notice ?? 'no market has spoken yet',
    sorting,
  });
}
