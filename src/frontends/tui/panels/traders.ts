import type { TraderState } from '../../../domain/trader.ts';
import type { DeskView, TraderRow } from '../desk/view.ts';
import { NOTHING, shortWord, spanWord } from '../style/figures.ts';
import type { Span } from '../style/line.ts';
import { span } from '../style/line.ts';
import { shown } from '../style/text.ts';
import type { Column, Listing, Sorting } from './listing.ts';
import { listing } from './listing.ts';
import { missWord } from './words.ts';

const STATES: Readonly<Record<TraderState['status'], Span>> = {
  running: span('running', 'good'),
  paused: span('PAUSED', 'warn'),
  disabled: span('OFF', 'bad'),
};

const MODES = { auto: 'auto', semi_auto: 'asks', signals: 'signals' } as const;

/** What keeps the trader from trading, the gravest first; else how near it is. */
function whyCell({ trader, funnel }: TraderRow): Span {
  const { state } = trader;
  if (state.status !== 'running') return span(shown(state.reason), state.status === 'disabled' ? 'bad' : 'warn');
  if (funnel.lastFault !== null) {
    const { code, message, line } = funnel.lastFault;
    return span(`${code}${line === null ? '' : ` line ${line}`}: ${shown(message)}`, 'bad');
  }
  if (funnel.lastRefusal !== null) return span(`refused: ${shown(funnel.lastRefusal)}`, 'warn');
  return funnel.nearestMiss === null ? span(NOTHING, 'dim') : span(`near: ${missWord(funnel.nearestMiss)}`, 'dim');
}

/** The time until the trader's next check, `now` when it is due. */
export function countdownWord(nextCheckAt: number | null, now: number): string {
  if (nextCheckAt === null) return NOTHING;
  return nextCheckAt <= now ? 'now' : spanWord(nextCheckAt - now + 999);
}

function columnsOf(view: DeskView): readonly Column<TraderRow>[] {
  return [
    {
      title: 'Trader',
      width: 16,
      rank: 0,
      cell: ({ trader }) => span(shown(trader.name), 'strong'),
      sortBy: ({ trader }) => trader.name,
    },
    {
      title: 'State',
      width: 7,
      rank: 0,
      cell: ({ trader }) => STATES[trader.state.status],
      sortBy: ({ trader }) => trader.state.status,
    },
    { title: 'Mode', width: 7, rank: 4, cell: ({ trader }) => span(MODES[trader.mode]) },
    {
      title: 'Next',
      width: 4,
      align: 'right',
      rank: 2,
      cell: ({ nextCheckAt }) => span(countdownWord(nextCheckAt, view.now)),
    },
    {
      title: 'chk>mat>app>ord>fil',
      width: 19,
      rank: 3,
      cell: ({ funnel: { checked, matched, approved, ordered, filled } }) =>
        span([checked, matched, approved, ordered, filled].map(shortWord).join('>')),
      sortBy: ({ funnel }) => funnel.filled,
    },
    { title: 'Why', width: 12, grows: true, rank: 1, cell: whyCell },
  ];
}

/** Who is at work, when it looks next, how far its matches came, and what holds it back. */
export function tradersListing(view: DeskView, sorting: Sorting): Listing {
  const isWaiting = view.notice !== null || view.offline !== null;
  return listing({
    columns: columnsOf(view),
    rows: view.traders,
    keyOf: ({ trader }) => trader.id,
    empty: isWaiting
      ? 'the traders begin when the market is there'
      : 'no traders: put a filter to work with `aitrader trader add FILE`',
    sorting,
  });
}
