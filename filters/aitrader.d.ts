/** What a filter finds as globals, and the types of what it exports. Editors read it; nothing runs it. */

/** Figures of one kind, one a candle, oldest first; NaN while there is none. The last value is `ta.last(column)`. */
type Column = Float64Array;
/** Any list of numbers, one a candle, that a function of `ta` takes. */
type Values = ArrayLike<number>;
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
  /** The values of `meta.params`: each filter names its own. */
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

interface Match {
  side: 'long' | 'short';
  /** Why, with the figures: shown to whoever approves it and kept with the trade. */
  conditions: string[];
  /** 0 to 100; 50 when it is left out. */
  confidence?: number;
  /** The best come first when slots are short; the confidence when it is left out. */
  score?: number;
  /** Below the price for a long, above it for a short; left out, that of `meta.exits` or the trader's default holds. */
  stopLoss?: Level;
  takeProfit?: Target | Target[];
  /** Plain data, kept with the signal. */
  metadata?: unknown;
}

/** Looks for an entry in one symbol. Pure: what it is given decides alone, and nothing is remembered. */
type Check = (context: Context) => Match | null | undefined | false;

/**
 * Looks after an open position: closes a part of it (1 is all), or moves its stop, which may only tighten. A part is closed
 * each time that it is asked for.
 */
type Manage = (
  context: Context & { readonly position: NonNullable<Context['position']> },
) => { close: number; conditions?: string[] } | { stopLoss: Level; conditions?: string[] } | null | undefined | false;

/** Notes the last value of a column, or a number, beside the level that it is measured against; returns it. */
declare function plot<Value extends Column | number>(name: string, value: Value, level?: number): Value;

/** Over one column, or over the close of a candle set. */
interface OverX<Rest extends unknown[], Result = Column> {
  (x: Values, ...rest: Rest): Result;
  (candles: CandleSet, ...rest: Rest): Result;
}
interface OverXAndVolume<Rest extends unknown[], Result = Column> {
  (x: Values, volume: Values, ...rest: Rest): Result;
  (candles: CandleSet, ...rest: Rest): Result;
}
interface OverHighLow<Rest extends unknown[], Result = Column> {
  (high: Values, low: Values, ...rest: Rest): Result;
  (candles: CandleSet, ...rest: Rest): Result;
}
interface OverHighLowClose<Rest extends unknown[], Result = Column> {
  (high: Values, low: Values, close: Values, ...rest: Rest): Result;
  (candles: CandleSet, ...rest: Rest): Result;
}
interface OverVolume<Rest extends unknown[], Result = Column> {
  (high: Values, low: Values, close: Values, volume: Values, ...rest: Rest): Result;
  (candles: CandleSet, ...rest: Rest): Result;
}
type Columns<Names extends string> = Record<Names, Column>;
type Bands = Columns<'upper' | 'middle' | 'lower' | 'width' | 'percentB'>;
type Channel = Columns<'upper' | 'middle' | 'lower'>;
type Stochastic = Columns<'k' | 'd'>;
type Movement = Columns<'adx' | 'plusDi' | 'minusDi'>;

/**
 * The indicators. Columns in, a column of the same length out, NaN while warming up; TA-Lib's formulas and seeding. Results
 * are the caller's own.
 */
interface Ta {
  /** Simple moving average. */
  readonly sma: OverX<[n: number]>;
  /** Exponential: weight 2 / (n + 1), seeded with the mean of the first n values. */
  readonly ema: OverX<[n: number]>;
  /** Linearly weighted. */
  readonly wma: OverX<[n: number]>;
  /** Double exponential. */
  readonly dema: OverX<[n: number]>;
  /** Triple exponential. */
  readonly tema: OverX<[n: number]>;
  /** Hull. */
  readonly hma: OverX<[n: number]>;
  /** Wilder's: weight 1 / n. */
  readonly rma: OverX<[n: number]>;
  /** Weighted by volume. */
  readonly vwma: OverXAndVolume<[n: number]>;

  /** Relative strength index, 0 to 100. */
  readonly rsi: OverX<[n?: number]>;
  /** 0 to 100: where the close lies in the range of k candles. */
  readonly stochastic: OverHighLowClose<[k?: number, smooth?: number, d?: number], Stochastic>;
  readonly stoch: OverHighLowClose<[k?: number, smooth?: number, d?: number], Stochastic>;
  readonly stochRsi: OverX<[n?: number, k?: number, d?: number], Stochastic>;
  /** Commodity channel index. */
  readonly cci: OverHighLowClose<[n?: number]>;
  /** Rate of change in percent. */
  readonly roc: OverX<[n?: number]>;
  /** Momentum: the change over n candles. */
  readonly mom: OverX<[n?: number]>;
  /** Williams %R, -100 to 0. */
  readonly willr: OverHighLowClose<[n?: number]>;
  readonly wpr: OverHighLowClose<[n?: number]>;
  /** Money flow index, 0 to 100. */
  readonly mfi: OverVolume<[n?: number]>;
  readonly macd: OverX<[fast?: number, slow?: number, signal?: number], Columns<'macd' | 'signal' | 'histogram'>>;

  /** Directional movement, 0 to 100: `adx` is the strength of a trend, the two others its direction. */
  readonly adx: OverHighLowClose<[n?: number], Movement>;
  readonly dmi: OverHighLowClose<[n?: number], Movement>;
  /** `direction` is 1 in an uptrend, with the line below the price, and -1 in a downtrend. */
  readonly supertrend: OverHighLowClose<[n?: number, mult?: number], Columns<'line' | 'direction'>>;
  ichimoku(
    high: Values,
    low: Values,
    close?: Values,
    conversion?: number,
    base?: number,
    spanB?: number,
    displacement?: number,
  ): Columns<'conversion' | 'base' | 'spanA' | 'spanB' | 'lagging'>;
  ichimoku(
    candles: CandleSet,
    conversion?: number,
    base?: number,
    spanB?: number,
    displacement?: number,
  ): Columns<'conversion' | 'base' | 'spanA' | 'spanB' | 'lagging'>;
  /** Parabolic stop and reverse. */
  readonly psar: OverHighLow<[step?: number, max?: number]>;
  readonly sar: OverHighLow<[step?: number, max?: number]>;
  /** One exponential average for each period: 8, 13, 21, 34, 55 when they are left out. */
  emaRibbon(x: Values, periods?: Values): Column[];

  /** True range. */
  readonly tr: OverHighLowClose<[]>;
  /** Average true range, in price units. */
  readonly atr: OverHighLowClose<[n?: number]>;
  /** The same in percent of the close. */
  readonly natr: OverHighLowClose<[n?: number]>;
  /** `width` is a fraction of the middle; `percentB` is 0 at the lower band and 1 at the upper. */
  readonly bollinger: OverX<[n?: number, mult?: number], Bands>;
  readonly bb: OverX<[n?: number, mult?: number], Bands>;
  readonly keltner: OverHighLowClose<[n?: number, mult?: number], Channel>;
  readonly kc: OverHighLowClose<[n?: number, mult?: number], Channel>;
  /** Highest high and lowest low of n candles, the last one included. */
  readonly donchian: OverHighLow<[n?: number], Channel>;
  /** Population standard deviation. */
  readonly stddev: OverX<[n: number]>;
  readonly stdev: OverX<[n: number]>;

  /** Volume-weighted average price of the UTC day so far. */
  vwap(high: Values, low: Values, close: Values, volume: Values, time: Values): Column;
  vwap(candles: CandleSet): Column;
  /** On-balance volume. It counts from the column's first candle: use its changes. */
  readonly obv: OverXAndVolume<[]>;
  /** Chaikin money flow, -1 to 1. */
  readonly cmf: OverVolume<[n?: number]>;
  /** Where the volume of the last n candles was traded: point of control and value area. */
  readonly volumeProfile: OverVolume<
    [n?: number, rows?: number, areaPct?: number],
    {
      readonly poc: number;
      readonly vah: number;
      readonly val: number;
      readonly levels: readonly {
        readonly low: number;
        readonly high: number;
        readonly price: number;
        readonly volume: number;
      }[];
    }
  >;

  /** The end of the least-squares line through n values. */
  readonly linreg: OverX<[n: number]>;
  /** Standard deviations above the mean of n values. */
  readonly zscore: OverX<[n: number]>;
  /** 0 to 100: the share of the n values before that are at most as high. */
  readonly percentRank: OverX<[n: number]>;
  readonly highest: OverX<[n: number]>;
  readonly lowest: OverX<[n: number]>;
  /** Floor traders' pivots of the UTC day before. */
  pivots(
    high: Values,
    low: Values,
    close: Values,
    time: Values,
  ): Columns<'pivot' | 'r1' | 'r2' | 'r3' | 's1' | 's2' | 's3'>;
  pivots(candles: CandleSet): Columns<'pivot' | 'r1' | 'r2' | 'r3' | 's1' | 's2' | 's3'>;
  /** At the row where it is confirmed: a high with `left` lower ones before and `right` not higher ones after; else NaN. */
  readonly pivotHigh: OverX<[left?: number, right?: number]>;
  readonly pivotLow: OverX<[left?: number, right?: number]>;
  /** Retracements of the swing of the last n candles. */
  readonly fibonacci: OverHighLow<
    [n?: number],
    {
      readonly high: number;
      readonly low: number;
      readonly direction: 'up' | 'down' | null;
      readonly levels: readonly { readonly ratio: number; readonly price: number }[];
    }
  >;

  /** The last value, or the one `back` candles before it. NaN where there is none, as with all numbers below. */
  last(x: Values, back?: number): number;
  /** The highest of the last n values. */
  max(x: Values, n: number): number;
  min(x: Values, n: number): number;
  sum(x: Values, n: number): number;
  /** The last value less the one n candles before. */
  change(x: Values, n?: number): number;
  /** Of the least-squares line through the last n values, in units of x a candle. */
  slope(x: Values, n: number): number;
  /** How many candles ago it last held, 0 at the last one; over the clock timeframe's columns. */
  barsSince(condition: (row: number) => boolean): number;
  /** A column of one's own, as long as those of the clock timeframe. */
  column(value: (row: number) => number): Column;
  /** Whether `a` went above `b` with the last candle. */
  crossover(a: Values, b: Values | number): boolean;
  crossunder(a: Values, b: Values | number): boolean;
  /** Between the last two swings of the last n candles. It holds until a newer swing. */
  divergence(price: Values, osc: Values, n: number): 'bullish' | 'bearish' | null;
}

declare const ta: Ta;
