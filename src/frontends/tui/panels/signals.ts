import type { Signal, SignalStatus } from '../../../domain/signal.ts';
import type { DeskView } from '../desk/view.ts';
import { spanWord } from '../style/figures.ts';
import type { Span } from '../style/line.ts';
import { span } from '../style/line.ts';
import { shown } from '../style/text.ts';
import type { Column, Listing, Sorting } from './listing.ts';
import { listing } from './listing.ts';
import { sideCell } from './words.ts';

export const SIGNAL_STATUS_CELLS: Readonly<Record<SignalStatus, Span>> = {
  pending: span('pending', 'accent'),
  analyzing: span('analyzing', 'accent'),
  awaiting_approval: span('YOUR YES?', 'warn'),
  approved: span('approved', 'good'),
  rejected: span('REFUSED', 'bad'),
  executing: span('executing', 'accent'),
  executed: span('executed', 'good'),
  cancelled: span('cancelled', 'dim'),
  expired: span('expired', 'dim'),
};

/** Why it stands where it stands: the code and words of a refusal, or what made it match. */
function reasonCell({ state, conditions }: Signal): Span {
  if (state.status === 'rejected') return span(`${shown(state.code)} ${shown(state.reason)}`, 'warn');
  const why = conditions.map(shown).join('; ');
  return why === '' ? span(shown(state.reason), 'dim') : span(why);
}

function columnsOf(view: DeskView): readonly Column<Signal>[] {
  return [
    {
      title: 'Age',
      width: 4,
      align: 'right',
      rank: 2,
      cell: ({ createdAt }) => span(spanWord(view.now - createdAt), 'dim'),
    },
    {
      title: 'Symbol',
      width: 9,
      rank: 0,
      cell: ({ symbol }) => span(symbol, 'strong'),
      sortBy: ({ symbol }) => symbol,
    },
    { title: 'Si', width: 2, rank: 0, cell: ({ side }) => sideCell(side), sortBy: ({ side }) => side },
    {
      title: 'Trader',
      width: 14,
      rank: 3,
      cell: ({ traderId }) => span(view.traderName(traderId)),
      sortBy: ({ traderId }) => view.traderName(traderId),
    },
    {
      title: 'Status',
      width: 9,
      rank: 0,
      cell: ({ state }) => SIGNAL_STATUS_CELLS[state.status],
      sortBy: ({ state }) => state.status,
    },
    { title: 'Why', width: 12, grows: true, rank: 1, cell: reasonCell },
  ];
}

/** What was found, the newest first, and what became of it. */
export function signalsListing(view: DeskView, sorting: Sorting): Listing {
  return listing({
    columns: columnsOf(view),
    rows: view.signals.toSorted((one, other) => other.createdAt - one.createdAt),
    keyOf: ({ id }) => id,
    empty: 'no signals yet: panel 2 shows what the traders wait for',
    sorting,
  });
}
