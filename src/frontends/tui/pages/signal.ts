import { errorCatalogue } from '../../../domain/errors.ts';
import { formatLevel } from '../../../domain/levels.ts';
import type { Signal } from '../../../domain/signal.ts';
import type { DeskView } from '../desk/view.ts';
import { plotWord } from '../panels/words.ts';
import { SIGNAL_STATUS_CELLS } from '../panels/signals.ts';
import { momentWord, NOTHING, priceWord } from '../style/figures.ts';
import type { Line } from '../style/line.ts';
import { span } from '../style/line.ts';
import { shown } from '../style/text.ts';
import { candleChartLines } from './candle-chart.ts';
import { LEAST_CHART_ROWS } from './chart.ts';
import type { Pair } from './pairs.ts';
import { headline, pairLines } from './pairs.ts';

const REMEDIES = new Map<string, string>(errorCatalogue().map(({ code, hint }) => [code, hint]));

/** What to do about a refusal; hints that need figures of the moment are left out. */
function remedyOf(code: string): string | null {
  const hint = REMEDIES.get(code) ?? null;
  return hint === null || hint.includes('{') ? null : hint;
}

function refusalPairs({ state }: Signal): Pair[] {
  if (state.status !== 'rejected') return [];
  const remedy = remedyOf(state.code);
  return [['code', span(shown(state.code), 'warn')], ...(remedy === null ? [] : [['remedy', remedy] as const])];
}

function listPairs(name: string, texts: readonly string[]): Pair[] {
  return texts.map((text, at) => [at === 0 ? name : '', text] as const);
}

/** A signal as text: what matched, what was plotted, and what became of it; and the candles, S under the one that matched. */
export function signalLines(
  signal: Signal,
  view: DeskView,
  size: { readonly width: number; readonly height: number },
): Line[] {
  const { state } = signal;
  const targets = signal.takeProfit.map(({ at }) => formatLevel(at));
  const text = [
    headline(`${signal.symbol} ${signal.side}, found by ${view.traderName(signal.traderId)}`),
    ...pairLines(
      [
        ['status', SIGNAL_STATUS_CELLS[state.status]],
        ['because', shown(state.reason)],
        ...refusalPairs(signal),
        ...(state.status === 'awaiting_approval' ? [['waits until', momentWord(state.expiresAt)] as const] : []),
        ...listPairs('conditions', signal.conditions.length === 0 ? [NOTHING] : signal.conditions.map(shown)),
        ...listPairs('plots', signal.plots.map(plotWord)),
        ['confidence', `${signal.confidence} of 100, score ${Number(signal.score.toPrecision(6))}`],
        ['price', priceWord(signal.price)],
        ['stop', signal.stopLoss === null ? "the trader's" : formatLevel(signal.stopLoss)],
        ['targets', targets.length === 0 ? "the trader's" : targets.join(', ')],
        ['checked', momentWord(signal.checkedAt)],
      ],
      size.width,
    ),
    [],
  ];
  const drawn = {
    levels: signal.price > 0 ? [{ name: 'found', price: signal.price, tone: 'accent' } as const] : [],
    marks: [{ letter: 'S', at: signal.checkedAt - 1 }],
  };
  const height = Math.max(LEAST_CHART_ROWS, size.height - text.length);
  const chart = candleChartLines(view.chartOf(signal.symbol, signal.traderId), drawn, { ...size, height });
  return [...text, ...(chart ?? [])];
}
