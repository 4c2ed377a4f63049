import { formatLevel } from '../../../domain/levels.ts';
import type { Trader } from '../../../domain/trader.ts';
import type { TraderFunnel } from '../../../ports/engine-handle.ts';
import { positionFigures } from '../desk/view.ts';
import type { DeskView, TraderRow } from '../desk/view.ts';
import { countdownWord } from '../panels/traders.ts';
import { missWord, sizeWord } from '../panels/words.ts';
import { NOTHING, profitWord, spanWord } from '../style/figures.ts';
import type { Line } from '../style/line.ts';
import { span, toneOfChange } from '../style/line.ts';
import { fit, shown } from '../style/text.ts';
import type { Pair } from './pairs.ts';
import { headline, pairLines } from './pairs.ts';
import { figuresOf } from './statistics.ts';

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

/** What its closed trades brought, and what is open. */
function statisticsPairs(trader: Trader, view: DeskView): Pair[] {
  const { quoteAsset } = view.info;
  const trades = view.trades.filter(({ traderId }) => traderId === trader.id);
  const open = view.positions.filter(({ traderId }) => traderId === trader.id);
  const running = open.reduce((sum, position) => sum + (positionFigures(position, view).profit ?? 0), 0);
  const held = span(
    `${open.length}${open.length === 0 ? '' : `, ${profitWord(running)} ${quoteAsset}`}`,
    toneOfChange(running),
  );
  if (trades.length === 0)
    return [
      ['open now', held],
      ['trades', 'none closed yet'],
    ];
  const { wins, gained, lost } = figuresOf(trades);
  const pnl = gained - lost;
  const pnls = trades.map((trade) => trade.pnl);
  const holdMs = trades.reduce((sum, { entryTime, exitTime }) => sum + exitTime - entryTime, 0) / trades.length;
  const factor = lost === 0 ? '' : `, ${(gained / lost).toFixed(2)} won for each 1 lost`;
  return [
    ['open now', held],
    ['trades', `${trades.length} closed, ${wins} won (${Math.round((100 * wins) / trades.length)} %)`],
    ['profit', span(`${profitWord(pnl)} ${quoteAsset} after fees${factor}`, toneOfChange(pnl))],
    [
      'a trade',
      `${profitWord(pnl / trades.length)}; best ${profitWord(Math.max(...pnls))}, worst ${profitWord(Math.min(...pnls))}`,
    ],
    ['held', `${spanWord(holdMs)} on average`],
  ];
}

const NUMBER_WIDTH = 4;

/** The code with its line numbers; a line that is too long goes on in the next row. */
function sourceLines(trader: Trader, view: DeskView, width: number): Line[] {
  const filter = view.filterOf(trader.id);
  if (filter === null) return [];
  const room = Math.max(20, width - NUMBER_WIDTH - 3);
  const faultLine = view.traders.find((row) => row.trader.id === trader.id)?.funnel.lastFault?.line ?? null;
  const lines = filter.source.trimEnd().split('\n');
  const code = lines.flatMap((text, at): Line[] => {
    const rows = shown(text.replaceAll('\t', '  ')).match(new RegExp(`.{1,${room}}`, 'gu')) ?? [''];
    return rows.map((row, part) => [
      span(` ${fit(part === 0 ? String(at + 1) : '', NUMBER_WIDTH, 'right')} `, 'dim'),
      span(row, faultLine === at + 1 ? 'bad' : 'plain'),
    ]);
  });
  return [[], headline(`Source: ${shown(filter.name)}, ${filter.origin}`), ...code];
}

/** A trader as text: how it is set, how far its matches came, what it won, what it lacks, and its code. */
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
        ...statisticsPairs(trader, view),
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
    ...sourceLines(trader, view, width),
  ];
}
