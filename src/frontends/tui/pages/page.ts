import type { DeskView } from '../desk/view.ts';
import type { Line } from '../style/line.ts';
import { span } from '../style/line.ts';
import type { ListId, Page } from '../ui/state.ts';
import { helpLines } from './help.ts';
import { logLines, marketLines, orderLines, tradeLines } from './others.ts';
import { positionLines } from './position.ts';
import { signalLines } from './signal.ts';
import { statisticsLines } from './statistics.ts';
import { traderLines } from './trader.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Wanted {
  readonly list: ListId;
  readonly key: string;
}

/** The details of one row, null when it is not there any more. */
function detailLines({ list, key }: Wanted, view: DeskView, size: Size): Line[] | null {
  const found = <Row>(row: Row | undefined, lines: (row: Row) => Line[]): Line[] | null =>
    row === undefined ? null : lines(row);
  switch (list) {
    case 'markets':
      return found(
        view.markets.find(({ symbol }) => symbol === key),
        (row) => marketLines(row, view, size),
      );
    case 'traders':
      return found(
        view.traders.find(({ trader }) => trader.id === key),
        (row) => traderLines(row, view, size.width),
      );
    case 'signals':
      return found(
        view.signals.find(({ id }) => id === key),
        (row) => signalLines(row, view, size),
      );
    case 'open':
      return found(
        view.positions.find(({ id }) => id === key),
        (row) => positionLines(row, view, size),
      );
    case 'closed':
      return found(
        view.trades.find(({ id }) => id === key),
        (row) => tradeLines(row, view, size),
      );
    case 'orders':
      return found(
        view.orders.find(({ intent }) => intent.id === key),
        (row) => orderLines(row, view, size.width),
      );
    case 'logs':
      return found(
        view.logs.find(({ number }) => String(number) === key),
        (row) => logLines(row, size.width),
      );
    case 'ai':
    case 'deploy':
      return null;
  }
}

/** The lines of a page; more of them than the screen has are scrolled. */
export function pageLines(page: Page, view: DeskView, size: Size): Line[] {
  switch (page.kind) {
    case 'help':
      return helpLines();
    case 'statistics':
      return statisticsLines(view);
    case 'answer':
      return page.lines.map((line): Line => [span(` ${line}`)]);
    case 'details':
      return detailLines(page, view, size) ?? [[span(' it is not there any more (Esc goes back)', 'dim')]];
  }
}
