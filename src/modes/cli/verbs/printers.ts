import type { VerbName } from '../../../frontends/shared/verbs/catalogue.ts';
import type { StandingJson } from '../../../frontends/shared/verbs/actions.ts';
import type { StatsJson } from '../../../frontends/shared/verbs/stats.ts';
import type { StatusJson } from '../../../frontends/shared/verbs/status.ts';
import type { OrderJson } from '../../../frontends/shared/json/order-json.ts';
import type { PositionJson } from '../../../frontends/shared/json/position-json.ts';
import type { SignalJson } from '../../../frontends/shared/json/signal-json.ts';
import type { TraderJson } from '../../../frontends/shared/json/trader-json.ts';
import { printable } from '../../../lib/printable.ts';
import { BALANCE_COLUMNS, JOURNAL_COLUMNS, ORDER_COLUMNS, POSITION_COLUMNS, SIGNAL_COLUMNS } from './columns.ts';
import { STATS_COLUMNS, TRADE_COLUMNS, TRADER_COLUMNS } from './columns.ts';
import {
  cancelledText,
  closedText,
  decidedText,
  killedText,
  protectedText,
  standingText,
  statusText,
  stoppingText,
  traderText,
} from './sentences.ts';
import { Table } from './table.ts';
import type { Column } from './table.ts';
import type { View } from './view.ts';

/** Makes text for people of what a verb answers. Answers come as the API's JSON, whose form the verb's name tells. */
export interface Printer {
  readonly answer: (value: unknown) => string;
  /** One entry of a verb that is followed. */
  readonly entry: (value: unknown) => string;
}

type MakePrinter = (view: View) => Printer;

/** @param empty what to do when there is nothing */
function list<Row>(columns: readonly Column<Row>[], empty: string, order: 'as given' | 'oldest first'): MakePrinter {
  return (view) => {
    const table = new Table(columns, view);
    return {
      answer: (value) => {
        const rows = value as readonly Row[];
        if (rows.length === 0) return `${empty}\n`;
        return table.add(order === 'as given' ? rows : rows.toReversed());
      },
      entry: (value) => table.add([value as Row]),
    };
  };
}

function sentence<Value>(text: (value: Value, view: View) => string): MakePrinter {
  return (view) => {
    const print = (value: unknown): string => text(value as Value, view);
    return { answer: print, entry: (value) => `${print(value)}\n` };
  };
}

/** What is said of a trader: names come from outside. */
function traderSentence(verbed: string): MakePrinter {
  return sentence<TraderJson>((trader) => `${verbed} ${printable(trader.name)} (${trader.id}), ${trader.state}\n`);
}

function statsText({ groups, total }: StatsJson, view: View): string {
  if (total.trades === 0) return 'No trade was closed yet. See what is open: aitrader positions\n';
  const rows = [...groups, { key: 'total', name: 'all together', ...total }];
  return new Table(STATS_COLUMNS, view).add(rows);
}

const standing = sentence<StandingJson>(standingText);
const decided = sentence<SignalJson | null>(decidedText);

const PRINTERS: Readonly<Record<VerbName, MakePrinter>> = {
  status: sentence<StatusJson>(statusText),
  signals: list(SIGNAL_COLUMNS, 'No signals. See what traders wait for: aitrader traders', 'oldest first'),
  orders: list(ORDER_COLUMNS, 'No order works. Ended ones, too: aitrader orders --all', 'oldest first'),
  positions: list(POSITION_COLUMNS, 'No position is open. Closed ones: aitrader trades', 'oldest first'),
  trades: list(TRADE_COLUMNS, 'No trade was closed yet. See what is open: aitrader positions', 'oldest first'),
  journal: list(JOURNAL_COLUMNS, 'The journal is empty: it begins with the first closed trade.', 'oldest first'),
  balance: list(BALANCE_COLUMNS, 'No balance is known. Start with paper money: aitrader', 'as given'),
  traders: list(TRADER_COLUMNS, 'No traders. Put a filter to work: aitrader trader add FILE', 'as given'),
  stats: sentence<StatsJson>(statsText),
  'trader.show': sentence<TraderJson>(traderText),
  'trader.add': traderSentence('added'),
  'trader.set': traderSentence('changed'),
  'trader.pause': traderSentence('paused'),
  'trader.resume': traderSentence('resumed'),
  'trader.remove': traderSentence('removed'),
  pause: standing,
  resume: standing,
  kill: sentence<StandingJson>(killedText),
  close: sentence<PositionJson | null>(closedText),
  protect: sentence<PositionJson>(protectedText),
  cancel: sentence<OrderJson | null>(cancelledText),
  approve: decided,
  reject: decided,
  stop: sentence<StandingJson & { readonly pid: number }>(stoppingText),
};

export function printerOf(verb: VerbName, view: View): Printer {
  return PRINTERS[verb](view);
}
