import type { DeskEnd } from './run-desk.ts';

/** What stands on the terminal when the screen is gone: how the run went, and what to do next. */
export function farewell({ summary, left }: Pick<DeskEnd, 'summary' | 'left'>): string {
  const { money, signals, trades, realizedPnl, equity, positionsOpen } = summary;
  const lines = [
    `aitrader, ${String(money)} money: ${String(signals)} signals, ${String(trades)} trades closed, ${String(positionsOpen)} positions open`,
    `realised ${amount(realizedPnl)}, equity ${amount(equity)}`,
    ...(left === null ? [] : [left]),
    'Next: `aitrader trades` and `aitrader journal` look back; `aitrader filter new NAME` begins a filter of your own.',
  ];
  return `${lines.join('\n')}\n`;
}

function amount(value: unknown): string {
  return Number(value).toFixed(2);
}
