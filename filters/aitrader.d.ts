/** What a filter finds as globals, and the types of what it exports. Editors read it; nothing runs it. */

/** Figures of one kind, one a candle, oldest first; NaN while there is none. The last value is `ta.last(column)`. */
type Column = Float64Array;
type Timeframe = '1m' | '3m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '8h' | '12h' | '1d' | '1w';
/** A price as a number, or a distance from the fill: '2%', '2atr', for targets also '1.5r'. */
type Level = number | string;
type Target = Level | { at: Level; part: number };

interface CandleColumns {
  /** Opening times, milliseconds UTC. */
  readonly time: Column;
  readonly open: Column;
  readonly high: Column;
  readonly low: Column;
  readonly close: Column;
  readonly volume: Column;
  readonly quoteVolume: Column;
  readonly trades: Column;
  /** Bought by aggressors. */
  readonly buyVolume: Column;
  /** Sold by aggressors. */
  readonly sellVolume: Column;
}

interface CandleSet extends CandleColumns {
  readonly hl2: Column;
  readonly hlc3: Column;
  /** The unfinished candle as plain numbers; null in checks at a close. */
  readonly forming: { readonly [Name in keyof CandleColumns]: number } | null;
}

interface Context {
  readonly symbol: string;
  /** The moment of the check, milliseconds UTC. */
  readonly now: number;
  readonly ticker: Readonly<
    Record<'last' | 'bid' | 'ask' | 'open' | 'high' | 'low' | 'volume' | 'quoteVolume' | 'changePct', number>
  >;
  readonly candles: Readonly<Record<Timeframe, CandleSet>>;
  /** The symbols of `meta.references`. */
  readonly others: Readonly<Record<string, Readonly<Record<Timeframe, CandleSet>>>>;
  /** The trader's open position in this symbol. */
  readonly position: {
    readonly side: 'long' | 'short';
    readonly entryPrice: number;
    readonly entryTime: number;
    readonly bars: number;
    readonly profitPct: number;
    readonly profitR: number;
    readonly maxProfitPct: number;
    readonly stopLoss: number;
    readonly conditions: readonly string[];
  } | null;
  /** The values of `meta.params`. */
  // eslint-disable-next-line -- every filter names its own
  readonly params: Readonly<Record<string, any>>;
  /** Columns of the clock timeframe, the first of `meta.timeframes`. */
  readonly time: Column;
  readonly open: Column;
  readonly high: Column;
  readonly low: Column;
  readonly close: Column;
  readonly volume: Column;
  readonly hl2: Column;
  readonly hlc3: Column;
}

interface Meta {
  name: string;
  description?: string;
  timeframes: Timeframe[];
  /** 'close', or a duration of at least 1m. */
  every?: string;
  /** Candles per timeframe, 2 to 500. */
  lookback: number;
  references?: string[];
  sides?: ('long' | 'short')[];
  top?: number;
  params?: Record<
    string,
    | number
    | string
    | boolean
    | { default: number | string | boolean; min?: number; max?: number; step?: number; about?: string }
  >;
  exits?: {
    stopLoss?: string;
    takeProfit?: Target | Target[];
    trailing?: string;
    breakEven?: string;
    maxHold?: string;
  };
}

type Check = (context: Context) =>
  | {
      side: 'long' | 'short';
      conditions: string[];
      confidence?: number;
      score?: number;
      stopLoss?: Level;
      takeProfit?: Target | Target[];
      metadata?: unknown;
    }
  | null
  | undefined
  | false;

type Manage = (
  context: Context,
) => { close: number; conditions?: string[] } | { stopLoss: Level; conditions?: string[] } | null | undefined | false;

/** Notes the last value of a column, or a number, beside the level that it is measured against; returns it. */
declare function plot<Value extends Column | number>(name: string, value: Value, level?: number): Value;

/** The indicators: each documented in `aitrader/ta`. Two functions know the length of the clock timeframe's columns. */
declare const ta: Omit<typeof import('aitrader/ta').ta, 'column' | 'barsSince'> & {
  column(value: (row: number) => number): Column;
  barsSince(condition: (row: number) => boolean): number;
};
