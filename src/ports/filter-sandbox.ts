import type { Candle, Ticker } from '../domain/candle.ts';
import type { Target } from '../domain/exits.ts';
import type { FilterMeta, ParamValue } from '../domain/filter.ts';
import type { TraderId, VenueSymbol } from '../domain/ids.ts';
import type { Level } from '../domain/levels.ts';
import type { PositionSide } from '../domain/position/position.ts';
import type { Plot } from '../domain/signal.ts';
import type { Timeframe } from '../domain/time.ts';

export interface SandboxLimits {
  /** Wall time of one check of all symbols. */
  readonly checkMs: number;
  readonly memoryBytes: number;
  /** UTF-8 length of a filter's source. */
  readonly sourceBytes: number;
  /** UTF-8 length of the results of one check as JSON. */
  readonly resultBytes: number;
}

export interface SandboxCapabilities {
  /** Runaway native code, too, is ended: there is a process of its own to kill. */
  readonly killsNativeCode: boolean;
}

/** What went wrong in a filter, with the place in its source. Line and column count from 1; null when unknown. */
export interface FilterFault {
  readonly code: 'syntax' | 'meta' | 'threw' | 'timeout' | 'memory' | 'result' | 'crashed';
  /** Says which symbol was being checked, if any. At most 500 characters; may hold whatever the filter wrote. */
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

/** A stretch of closed candles of one symbol and timeframe, oldest first. */
export interface CandleColumns {
  readonly symbol: VenueSymbol;
  readonly timeframe: Timeframe;
  /** Columns in the order time, open, high, low, close, volume, quoteVolume, trades, buyVolume, sellVolume. */
  readonly columns: readonly Float64Array[];
}

/** What a check sees besides closed candles. One object serves all checks of a moment: it is handed on once. */
export interface MarketView {
  /** One for each symbol that is checked. */
  readonly tickers: readonly Ticker[];
  /** The unfinished candles, of any timeframe; none in checks at a close. */
  readonly forming: readonly Candle[];
}

export interface CheckRequest {
  readonly traderId: TraderId;
  /** `check` looks for entries in all symbols, `manage` looks after the open positions. */
  readonly kind: 'check' | 'manage';
  /** The moment of the check, milliseconds UTC: no candle that closes later is visible. */
  readonly now: number;
  readonly symbols: readonly VenueSymbol[];
  readonly positions: ReadonlyMap<VenueSymbol, FilterPosition>;
  readonly view: MarketView;
}

export interface FilterMatch {
  readonly symbol: VenueSymbol;
  readonly side: PositionSide;
  readonly conditions: readonly string[];
  /** 0 .. 100; 50 when the filter does not say. */
  readonly confidence: number;
  readonly score: number;
  readonly stopLoss: Level | null;
  readonly takeProfit: readonly Target[];
  /** JSON text. */
  readonly metadata: string;
  readonly plots: readonly Plot[];
}

/** What `manage` asked for a position: close a part, or tighten the stop. */
export type ManageRequest =
  | {
      readonly symbol: VenueSymbol;
      readonly action: 'close';
      /** Above 0, at most 1. */
      readonly part: number;
      readonly conditions: readonly string[];
    }
  | {
      readonly symbol: VenueSymbol;
      readonly action: 'stop';
      readonly stopLoss: Level;
      readonly conditions: readonly string[];
    };

/** The plots of a symbol that did not match: how far it is from its trigger. */
export interface NearMiss {
  readonly symbol: VenueSymbol;
  readonly plots: readonly Plot[];
}

export type CheckOutcome =
  | {
      readonly ok: true;
      /** Best first: by score, then quote volume, then symbol; at most the filter's `top`. */
      readonly matches: readonly FilterMatch[];
      readonly manage: readonly ManageRequest[];
      /** The ten symbols nearest to their trigger, nearest first. */
      readonly misses: readonly NearMiss[];
      /** How many symbols were looked at; those without a full lookback of candles up to `now` are not. */
      readonly checked: number;
      readonly elapsedMs: number;
    }
  | {
      readonly ok: false;
      readonly fault: FilterFault;
      /** How many checks of this trader failed in a row, this one included. */
      readonly failuresInARow: number;
    };

export type FilterOutcome =
  { readonly ok: true; readonly meta: FilterMeta } | { readonly ok: false; readonly fault: FilterFault };

/**
 * Where traders' code runs. Contract suite: testkit/sandbox-suite.
 *
 * Nothing that a filter does reaches outside: it sees candles, returns data, and is ended at its limits. A fault is an
 * answer about the trader at fault; checks of the others go on. Promises reject only for faults of the program itself.
 */
export interface FilterSandbox {
  readonly limits: SandboxLimits;
  readonly capabilities: SandboxCapabilities;
  /** Compiles a filter and reads its meta without putting it to work. */
  inspect(source: string): Promise<FilterOutcome>;
  /**
   * Puts a filter to work for a trader; the one that is there already is replaced, unless the new one is at fault.
   * @param params values in place of the filter's own; names and ranges are those that its meta declares
   */
  load(traderId: TraderId, source: string, params: Readonly<Record<string, ParamValue>>): Promise<FilterOutcome>;
  /**
   * Hands over closed candles, once for all traders: later ones are appended, known ones corrected. A stretch that begins
   * before what is held replaces it. Twice the longest lookback is kept.
   */
  extend(candles: readonly CandleColumns[]): void;
  /** Runs a trader's filter. Checks of one trader follow one another; those of different traders take turns. */
  check(request: CheckRequest): Promise<CheckOutcome>;
  /** Takes a trader's filter out of work. Its checks under way are answered. */
  unload(traderId: TraderId): void;
  close(): Promise<void>;
}
