/**
 * Every indicator that TA-Lib or another library has, row by row against it: on a made-up series, and on the real
 * candles beside the repository where they are.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { IndicatorsSync } from '@ixjb94/indicators';
import { IchimokuCloud, VWAP } from 'technicalindicators';
import { init } from 'talib-web';
import { beforeAll, describe, expect, it } from 'vitest';
import { ta } from './index.ts';
import type { SampleCandles } from './sample-candles.ts';
import { sampleCandles } from './sample-candles.ts';

/** What is used of the WebAssembly module behind talib-web. */
interface TaLib {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  HEAPF64: Float64Array;
  HEAP32: Int32Array;
  ccall(name: string, returns: 'number', argumentTypes: string[], values: number[]): number;
}

type Name = keyof SampleCandles;

/**
 * Calls a function of TA-Lib directly: the wrappers of talib-web 0.1.3 pass one null pointer for both result sizes and
 * an end that is one row too far, which breaks TA_BBANDS, TA_STDDEV, TA_STOCH and TA_NATR.
 */
function callTaLib(lib: TaLib, name: string, call: { inputs: Float64Array[]; options: number[]; outputs: number }) {
  const length = call.inputs[0]!.length;
  const pointers = Array.from({ length: call.inputs.length + call.outputs }, () => lib._malloc(8 * length));
  const sizes = lib._malloc(8);
  call.inputs.forEach((column, at) => lib.HEAPF64.set(column, pointers[at]! / 8));
  const values = [0, length - 1, ...pointers.slice(0, call.inputs.length), ...call.options, sizes, sizes + 4];
  values.push(...pointers.slice(call.inputs.length));
  const code = lib.ccall(name, 'number', new Array<string>(values.length).fill('number'), values);
  expect(code).toBe(0);
  const [first = 0, count = 0] = lib.HEAP32.subarray(sizes / 4, sizes / 4 + 2);
  const columns = pointers
    .slice(call.inputs.length)
    .map((pointer) => lib.HEAPF64.slice(pointer / 8, pointer / 8 + count));
  for (const pointer of [...pointers, sizes]) lib._free(pointer);
  return { first, columns };
}

interface TaLibCase {
  readonly name: string;
  readonly inputs: readonly Name[];
  readonly options: readonly number[];
  readonly ours: (candles: SampleCandles) => readonly Float64Array[];
  /** Where TA-Lib's own rounding is worse than 1e-9. */
  readonly tolerance?: number;
  /** The share of rows on which TA-Lib divides rounding by rounding and we give NaN. */
  readonly gaps?: number;
}

const CLOSE = ['close'] as const;
const HIGH_LOW_CLOSE = ['high', 'low', 'close'] as const;

const TALIB: readonly TaLibCase[] = [
  { name: 'TA_SMA', inputs: CLOSE, options: [20], ours: ({ close }) => [ta.sma(close, 20)] },
  { name: 'TA_EMA', inputs: CLOSE, options: [20], ours: ({ close }) => [ta.ema(close, 20)] },
  { name: 'TA_WMA', inputs: CLOSE, options: [20], ours: ({ close }) => [ta.wma(close, 20)] },
  { name: 'TA_DEMA', inputs: CLOSE, options: [20], ours: ({ close }) => [ta.dema(close, 20)] },
  { name: 'TA_TEMA', inputs: CLOSE, options: [20], ours: ({ close }) => [ta.tema(close, 20)] },
  { name: 'TA_RSI', inputs: CLOSE, options: [14], ours: ({ close }) => [ta.rsi(close)] },
  { name: 'TA_RSI', inputs: CLOSE, options: [2], ours: ({ close }) => [ta.rsi(close, 2)] },
  {
    name: 'TA_STOCH',
    inputs: HIGH_LOW_CLOSE,
    options: [14, 3, 0, 3, 0],
    ours: (candles) => [ta.stochastic(candles).k, ta.stochastic(candles).d],
  },
  {
    name: 'TA_STOCHRSI',
    inputs: CLOSE,
    options: [14, 5, 3, 0],
    ours: ({ close }) => [ta.stochRsi(close, 14, 5, 3).k, ta.stochRsi(close, 14, 5, 3).d],
    gaps: 0.001,
  },
  { name: 'TA_CCI', inputs: HIGH_LOW_CLOSE, options: [20], ours: (candles) => [ta.cci(candles, 20)] },
  { name: 'TA_ROC', inputs: CLOSE, options: [10], ours: ({ close }) => [ta.roc(close, 10)] },
  { name: 'TA_MOM', inputs: CLOSE, options: [10], ours: ({ close }) => [ta.mom(close, 10)] },
  { name: 'TA_WILLR', inputs: HIGH_LOW_CLOSE, options: [14], ours: (candles) => [ta.willr(candles, 14)] },
  { name: 'TA_MFI', inputs: [...HIGH_LOW_CLOSE, 'volume'], options: [14], ours: (candles) => [ta.mfi(candles, 14)] },
  {
    name: 'TA_MACD',
    inputs: CLOSE,
    options: [12, 26, 9],
    ours: ({ close }) => [ta.macd(close).macd, ta.macd(close).signal, ta.macd(close).histogram],
  },
  {
    name: 'TA_MACD',
    inputs: CLOSE,
    options: [30, 10, 5],
    ours: ({ close }) => Object.values(ta.macd(close, 30, 10, 5)),
  },
  { name: 'TA_ADX', inputs: HIGH_LOW_CLOSE, options: [14], ours: (candles) => [ta.adx(candles).adx] },
  { name: 'TA_PLUS_DI', inputs: HIGH_LOW_CLOSE, options: [14], ours: (candles) => [ta.adx(candles, 14).plusDi] },
  { name: 'TA_MINUS_DI', inputs: HIGH_LOW_CLOSE, options: [14], ours: (candles) => [ta.adx(candles, 14).minusDi] },
  { name: 'TA_SAR', inputs: ['high', 'low'], options: [0.02, 0.2], ours: (candles) => [ta.psar(candles)] },
  {
    name: 'TA_SAR',
    inputs: ['high', 'low'],
    options: [0.3, 0.1],
    ours: ({ high, low }) => [ta.psar(high, low, 0.3, 0.1)],
  },
  { name: 'TA_TRANGE', inputs: HIGH_LOW_CLOSE, options: [], ours: (candles) => [ta.tr(candles)] },
  { name: 'TA_ATR', inputs: HIGH_LOW_CLOSE, options: [14], ours: (candles) => [ta.atr(candles, 14)] },
  { name: 'TA_NATR', inputs: HIGH_LOW_CLOSE, options: [14], ours: (candles) => [ta.natr(candles, 14)] },
  {
    name: 'TA_BBANDS',
    inputs: CLOSE,
    options: [20, 2, 2, 0],
    ours: ({ close }) => [ta.bollinger(close).upper, ta.bollinger(close).middle, ta.bollinger(close).lower],
  },
  // TA-Lib takes E[x^2] - E[x]^2 from running sums: of 46,000 squared, seven digits are left for the deviation.
  { name: 'TA_STDDEV', inputs: CLOSE, options: [20, 1], ours: ({ close }) => [ta.stddev(close, 20)], tolerance: 1e-4 },
  { name: 'TA_OBV', inputs: ['close', 'volume'], options: [], ours: (candles) => [ta.obv(candles)] },
  { name: 'TA_LINEARREG', inputs: CLOSE, options: [14], ours: ({ close }) => [ta.linreg(close, 14)] },
  { name: 'TA_MAX', inputs: CLOSE, options: [30], ours: ({ close }) => [ta.highest(close, 30)] },
  { name: 'TA_MIN', inputs: CLOSE, options: [30], ours: ({ close }) => [ta.lowest(close, 30)] },
];

/**
 * The rows on which a column differs from the expected one by more than the tolerance, relative to the expected value
 * or, near zero, to a thousandth of the largest.
 */
function differences(ours: Float64Array, theirs: { first: number; values: ArrayLike<number> }, tolerance = 1e-9) {
  const largest = Array.from(theirs.values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const found: string[] = [];
  for (let at = 0; at < theirs.values.length; at += 1) {
    const expected = theirs.values[at]!;
    const got = ours[theirs.first + at]!;
    const allowed = tolerance * Math.max(Math.abs(expected), largest / 1000);
    if (!(Math.abs(got - expected) <= allowed)) found.push(`row ${theirs.first + at}: ${got}, expected ${expected}`);
  }
  return found;
}

/** Another library's columns; they end with ours, and begin with ours or, after another seeding, agree from a later row. */
interface OtherCase {
  readonly name: string;
  readonly theirs: (columns: Record<Name, number[]>) => readonly ArrayLike<number>[];
  readonly ours: (candles: SampleCandles) => readonly Float64Array[];
  readonly agreeFrom?: number;
}

const ix = new IndicatorsSync();

const OTHERS: readonly OtherCase[] = [
  { name: '@ixjb94 sma', theirs: ({ close }) => [ix.sma(close, 20)], ours: ({ close }) => [ta.sma(close, 20)] },
  {
    name: '@ixjb94 ema',
    theirs: ({ close }) => [ix.ema(close, 20)],
    ours: ({ close }) => [ta.ema(close, 20)],
    agreeFrom: 500,
  },
  { name: '@ixjb94 wma', theirs: ({ close }) => [ix.wma(close, 20)], ours: ({ close }) => [ta.wma(close, 20)] },
  { name: '@ixjb94 hma', theirs: ({ close }) => [ix.hma(close, 20)], ours: ({ close }) => [ta.hma(close, 20)] },
  { name: '@ixjb94 wilders', theirs: ({ close }) => [ix.wilders(close, 14)], ours: ({ close }) => [ta.rma(close, 14)] },
  {
    name: '@ixjb94 vwma',
    theirs: ({ close, volume }) => [ix.vwma(close, volume, 20)],
    ours: (candles) => [ta.vwma(candles, 20)],
  },
  { name: '@ixjb94 rsi', theirs: ({ close }) => [ix.rsi(close, 14)], ours: ({ close }) => [ta.rsi(close, 14)] },
  {
    name: '@ixjb94 atr',
    theirs: ({ high, low, close }) => [ix.atr(high, low, close, 14)],
    ours: (candles) => [ta.atr(candles, 14)],
    agreeFrom: 500,
  },
  {
    name: '@ixjb94 stoch',
    theirs: ({ high, low, close }) => ix.stoch(high, low, close, 14, 3, 3),
    ours: (candles) => [ta.stochastic(candles).k, ta.stochastic(candles).d],
  },
  {
    name: '@ixjb94 bbands',
    theirs: ({ close }) => ix.bbands(close, 20, 2),
    ours: ({ close }) => [ta.bollinger(close).lower, ta.bollinger(close).middle, ta.bollinger(close).upper],
  },
  {
    name: '@ixjb94 linreg',
    theirs: ({ close }) => [ix.linreg(close, 14)],
    ours: ({ close }) => [ta.linreg(close, 14)],
  },
  {
    name: '@ixjb94 kc',
    theirs: ({ high, low, close }) => ix.kc(high, low, close, 20, 2),
    ours: (candles) => [ta.keltner(candles).lower, ta.keltner(candles).middle, ta.keltner(candles).upper],
    agreeFrom: 500,
  },
  {
    name: '@ixjb94 dc',
    theirs: ({ high, low }) => ix.dc(high, low, 20),
    ours: (candles) => [ta.donchian(candles).upper, ta.donchian(candles).middle, ta.donchian(candles).lower],
  },
  {
    name: 'technicalindicators IchimokuCloud',
    theirs: ({ high, low }) => {
      const rows = IchimokuCloud.calculate({
        high,
        low,
        conversionPeriod: 9,
        basePeriod: 26,
        spanPeriod: 52,
        displacement: 26,
      });
      return (['conversion', 'base', 'spanA', 'spanB'] as const).map((line) => rows.map((row) => row[line]));
    },
    // Without displacement, as there.
    ours: ({ high, low, close }) => Object.values(ta.ichimoku(high, low, close, 9, 26, 52, 1)).slice(0, 4),
  },
  {
    name: 'technicalindicators VWAP',
    theirs: ({ high, low, close, volume }) => [VWAP.calculate({ high, low, close, volume })],
    // One day alone, as there.
    ours: (candles) => [ta.vwap({ ...candles, time: candles.time.map(() => 0) })],
  },
];

const DATA = new URL('../../../../shared/data/bars/', import.meta.url);

function fromRows(rows: readonly (readonly number[])[]): SampleCandles {
  const column = (at: number) => Float64Array.from(rows, (row) => row[at] ?? NaN);
  return { time: column(0), open: column(1), high: column(2), low: column(3), close: column(4), volume: column(5) };
}

function realCandles(file: string): SampleCandles {
  const text = readFileSync(new URL(file, DATA), 'utf8');
  if (file.endsWith('.json')) return fromRows(JSON.parse(text) as number[][]);
  const lines = text.trim().split('\n').slice(1);
  return fromRows(
    lines.map((line) => {
      const [time = '', ...figures] = line.split(',');
      return [Date.parse(`${time.replace(' ', 'T').slice(0, 23)}Z`), ...figures.map(Number)];
    }),
  );
}

let lib: TaLib;
beforeAll(async () => {
  const binary = createRequire(import.meta.url)
    .resolve('talib-web')
    .replace(/[^/\\]*$/, 'talib.wasm');
  lib = (await init(`data:application/wasm;base64,${readFileSync(binary).toString('base64')}`)) as TaLib;
});

function compareAll(candlesOf: () => SampleCandles): void {
  it.each(TALIB)('$name of TA-Lib with options $options', ({ name, inputs, options, ours, tolerance, gaps = 0 }) => {
    const candles = candlesOf();
    const columns = ours(candles);
    const call = { inputs: inputs.map((input) => candles[input]), options: [...options], outputs: columns.length };
    const expected = callTaLib(lib, name, call);
    columns.forEach((column, at) => {
      const values = expected.columns[at]!;
      expect(column).toHaveLength(expected.first + values.length);
      expect(column.findIndex((value) => !Number.isNaN(value))).toBe(expected.first);
      const found = differences(column, { first: expected.first, values }, tolerance);
      expect(found.filter((row) => gaps === 0 || !row.includes('NaN'))).toEqual([]);
      expect(found.length).toBeLessThanOrEqual(gaps * column.length);
    });
  });

  it.each(OTHERS)('$name', ({ theirs, ours, agreeFrom }) => {
    const candles = candlesOf();
    const columns = Object.entries(candles) as [Name, Float64Array][];
    const plain = Object.fromEntries(columns.map(([name, column]) => [name, Array.from(column)]));
    const expected = theirs(plain as Record<Name, number[]>);
    ours(candles).forEach((column, at) => {
      const first = column.length - expected[at]!.length;
      const skipped = agreeFrom === undefined ? 0 : agreeFrom - first;
      const values = Array.from(expected[at]!).slice(skipped);
      expect(differences(column, { first: first + skipped, values })).toEqual([]);
    });
  });
}

describe('on a made-up series', () => compareAll(() => sampleCandles(2_000)));

const haveData = existsSync(DATA);
const files = ['btc-perp-1m-20211231-20220201.csv', 'ETH_BTC-5m-201801.json', 'LTC_BTC-5m-201801.json'];

describe.each(files)('on the real candles of %s', (file) => {
  if (haveData) compareAll(() => realCandles(file));
  else it.skipIf(true)(`skipped: ${DATA.pathname} is not there`, () => undefined);
});
