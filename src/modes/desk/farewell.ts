import { moneyWord } from '../cli/verbs/words.ts';
import type { DeskEnd } from './run-desk.ts';

/** What to try next, by the kind of money: the simulated books are another database, which the verbs look at with --sim. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  sim: [
    'aitrader trades --sim           the trades of this run; journal and stats --sim say more',
    'aitrader filter new NAME        begins a filter of your own; aitrader filter guide explains them',
    'aitrader                        the same on the real market, with paper money and no keys',
  ],
  paper: [
    'aitrader trades                 what was closed; journal and stats say more',
    'aitrader filter new NAME        begins a filter of your own; aitrader filter guide explains them',
    'aitrader                        goes on where this run ended',
  ],
  live: [
    'aitrader positions              what is open',
    'aitrader trades                 what was closed; journal and stats say more',
    'aitrader                        goes on where this run ended',
  ],
};

/** What stands on the terminal when the screen is gone: how the run went, and what to do next. */
export function farewell({ summary, left }: Pick<DeskEnd, 'summary' | 'left'>): string {
  const { money, uptimeMs, signals, trades, realizedPnl, equity, positionsOpen, quoteAsset } = summary;
  const figures = `${String(signals)} signals, ${String(trades)} trades closed, ${String(positionsOpen)} positions open`;
  const lines = [
    `aitrader, ${String(money)} money, ran for ${minutes(uptimeMs)}: ${figures}`,
    `realised ${amount(realizedPnl)} ${String(quoteAsset)}, equity ${amount(equity)} ${String(quoteAsset)}`,
    ...(left === null ? [] : [left]),
    'Next:',
    ...(NEXT[String(money)] ?? []).map((line) => `  ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** What stands there when the exchange was never reached. */
export const UNREACHED = `aitrader: the exchange was not reached, nothing was traded
Next:
  aitrader --sim                  a simulated market: no network, no keys
  aitrader doctor                 says what is reachable, and what to do
`;

function minutes(ms: unknown): string {
  const seconds = Math.round(Number(ms) / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function amount(value: unknown): string {
  return moneyWord(String(value));
}
