import { asId } from '../../../domain/ids.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import type { PositionSide } from '../../../domain/position/position.ts';
import type { Plot } from '../../../domain/signal.ts';
import type { CheckOutcome, FilterMatch, ManageRequest } from '../../../ports/filter-sandbox.ts';
import { readLevel, readTargets } from './exits.ts';
import type { RawManage, RawMatch, RawOutcome, RawPlot } from './filter-config.ts';

type Answer = Extract<CheckOutcome, { ok: true }>;

/**
 * What an isolate answered, in the domain's terms. Forms were checked inside; levels are read here.
 * @throws RefusedData naming the symbol
 */
export function readOutcome(raw: RawOutcome, elapsedMs: number): Answer {
  return {
    ok: true,
    matches: raw.matches.map(readMatch),
    manage: raw.manage.map(readManage),
    misses: raw.misses.map(({ symbol, plots }) => ({ symbol: asId<VenueSymbol>(symbol), plots: plots.map(readPlot) })),
    checked: raw.checked,
    elapsedMs,
  };
}

function readMatch(raw: RawMatch): FilterMatch {
  const { symbol, stopLoss, takeProfit } = raw;
  return {
    symbol: asId<VenueSymbol>(symbol),
    side: raw.side as PositionSide,
    conditions: raw.conditions,
    confidence: raw.confidence,
    score: raw.score,
    stopLoss: stopLoss === null ? null : readLevel(stopLoss, `${symbol}: stopLoss`, ['price', 'percent', 'atr']),
    takeProfit:
      takeProfit === null ? [] : readTargets(takeProfit, `${symbol}: takeProfit`, ['price', 'percent', 'atr', 'r']),
    metadata: raw.metadata,
    plots: raw.plots.map(readPlot),
  };
}

function readManage({ symbol: name, close, stopLoss, conditions }: RawManage): ManageRequest {
  const symbol = asId<VenueSymbol>(name);
  if (typeof close === 'number') return { symbol, action: 'close', part: close, conditions };
  const level = readLevel(stopLoss, `${name}: stopLoss`, ['price', 'percent', 'atr']);
  return { symbol, action: 'stop', stopLoss: level, conditions };
}

function readPlot([name, value, level]: RawPlot): Plot {
  return { name, value: value ?? NaN, level };
}
