import { money } from '../../../domain/decimal.ts';
import type { Exits } from '../../../domain/exits.ts';
import type { Filter, Schedule } from '../../../domain/filter.ts';
import { asId } from '../../../domain/ids.ts';
import type { FilterId, PortfolioId, TraderId, VenueSymbol } from '../../../domain/ids.ts';
import { parseDuration } from '../../../domain/time.ts';
import type { Timeframe } from '../../../domain/time.ts';
import type { SizeRule, SymbolChoice, Trader, TraderState } from '../../../domain/trader.ts';
import type { EngineHandle, TraderFunnel } from '../../../ports/engine-handle.ts';
import type { FilterFault } from '../../../ports/filter-sandbox.ts';
import type { FilterForm, TraderForm } from '../../shared/wire/forms.ts';
import { idOf, levelOf, plotOf, REMOTE_USER, shareOf, targetOf } from './values.ts';

export type TraderRow = ReturnType<EngineHandle['traders']>[number];

/** The trader that a form of the API tells of, with its funnel. */
export function readTrader(form: TraderForm): TraderRow {
  const trader: Trader = {
    id: asId<TraderId>(form.id),
    userId: REMOTE_USER,
    portfolioId: idOf<PortfolioId>(form.portfolioId),
    name: form.name,
    filterId: asId<FilterId>(form.filterId),
    symbols: readSymbols(form.symbols),
    schedule: form.every === null ? null : readSchedule(form.every),
    params: form.params,
    mode: form.mode,
    size: readSize(form.size),
    exits: form.exits === null ? null : readExits(form.exits),
    maxPositions: form.maxPositions,
    cooldownMs: form.cooldown === null ? null : parseDuration(form.cooldown),
    reverse: form.reverse,
    state: readState(form),
    createdAt: form.createdAt,
    updatedAt: form.updatedAt,
  };
  return { trader, funnel: readFunnel(form.funnel), nextCheckAt: form.nextCheckAt };
}

function readSymbols(symbols: TraderForm['symbols']): SymbolChoice {
  if ('top' in symbols) return { kind: 'top', count: symbols.top };
  return { kind: 'list', symbols: symbols.map((symbol) => asId<VenueSymbol>(symbol)) };
}

function readSchedule(every: string): Schedule {
  return every === 'close' ? { kind: 'close' } : { kind: 'every', everyMs: parseDuration(every) };
}

function readSize({ quote, pct, riskPct }: TraderForm['size']): SizeRule {
  if (pct !== undefined) return { kind: 'pct', percent: shareOf(pct) };
  if (riskPct !== undefined) return { kind: 'risk_pct', percent: shareOf(riskPct) };
  return { kind: 'quote', amount: money(quote ?? '0') };
}

function readExits(exits: NonNullable<TraderForm['exits']>): Exits {
  return {
    stopLoss: levelOf(exits.stopLoss),
    takeProfit: exits.takeProfit.map(targetOf),
    trailing: levelOf(exits.trailing),
    breakEven: levelOf(exits.breakEven),
    maxHoldMs: exits.maxHold === null ? null : parseDuration(exits.maxHold),
  };
}

function readState({ state, reason }: TraderForm): TraderState {
  return state === 'running' ? { status: state } : { status: state, reason: reason ?? '' };
}

function readFunnel(funnel: TraderForm['funnel']): TraderFunnel {
  const { checked = 0, matched = 0, approved = 0, ordered = 0, filled = 0 } = funnel ?? {};
  const miss = funnel?.nearestMiss ?? null;
  return {
    ...{ checked, matched, approved, ordered, filled },
    lastRefusal: funnel?.lastRefusal ?? null,
    nearestMiss: miss && { symbol: asId<VenueSymbol>(miss.symbol), plots: miss.plots.map(plotOf) },
    lastFault: (funnel?.lastFault ?? null) as FilterFault | null,
  };
}

const NO_EXITS: Exits = { stopLoss: null, takeProfit: [], trailing: null, breakEven: null, maxHoldMs: null };

/** The filter that a form of the API tells of. Its code and exits are not told in lists. */
export function readFilter(form: FilterForm): Filter {
  return {
    id: asId<FilterId>(form.id),
    userId: REMOTE_USER,
    name: form.name,
    meta: {
      name: form.title,
      description: form.description,
      timeframes: form.timeframes as unknown as readonly [Timeframe, ...Timeframe[]],
      schedule: readSchedule(form.every),
      lookback: form.lookback,
      references: form.references.map((symbol) => asId<VenueSymbol>(symbol)),
      sides: form.sides,
      top: form.top,
      params: form.params,
      exits: NO_EXITS,
    },
    source: '',
    sourceHash: form.sourceHash,
    origin: form.origin,
    createdAt: form.createdAt,
    updatedAt: form.updatedAt,
  };
}
