import type { Position, Protection } from '../../../domain/position/position.ts';
import type { DeskView, PositionFigures } from '../desk/view.ts';
import { positionFigures } from '../desk/view.ts';
import { NOTHING, percentWord, priceWord, profitWord, quantityWord, spanWord } from '../style/figures.ts';
import type { Span } from '../style/line.ts';
import { span, toneOfChange } from '../style/line.ts';
import type { Column, Listing, Sorting } from './listing.ts';
import { listing } from './listing.ts';
import { sideCell } from './words.ts';

interface PositionRow {
  readonly position: Position;
  readonly figures: PositionFigures;
}

/** Who watches the stop: the exchange, this program, or nobody, which is an alarm. */
const GUARDS: Readonly<Record<Protection['guard'], Span>> = {
  venue: span('exch', 'good'),
  local: span('local', 'warn'),
  none: span('NONE!', 'alarm'),
};

function targetWord({ target, targetDistancePct }: PositionFigures): string {
  return target === null ? NOTHING : `${priceWord(target)} ${percentWord(targetDistancePct)}`;
}

function columnsOf(view: DeskView): readonly Column<PositionRow>[] {
  return [
    {
      title: 'Symbol',
      width: 9,
      grows: true,
      rank: 0,
      cell: ({ position }) => span(position.symbol, 'strong'),
      sortBy: ({ position }) => position.symbol,
    },
    { title: 'Si', width: 2, rank: 0, cell: ({ position }) => sideCell(position.side) },
    {
      title: 'Qty',
      width: 9,
      align: 'right',
      rank: 6,
      cell: ({ position }) => span(quantityWord(position.quantity.toNumber())),
    },
    { title: 'Entry', width: 10, align: 'right', rank: 5, cell: ({ figures }) => span(priceWord(figures.entry)) },
    { title: 'Now', width: 10, align: 'right', rank: 4, cell: ({ figures }) => span(priceWord(figures.now)) },
    {
      title: 'Profit',
      width: 9,
      align: 'right',
      rank: 0,
      cell: ({ figures: { profit } }) => span(profitWord(profit), toneOfChange(profit ?? 0)),
      sortBy: ({ figures }) => figures.profit ?? NaN,
    },
    {
      title: '%',
      width: 7,
      align: 'right',
      rank: 1,
      cell: ({ figures: { profitPct } }) => span(percentWord(profitPct), toneOfChange(profitPct ?? 0)),
      sortBy: ({ figures }) => figures.profitPct ?? NaN,
    },
    {
      title: 'to stop',
      width: 7,
      align: 'right',
      rank: 2,
      cell: ({ figures: { stopDistancePct } }) =>
        stopDistancePct === null ? span('NO STOP', 'alarm') : span(`${stopDistancePct.toFixed(2)}%`),
      sortBy: ({ figures }) => figures.stopDistancePct ?? NaN,
    },
    { title: 'Guard', width: 5, rank: 0, cell: ({ position }) => GUARDS[position.protection.guard] },
    { title: 'Next target', width: 18, align: 'right', rank: 3, cell: ({ figures }) => span(targetWord(figures)) },
    {
      title: 'Held',
      width: 4,
      align: 'right',
      rank: 7,
      cell: ({ position }) => span(spanWord(view.now - position.openedAt), 'dim'),
      sortBy: ({ position }) => view.now - position.openedAt,
    },
    {
      title: 'Trader',
      width: 14,
      rank: 8,
      cell: ({ position }) => span(view.traderName(position.traderId), 'dim'),
    },
  ];
}

/** What is open, the newest first: what it gains, how far the stop is and who watches it. */
export function openPositionsListing(view: DeskView, sorting: Sorting): Listing {
  const newest = view.positions.toSorted((one, other) => other.openedAt - one.openedAt);
  return listing({
    columns: columnsOf(view),
    rows: newest.map((position) => ({ position, figures: positionFigures(position, view) })),
    keyOf: ({ position }) => position.id,
    empty: 'no position is open',
    sorting,
  });
}
