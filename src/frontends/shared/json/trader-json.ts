import type { Exits } from '../../../domain/exits.ts';
import type { SizeRule, SymbolChoice, Trader } from '../../../domain/trader.ts';
import type { TraderFunnel } from '../../../ports/engine-handle.ts';
import type { TraderForm } from '../wire/forms.ts';
import { amountText, durationText, plotJson, ratioNumber, scheduleText } from './figures.ts';
import { levelOrNull, targetJson } from './level-json.ts';

export type TraderJson = TraderForm;

/** What is known of a trader beyond itself. `funnel` and `nextCheckAt` are null when nothing runs. */
export interface TraderFacts {
  readonly filter: string | null;
  readonly funnel: TraderFunnel | null;
  readonly nextCheckAt: number | null;
}

function symbolsJson(choice: SymbolChoice): readonly string[] | { readonly top: number } {
  return choice.kind === 'list' ? choice.symbols : { top: choice.count };
}

/** One of the three, as traders are described everywhere: `{ quote }`, `{ pct }` or `{ riskPct }`. */
export interface SizeJson {
  readonly quote?: string;
  readonly pct?: number;
  readonly riskPct?: number;
}

function sizeJson(size: SizeRule): SizeJson {
  switch (size.kind) {
    case 'quote':
      return { quote: amountText(size.amount) };
    case 'pct':
      return { pct: ratioNumber(size.percent) };
    case 'risk_pct':
      return { riskPct: ratioNumber(size.percent) };
  }
}

/** Exits as filters write them: levels as text, a target with a part of its own as `{ at, part }`. */
function exitsJson(exits: Exits) {
  return {
    stopLoss: levelOrNull(exits.stopLoss),
    takeProfit: exits.takeProfit.map(targetJson),
    trailing: levelOrNull(exits.trailing),
    breakEven: levelOrNull(exits.breakEven),
    maxHold: exits.maxHoldMs === null ? null : durationText(exits.maxHoldMs),
  };
}

function funnelJson({ nearestMiss, ...funnel }: TraderFunnel) {
  const miss = nearestMiss && { symbol: nearestMiss.symbol, plots: nearestMiss.plots.map(plotJson) };
  return { ...funnel, nearestMiss: miss };
}

/** A trader as the API gives it. Null in `every`, `exits` and `cooldown`: as the filter says. */
export function traderJson(trader: Trader, { filter, funnel, nextCheckAt }: TraderFacts): TraderForm {
  const { state } = trader;
  return {
    id: trader.id,
    name: trader.name,
    filter,
    filterId: trader.filterId,
    symbols: symbolsJson(trader.symbols),
    every: trader.schedule === null ? null : scheduleText(trader.schedule),
    params: trader.params,
    mode: trader.mode,
    size: sizeJson(trader.size),
    exits: trader.exits === null ? null : exitsJson(trader.exits),
    maxPositions: trader.maxPositions,
    cooldown: trader.cooldownMs === null ? null : durationText(trader.cooldownMs),
    reverse: trader.reverse,
    state: state.status,
    reason: state.status === 'running' ? null : state.reason,
    portfolioId: trader.portfolioId,
    funnel: funnel === null ? null : funnelJson(funnel),
    nextCheckAt,
    createdAt: trader.createdAt,
    updatedAt: trader.updatedAt,
  };
}
