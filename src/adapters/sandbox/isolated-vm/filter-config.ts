import type { ParamValue } from '../../../domain/filter.ts';
import type { Timeframe } from '../../../domain/time.ts';

/** What an isolate must know of its filter: the checked meta. Crosses into it as JSON. */
export interface FilterConfig {
  readonly timeframes: readonly [Timeframe, ...Timeframe[]];
  readonly lookback: number;
  readonly references: readonly string[];
  readonly sides: readonly string[];
  readonly top: number | null;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly resultBytes: number;
}

/** What a check gives, as JSON crosses it. Figures that are not finite are null. */
export interface RawOutcome {
  readonly matches: readonly RawMatch[];
  readonly manage: readonly RawManage[];
  readonly misses: readonly { readonly symbol: string; readonly plots: readonly RawPlot[] }[];
  readonly checked: number;
}

export type RawPlot = readonly [name: string, value: number | null, level: number | null];

export interface RawMatch {
  readonly symbol: string;
  readonly side: string;
  readonly conditions: readonly string[];
  readonly confidence: number;
  readonly score: number;
  readonly stopLoss: unknown;
  readonly takeProfit: unknown;
  readonly metadata: string;
  readonly plots: readonly RawPlot[];
}

export interface RawManage {
  readonly symbol: string;
  readonly close: unknown;
  readonly stopLoss: unknown;
  readonly conditions: readonly string[];
}
