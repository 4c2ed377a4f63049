import type { FilterMeta, ParamValue } from '../domain/filter.ts';
import type { TraderId, VenueSymbol } from '../domain/ids.ts';
import type { PositionSide } from '../domain/position/position.ts';
import type { Plot } from '../domain/signal.ts';
import type { Timeframe } from '../domain/time.ts';

export interface SandboxLimits {
  /** Wall time of one check of all symbols. */
  readonly checkMs: number;
  readonly memoryBytes: number;
  readonly sourceBytes: number;
  /** UTF-8 length of the results as JSON. */
  readonly resultBytes: number;
}

export interface SandboxCapabilities {
  /** Runaway native code, too, is ended: there is a process of its own to kill. */
  readonly killsNativeCode: boolean;
}

/** What went wrong in a filter, with the place in its source. Line and column count from 1; null when unknown. */
export interface FilterFault {
  readonly code: 'syntax' | 'meta' | 'threw' | 'timeout' | 'memory' | 'result' | 'crashed';
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
}

/** The open position of the trader that a filter may look at, as market data. */
export interface FilterPosition {
  readonly side: PositionSide;
  readonly entryPrice: number;
  readonly entryTime: number;
  readonly bars: number;
  readonly profitPct: number;
  readonly profitR: number;
  readonly maxProfitPct: number;
  readonly stopLoss: number;
  readonly conditions: readonly string[];
}

/** A column set of one symbol and timeframe, oldest first; only what the sandbox has not been sent yet. */
export interface CandleColumns {
  readonly symbol: VenueSymbol;
  readonly timeframe: Timeframe;
  /** Columns in the order time, open, high, low, close, volume, quoteVolume, trades, buyVolume, sellVolume. */
  readonly columns: readonly Float64Array[];
}

export interface CheckRequest {
  readonly traderId: TraderId;
  readonly kind: 'check' | 'manage';
  /** The moment of the check, milliseconds UTC: nothing later is visible. */
  readonly now: number;
  readonly symbols: readonly VenueSymbol[];
  readonly positions: ReadonlyMap<VenueSymbol, FilterPosition>;
}

export interface FilterMatch {
  readonly symbol: VenueSymbol;
  readonly side: PositionSide;
  readonly conditions: readonly string[];
  readonly confidence: number;
  readonly score: number;
  /** Levels as the filter wrote them: a price, or a distance such as `2atr`. */
  readonly stopLoss: number | string | null;
  readonly takeProfit: readonly (number | string)[];
  /** JSON text. */
  readonly metadata: string;
  readonly plots: readonly Plot[];
}

/** What `manage` asked for a position: close a part, or tighten the stop. */
export interface ManageRequest {
  readonly symbol: VenueSymbol;
  readonly close: number;
  readonly stopLoss: number | string | null;
  readonly conditions: readonly string[];
}

export type CheckOutcome =
  | {
      readonly ok: true;
      readonly matches: readonly FilterMatch[];
      readonly manage: readonly ManageRequest[];
      /** The plots of symbols that did not match: the distance to their trigger. */
      readonly misses: ReadonlyMap<VenueSymbol, readonly Plot[]>;
      readonly elapsedMs: number;
    }
  | { readonly ok: false; readonly fault: FilterFault };

/**
 * Where traders' code runs. Contract suite: testkit/sandbox-suite.
 *
 * Nothing that a filter does reaches outside: it sees candles, returns data, and is ended at its limits. A fault is an
 * answer about the trader at fault; checks of the others go on.
 */
export interface FilterSandbox {
  readonly limits: SandboxLimits;
  readonly capabilities: SandboxCapabilities;
  /** Compiles a filter and reads its meta without putting it to work. */
  inspect(source: string): Promise<{ readonly meta: FilterMeta } | { readonly fault: FilterFault }>;
  /** Puts a filter to work for a trader; one that is there already is replaced. */
  load(
    traderId: TraderId,
    source: string,
    params: Readonly<Record<string, ParamValue>>,
  ): Promise<{ readonly meta: FilterMeta } | { readonly fault: FilterFault }>;
  /** Hands over new closed candles, once for all traders. */
  extend(candles: readonly CandleColumns[]): void;
  check(request: CheckRequest): Promise<CheckOutcome>;
  unload(traderId: TraderId): void;
  close(): Promise<void>;
}
