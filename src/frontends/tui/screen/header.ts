import type { MoneyKind } from '../../../domain/account.ts';
import type { DeskView } from '../desk/view.ts';
import { moneyWord, percentWord, profitWord } from '../style/figures.ts';
import { countdownWord } from '../panels/traders.ts';
import type { Line, Span } from '../style/line.ts';
import { span, toneOfChange } from '../style/line.ts';
import { fit, fitLine, shown, wrapText } from '../style/text.ts';
import { SECOND_MS } from '../../../domain/time.ts';

const MONEY_WORDS: Readonly<Record<MoneyKind, Span>> = {
  sim: span('SIMULATED MONEY', 'accent'),
  paper: span('PAPER MONEY', 'good'),
  live: span('LIVE REAL MONEY', 'alarm'),
};

const SEPARATOR = span(' · ', 'border');

function feedCell({ status, offline, markets }: DeskView): Span {
  if (offline !== null) return span('OFFLINE', 'bad');
  switch (status.feed) {
    case 'connected': {
      const latency = Number.isFinite(status.feedLatencyMs) ? ` ${Math.round(status.feedLatencyMs)} ms` : '';
      return span(`connected${latency}`, 'good');
    }
    case 'reconnecting':
      // What was never there is not there again.
      return span(markets.length === 0 ? 'connecting' : 'RECONNECTING', 'warn');
    case 'offline':
      return span('OFFLINE', 'bad');
  }
}

/** Whether positions may be opened, and what stopped it. */
function openingCells({ status, now }: DeskView): Span[] {
  const { breaker } = status;
  if (breaker.status === 'closed') return [span('breaker ok', 'good'), span('opening on', 'good')];
  const until = breaker.resetAt === null ? '' : ` for ${countdownWord(breaker.resetAt, now)}`;
  switch (breaker.cause) {
    case 'paused_by_user':
      return [span('breaker ok', 'good'), span('opening PAUSED', 'warn')];
    case 'kill_switch':
      return [span('KILLED', 'alarm'), span('opening OFF', 'bad')];
    case 'daily_loss':
      return [span(`BREAKER daily loss${until}`, 'bad'), span('opening OFF', 'bad')];
    case 'consecutive_losses':
      return [span(`BREAKER losses in a row${until}`, 'bad'), span('opening OFF', 'bad')];
  }
}

function joined(cells: readonly Span[]): Line {
  return cells.flatMap((cell, at) => (at === 0 ? [span(' '), cell] : [SEPARATOR, cell]));
}

const MOST_OFFLINE_LINES = 3;

/** Why there is no market, when it is tried again, and what can be done meanwhile. */
function offlineLines({ offline }: DeskView, width: number): Line[] {
  if (offline === null) return [];
  const { why, nextTryMs } = offline;
  const next = nextTryMs === null ? 'trying now' : `next try in ${Math.ceil(nextTryMs / SECOND_MS)} s`;
  const text = `OFFLINE: ${shown(why)} · ${next} · s starts the simulated market`;
  const lines = wrapText(text, width - 1).slice(0, MOST_OFFLINE_LINES);
  return lines.map((line): Line => [span(` ${line}`, 'bad')]);
}

/** Mode, money, connection, equity, the day's profit and whether opening is on; with real money it begins by saying so. */
export function headerLines(view: DeskView, width: number): Line[] {
  const { status, info, notice } = view;
  const { account, money } = status;
  const where = `${account.venue} ${account.market}`;
  const pnl = status.dailyPnl.toNumber();
  const today = `today ${profitWord(pnl)} (${percentWord(status.dailyPnlPct.toNumber())})`;
  const live = ` LIVE REAL MONEY · ${account.venue} · ${shown(account.label)} · ${account.market}`;
  const lines = [
    ...(money === 'live' ? [[span(fit(live, width), 'alarm')]] : []),
    joined([
      MONEY_WORDS[money],
      span(`${info.mode} mode`),
      span(where),
      feedCell(view),
      ...(notice === null ? [] : [span(shown(notice), 'warn')]),
    ]),
    joined([
      span(`equity ${moneyWord(status.equity.toNumber())} ${info.quoteAsset}`, 'strong'),
      span(today, toneOfChange(pnl)),
      ...openingCells(view),
    ]),
    ...offlineLines(view, width),
  ];
  return lines.map((line) => fitLine(line, width));
}
