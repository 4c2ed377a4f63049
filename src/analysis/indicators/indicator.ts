/**
 * What an indicator is. Each is defined once, as a state that runs forward over columns; `extend` is all there is to
 * it. A batch is one `extend` over whole columns, an update is an `extend` by the candle that closed, so the two cannot
 * differ.
 *
 *     const state = ta.rsi.indicator.start(14);
 *     const out = new Float64Array(capacity);
 *     state.extend([close], [out], { from: 0, to: 250 });   // the history
 *     state.extend([close], [out], { from: 250, to: 251 }); // one more candle
 *
 * Gaps. A value that is not finite ends the run of a recursive indicator (the averages of EMA kind and all that is made
 * of them, the true range, psar, supertrend, obv, vwap), even if only one figure of the candle is missing: the indicator
 * warms up anew, as if the series began after that candle. An indicator over a window of n candles gives NaN for as long
 * as a NaN is in its window.
 */
import type { Call, Signature } from './call.ts';
import { readCall } from './call.ts';
import type { CandleColumns, Column } from './column.ts';

/** The rows [from, to) of a column. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** An indicator part of the way through a series. It holds all it needs of the rows before. */
export interface IndicatorState {
  /**
   * Reads the rows [from, to) of the inputs and writes the same rows of the outputs, in O(1) a row (amortised; O(n) in
   * cci, percentRank, pivotHigh and pivotLow). Spans follow one another without hole or overlap, the first from 0. No
   * other row is read, and none is written but for ichimoku's lagging line. The arrays may be others at each call
   * (longer ones, say), as long as a row keeps its index.
   */
  extend(inputs: readonly Float64Array[], outputs: readonly Float64Array[], span: Span): void;
}

/** The definition of an indicator: its function over whole columns and its running state both come of it. */
export interface Indicator<Output extends string = string> extends Signature {
  /** The columns it gives. One alone is the function's result; several are the fields of an object. */
  readonly outputs: readonly Output[];
  /** How many rows come before the first in which every output has a value, for complete candles that move. */
  warmUp(...parameters: number[]): number;
  /** A state that has seen nothing; the parameters are those of a call that was read. */
  start(...parameters: number[]): IndicatorState;
}

type Result<Output extends string> = [Output] extends ['value'] ? Float64Array : Record<Output, Float64Array>;

/** A function of `ta` over whole columns. */
export interface IndicatorFunction<
  Columns extends (Column | undefined)[],
  Rest extends unknown[],
  Output extends string,
> {
  (...args: [...Columns, ...Rest] | [candles: CandleColumns, ...Rest]): Result<Output>;
  readonly indicator: Indicator<Output>;
}

export type X = [x: Column];
export type HighLow = [high: Column, low: Column];
export type HighLowClose = [high: Column, low: Column, close: Column];

/** Makes the function over whole columns. Its result is fresh: the caller may write to it. */
export function defineIndicator<
  Columns extends (Column | undefined)[],
  Rest extends unknown[],
  Output extends string = 'value',
>(indicator: Indicator<Output>): IndicatorFunction<Columns, Rest, Output> {
  const run = (...args: unknown[]) => resultOf(indicator, compute(indicator, readCall(indicator, args)));
  const { inputs, parameters, outputs } = indicator;
  [indicator, inputs, parameters, outputs, ...parameters].forEach((part) => Object.freeze(part));
  return Object.freeze(Object.assign(run, { indicator }));
}

/** All output columns of a call, in the order of `outputs`. */
function compute(indicator: Indicator, { inputs, parameters }: Call): Float64Array[] {
  const length = inputs[0]?.length ?? 0;
  const outputs = indicator.outputs.map(() => new Float64Array(length));
  indicator.start(...parameters).extend(inputs, outputs, { from: 0, to: length });
  return outputs;
}

/** Output columns in the form in which the function returns them. */
export function resultOf<Output extends string>(
  { outputs }: Indicator<Output>,
  columns: readonly Float64Array[],
): Result<Output> {
  const named = outputs.map((output, at) => [output, columns[at]] as const);
  return (columns.length === 1 ? columns[0] : Object.fromEntries(named)) as Result<Output>;
}
