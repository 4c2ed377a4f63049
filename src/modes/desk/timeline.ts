import type { AuditRecord } from '../../domain/event.ts';
import type { Logger } from '../../ports/logger.ts';
import { moneyWord } from '../cli/verbs/words.ts';

type Data = Readonly<Record<string, unknown>>;

/** What the timeline says of a change; changes that are not listed are for the audit log alone. */
const LINES: Readonly<Record<string, (data: Data) => string | null>> = {
  'signal pending': (signal) => `signal ${wordsOf(signal)}: ${conditionsOf(signal)}`,
  'signal awaiting_approval': (signal) =>
    `signal ${wordsOf(signal)} waits for a yes: aitrader approve ${text(signal.id)}`,
  'signal rejected': (signal) =>
    `signal ${wordsOf(signal)} refused: ${stateOf(signal, 'code')}, ${stateOf(signal, 'reason')}`,
  'position opened': (position) => `opened ${wordsOf(position)}, ${text(position.quantity)} at ${entryOf(position)}`,
  'position target reached': (position) => `target reached ${wordsOf(position)}`,
  'trade closed': (trade) =>
    `closed ${wordsOf(trade)} by ${text(trade.reason)}: ${signed(trade.pnl, moneyWord)} (${signed(trade.pnlPct, percent)} %)`,
  'trader disabled': (trader) => `trader ${text(trader.name)} disabled: ${stateOf(trader, 'reason')}`,
};

/** Tells in the log what happens on the desk, one line for what a person would want to see. */
export function tellTimeline(record: AuditRecord, logger: Logger): void {
  const line = LINES[`${record.subject} ${record.change}`]?.(JSON.parse(record.data) as Data);
  if (line) logger.info(line, { at: new Date(record.at).toISOString() });
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '?';
}

function wordsOf(data: Data): string {
  return `${text(data.symbol)} ${text(data.side)}`;
}

function conditionsOf({ conditions }: Data): string {
  return Array.isArray(conditions) && conditions.length > 0 ? conditions.map(text).join('; ') : 'no conditions named';
}

function stateOf({ state }: Data, field: string): string {
  return text((state as Data | undefined)?.[field]);
}

function entryOf({ lots }: Data): string {
  const [first] = Array.isArray(lots) ? (lots as Data[]) : [];
  return text(first?.price);
}

/** A figure with its sign. */
function signed(value: unknown, word: (figure: string) => string): string {
  const figure = text(value);
  return figure === '?' ? figure : `${Number(figure) >= 0 ? '+' : ''}${word(figure)}`;
}

function percent(figure: string): string {
  return Number(figure).toFixed(2);
}
