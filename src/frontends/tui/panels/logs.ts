import type { LogLevel } from '../../../ports/logger.ts';
import type { DeskView, NumberedLog } from '../desk/view.ts';
import { clockWord } from '../style/figures.ts';
import type { Span } from '../style/line.ts';
import { span } from '../style/line.ts';
import { shown } from '../style/text.ts';
import type { Column, Listing, Sorting } from './listing.ts';
import { listing } from './listing.ts';

const LEVELS: Readonly<Record<LogLevel, Span>> = {
  debug: span('debug', 'dim'),
  info: span('info', 'accent'),
  warn: span('WARN', 'warn'),
  error: span('ERROR', 'bad'),
  fatal: span('FATAL', 'alarm'),
};

const COLUMNS: readonly Column<NumberedLog>[] = [
  { title: 'Time', width: 8, rank: 2, cell: ({ at }) => span(clockWord(at), 'dim') },
  { title: 'Level', width: 5, rank: 0, cell: ({ level }) => LEVELS[level] },
  { title: 'Source', width: 8, rank: 1, cell: ({ source }) => span(shown(source), 'dim') },
  { title: 'Message', width: 10, grows: true, rank: 0, cell: ({ text }) => span(shown(text)) },
];

/** What the program says, the newest last. */
export function logsListing(view: DeskView, sorting: Sorting): Listing {
  return listing({
    columns: COLUMNS,
    rows: view.logs,
    keyOf: ({ number }) => String(number),
    empty: 'nothing was logged yet',
    sorting,
    follows: true,
  });
}
