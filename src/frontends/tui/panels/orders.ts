import type { Order } from '../../../domain/order/order.ts';
import { isFinal } from '../../../domain/order/order.ts';
import type { DeskView } from '../desk/view.ts';
import { quantityWord, spanWord } from '../style/figures.ts';
import type { Span } from '../style/line.ts';
import { span } from '../style/line.ts';
import { shown } from '../style/text.ts';
import type { Column, Listing, Sorting } from './listing.ts';
import { listing } from './listing.ts';
import { orderPriceWord } from './words.ts';

function statusCell({ state }: Order): Span {
  switch (state.status) {
    case 'rejected':
      return span(`REJECTED ${shown(state.code)}`, 'bad');
    case 'unknown':
      return span('UNKNOWN', 'warn');
    case 'filled':
      return span('filled', 'good');
    default:
      return span(state.status.replaceAll('_', ' '), isFinal(state.status) ? 'dim' : 'accent');
  }
}

function columnsOf(view: DeskView): readonly Column<Order>[] {
  return [
    {
      title: 'Age',
      width: 4,
      align: 'right',
      rank: 3,
      cell: ({ intent }) => span(spanWord(view.now - intent.createdAt), 'dim'),
    },
    {
      title: 'Symbol',
      width: 9,
      grows: true,
      rank: 0,
      cell: ({ intent }) => span(intent.symbol, 'strong'),
      sortBy: ({ intent }) => intent.symbol,
    },
    {
      title: 'Side',
      width: 4,
      rank: 0,
      cell: ({ intent }) => span(intent.side, intent.side === 'buy' ? 'up' : 'down'),
    },
    { title: 'For', width: 6, rank: 2, cell: ({ intent }) => span(intent.leg), sortBy: ({ intent }) => intent.leg },
    { title: 'Type', width: 13, rank: 4, cell: ({ intent }) => span(intent.terms.type.replaceAll('_', ' ')) },
    { title: 'Price', width: 10, align: 'right', rank: 1, cell: ({ intent }) => span(orderPriceWord(intent.terms)) },
    {
      title: 'Filled / of',
      width: 18,
      align: 'right',
      rank: 1,
      cell: ({ intent, execution }) =>
        span(`${quantityWord(execution.filledQuantity.toNumber())} / ${quantityWord(intent.quantity.toNumber())}`),
    },
    {
      title: 'Status',
      width: 16,
      rank: 0,
      cell: statusCell,
      sortBy: ({ state }) => state.status,
    },
  ];
}

/** What was sent: those that work first, then the latest. */
export function ordersListing(view: DeskView, sorting: Sorting): Listing {
  const rows = view.orders.toSorted((one, other) => {
    const ended = Number(isFinal(one.state.status)) - Number(isFinal(other.state.status));
    return ended === 0 ? other.intent.createdAt - one.intent.createdAt : ended;
  });
  return listing({
    columns: columnsOf(view),
    rows,
    keyOf: ({ intent }) => intent.id,
    empty: 'no order was sent yet',
    sorting,
  });
}
