import { formatLevel } from '../../../domain/levels.ts';
import type { Trader } from '../../../domain/trader.ts';
import type { TraderFunnel } from '../../../ports/engine-handle.ts';
import type { DeskView, TraderRow } from '../desk/view.ts';
import { countdownWord } from '../panels/traders.ts';
import { missWord, sizeWord } from '../panels/words.ts';
import { NOTHING, profitWord, spanWord } from '../style/figures.ts';
import type { Line } from '../style/line.ts';
import { span, toneOfChange } from '../style/line.ts';
import { shown } from '../style/text.ts';
import type { Pair } from './pairs.ts';
import { headline, pairLines } from './pairs.ts';

function exitsWord({ exits }: Trader): string {
  if (exits === null) return 'as the filter says';
  const { stopLoss, takeProfit, trailing, breakEven, maxHoldMs } = exits;
  return [
    `stop ${stopLoss === null ? 'by default' : formatLevel(stopLoss)}`,
    ...(takeProfit.length === 0 ? [] : [`targets ${takeProfit.map(({ at }) => formatLevel(at)).join(', ')}`]),
    ...(trailing === null ? [] : [`trailing ${formatLevel(trailing)}`]),
    ...(breakEven === null ? [] : [`break-even at ${formatLevel(breakEven)}`]),
    ...(maxHoldMs === null ? [] : [`at most ${spanWord(maxHoldMs)}`]),
  ].join(', ');
}

function scheduleWord({ schedule }: Trader): string {
  if (schedule === null) return 'as the filter says';
  return schedule.kind === 'close' ? 'at each close' : `every ${spanWord(schedule.everyMs)}`;
}

function stateWord({ state }: Trader): string {
  return state.status === 'running' ? 'running' : `${state.status}: ${shown(state.reason)}`;
}

function symbolsWord({ symbols }: Trader): string {
  return symbols.kind === 'top' ? `the ${symbols.count} most traded` : symbols.symbols.join(', ');
}

function placePairs({ lastFault }: TraderFunnel): Pair[] {
  const line = lastFault?.line ?? null;
  return line === null ? [] : [['', `line ${line} of the filter`]];
}

function tradesPair(trader: Trader, view: DeskView): Pair {
  const trades = view.trades.filter(({ traderId }) => traderId === trader.id);
  const wins = trades.filter(({ pnl }) => pnl > 0).length;
  const pnl = trades.reduce((sum, trade) => sum + trade.pnl, 0);
  const text = `${trades.length} closed, ${wins} won, ${profitWord(pnl)} ${view.info.quoteAsset}`;
  return ['trades', span(text, toneOfChange(pnl))];
}

/** A trader as text: how it is set, how far its matches came, and what it lacks. */
export function traderLines({ trader, funnel, nextCheckAt }: TraderRow, view: DeskView, width: number): Line[] {
  const params = Object.entries(trader.params).map(([name, value]) => `${name}=${value}`);
  const { checked, matched, approved, ordered, filled, lastFault } = funnel;
  const fault = lastFault === null ? 'none' : span(`${lastFault.code}: ${shown(lastFault.message)}`, 'bad');
  return [
    headline(shown(trader.name)),
    ...pairLines(
      [
        ['state', stateWord(trader)],
        ['mode', trader.mode],
        ['next check', countdownWord(nextCheckAt, view.now)],
        ['checked', scheduleWord(trader)],
        [
          'so far',
          `${checked} checked, ${matched} matched, ${approved} approved, ${ordered} ordered, ${filled} filled`,
        ],
        tradesPair(trader, view),
        ['last refusal', funnel.lastRefusal === null ? 'none' : shown(funnel.lastRefusal)],
        ['nearest', funnel.nearestMiss === null ? NOTHING : missWord(funnel.nearestMiss)],
        ['last fault', fault],
        ...placePairs(funnel),
        ['symbols', symbolsWord(trader)],
        ['parameters', params.length === 0 ? "the filter's own" : shown(params.join(', '))],
        ['size', sizeWord(trader.size, view.info.quoteAsset)],
        ['exits', exitsWord(trader)],
        ['positions', trader.maxPositions === null ? 'no limit of its own' : `at most ${trader.maxPositions}`],
        ['reverses', trader.reverse ? 'yes' : 'no'],
      ],
      width,
    ),
  ];
}
