import type { ClosedTrade } from '../desk/closed-trade.ts';
import type { DeskView } from '../desk/view.ts';
import { candleOpenTime } from '../../../domain/time.ts';
import { percentWord, profitWord } from '../style/figures.ts';
import type { Line } from '../style/line.ts';
import { span, toneOfChange } from '../style/line.ts';
import { fit } from '../style/text.ts';
import { headline } from './pairs.ts';

/** Figures of closed trades, quote units, after fees. */
interface Figures {
  readonly trades: number;
  readonly wins: number;
  readonly gained: number;
  readonly lost: number;
}

export function figuresOf(trades: readonly ClosedTrade[]): Figures {
  const pnls = trades.map(({ pnl }) => pnl);
  return {
    trades: trades.length,
    wins: pnls.filter((pnl) => pnl > 0).length,
    gained: pnls.reduce((sum, pnl) => sum + Math.max(0, pnl), 0),
    lost: pnls.reduce((sum, pnl) => sum + Math.max(0, -pnl), 0),
  };
}

const NAME_WIDTH = 20;
/** Of each grouping, the groups with the latest trades. */
const MOST_GROUPS = 12;

const TITLES: Line = [
  span(` ${fit('', NAME_WIDTH)} ${fit('trades', 7, 'right')} ${fit('won', 5, 'right')} `, 'dim'),
  span(`${fit('profit', 12, 'right')} ${fit('a trade', 10, 'right')} ${fit('factor', 7, 'right')}`, 'dim'),
];

function figuresLine(name: string, { trades, wins, gained, lost }: Figures): Line {
  const pnl = gained - lost;
  const rate = percentWord((100 * wins) / trades).replace(/^\+|\.\d+/g, '');
  const factor = lost === 0 ? '-' : (gained / lost).toFixed(2);
  return [
    span(` ${fit(name, NAME_WIDTH)} ${fit(String(trades), 7, 'right')} ${fit(rate, 5, 'right')} `),
    span(fit(profitWord(pnl), 12, 'right'), toneOfChange(pnl)),
    span(` ${fit(profitWord(pnl / trades), 10, 'right')} ${fit(factor, 7, 'right')}`),
  ];
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** Figures of the closed trades: after fees; the factor is what was won for each unit lost. */
export function statisticsLines(view: DeskView): Line[] {
  const { trades } = view;
  if (trades.length === 0) return [headline('Statistics'), [], [span(' no trade was closed yet', 'dim')]];
  const groupings: readonly (readonly [string, (trade: ClosedTrade) => string])[] = [
    ['by day', ({ exitTime }) => dayOf(exitTime)],
    ['by week from', ({ exitTime }) => dayOf(candleOpenTime(exitTime, '1w'))],
    ['by trader', ({ traderId }) => view.traderName(traderId)],
    ['by symbol', ({ symbol }) => symbol],
    ['by exit reason', ({ reason }) => reason],
  ];
  const latest = trades.toReversed();
  const blocks = groupings.flatMap(([name, groupOf]): Line[] => {
    const groups = [...Map.groupBy(latest, groupOf)];
    const left = groups.length - MOST_GROUPS;
    return [
      [],
      headline(name),
      ...groups.slice(0, MOST_GROUPS).map(([group, its]) => figuresLine(group, figuresOf(its))),
      ...(left > 0 ? [[span(` and ${left} more: aitrader stats`, 'dim')]] : []),
    ];
  });
  return [
    headline('Statistics of closed trades, after fees'),
    TITLES,
    figuresLine('all', figuresOf(trades)),
    ...blocks,
  ];
}
