import type { Position } from '../../../domain/position/position.ts';
import { formatLevel } from '../../../domain/levels.ts';
import { realizedPnl } from '../../../domain/position/ledger.ts';
import type { DeskView } from '../desk/view.ts';
import { positionFigures } from '../desk/view.ts';
import { moneyWord, momentWord, NOTHING, percentWord, priceWord, profitWord } from '../style/figures.ts';
import { quantityWord, spanWord } from '../style/figures.ts';
import type { Line } from '../style/line.ts';
import { span, toneOfChange } from '../style/line.ts';
import { shown } from '../style/text.ts';
import type { ChartLevel } from './chart.ts';
import { candleChartLines } from './candle-chart.ts';
import { chartLines, LEAST_CHART_ROWS } from './chart.ts';
import type { Pair } from './pairs.ts';
import { headline, pairLines } from './pairs.ts';

/** Entry, stop, the price now and the targets ahead, as the chart draws them. */
function levelsOf(position: Position, view: DeskView): readonly ChartLevel[] {
  const { entry, stop, now } = positionFigures(position, view);
  const ahead = position.plan.targets.filter(({ reachedAt }) => reachedAt === null);
  return [
    ...(stop === null ? [] : [{ name: 'stop', price: stop, tone: 'down' } as const]),
    ...(entry === null ? [] : [{ name: 'entry', price: entry, tone: 'accent' } as const]),
    ...ahead.map(({ price }, at) => ({ name: `target${at + 1}`, price: price.toNumber(), tone: 'up' as const })),
    ...(now === null ? [] : [{ name: 'now', price: now, tone: 'strong' } as const]),
  ];
}

/** The position's candles; where there are none, the prices that the screen saw. */
export function positionChart(
  position: Position,
  view: DeskView,
  size: { readonly width: number; readonly height: number },
): Line[] {
  const { symbol, traderId, openedAt } = position;
  const levels = levelsOf(position, view);
  const drawn = { levels, marks: [{ letter: 'E', at: openedAt }] };
  return (
    candleChartLines(view.chartOf(symbol, traderId), drawn, size) ??
    chartLines(view.prices.pricesOf(symbol), levels, size)
  );
}

function guardWord({ protection }: Position): Pair[1] {
  switch (protection.guard) {
    case 'venue':
      return span('exch: the stop rests at the exchange', 'good');
    case 'local':
      return span(`local: this program watches, while it runs (${shown(protection.cause)})`, 'warn');
    case 'none':
      return span(`NONE: nobody watches the stop (${shown(protection.cause)})`, 'alarm');
  }
}

function targetsWord({ plan }: Position): string {
  const words = plan.targets.map(({ price, part, reachedAt }) => {
    const share = `${Number(part.times(100).toFixed(1))} %`;
    return `${priceWord(price.toNumber())} (${share}${reachedAt === null ? '' : ', reached'})`;
  });
  return words.length === 0 ? NOTHING : words.join(', ');
}

function planPairs({ plan }: Position): Pair[] {
  return [
    ...(plan.trailing === null ? [] : [['trailing', formatLevel(plan.trailing)] as const]),
    ...(plan.breakEvenAt === null ? [] : [['break-even at', priceWord(plan.breakEvenAt.toNumber())] as const]),
    ...(plan.closeAt === null ? [] : [['time limit', momentWord(plan.closeAt)] as const]),
  ];
}

/** A position as text, and its chart. */
export function positionLines(position: Position, view: DeskView, size: { width: number; height: number }): Line[] {
  const figures = positionFigures(position, view);
  const { quote, totals, futures } = position;
  const profit = `${profitWord(figures.profit)} ${quote} (${percentWord(figures.profitPct)}) before fees`;
  const distance = figures.stopDistancePct === null ? NOTHING : `${figures.stopDistancePct.toFixed(2)} % away`;
  const text = [
    headline(`${position.symbol} ${position.side}, open for ${spanWord(view.now - position.openedAt)}`),
    ...pairLines(
      [
        ['profit', span(profit, toneOfChange(figures.profit ?? 0))],
        ['quantity', `${quantityWord(position.quantity.toNumber())} worth ${moneyWord(figures.worth)} ${quote}`],
        ['entry, now', `${priceWord(figures.entry)}, ${priceWord(figures.now)}`],
        ['stop', `${priceWord(figures.stop)}, ${distance}${position.plan.stopIsDefault ? ', the default' : ''}`],
        ['guard', guardWord(position)],
        ['targets', targetsWord(position)],
        ...planPairs(position),
        ['closed so far', `${profitWord(realizedPnl(position).toNumber())} ${quote} after fees and funding`],
        ['fees, funding', `${moneyWord(totals.fees.toNumber())}, ${profitWord(totals.funding.toNumber())} ${quote}`],
        ...(futures === null ? [] : [['leverage', `${futures.leverage} (${futures.marginMode})`] as const]),
        ['trader', view.traderName(position.traderId)],
        ['why', shown(position.openReason)],
        ['opened', momentWord(position.openedAt)],
      ],
      size.width,
    ),
    [],
  ];
  const height = Math.max(LEAST_CHART_ROWS, size.height - text.length);
  return [...text, ...positionChart(position, view, { width: size.width, height })];
}
