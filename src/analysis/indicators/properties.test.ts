import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCall } from './call.ts';
import type { Indicator } from './indicator.ts';
import { resultOf } from './indicator.ts';
import { ta } from './index.ts';
import type { SampleCandles } from './sample-candles.ts';
import { sampleCandles } from './sample-candles.ts';

type AnyFunction = ((...args: unknown[]) => unknown) & { readonly indicator: Indicator };

const functions = Object.values(ta).filter((each) => 'indicator' in each) as unknown as AnyFunction[];
const indicators = [...new Map(functions.map((each) => [each.indicator.name, each])).values()];
const cases = indicators.map((run) => ({ name: run.indicator.name, run, indicator: run.indicator }));

/** The outputs of an indicator over a candle set, by name. */
function outputsOf(run: AnyFunction, candles: object, parameters: readonly number[]): Record<string, Float64Array> {
  const result = run(candles, ...parameters);
  return result instanceof Float64Array ? { value: result } : (result as Record<string, Float64Array>);
}

/** Parameters that an indicator takes: periods from `shortest`, factors up to 4. */
function parametersOf({ parameters }: Indicator, shortest = 1): fc.Arbitrary<number[]> {
  const one = (whole: boolean) =>
    whole ? fc.integer({ min: shortest, max: shortest + 15 }) : fc.integer({ min: 1, max: 16 }).map((n) => n / 4);
  return fc.tuple(...parameters.map(({ whole }) => one(whole)));
}

const seeds = fc.integer({ min: 1, max: 1_000_000 });

/** Candles without sense: gaps, infinities, zeros, repeated and falling figures, all that a column may hold. */
const wildCandles: fc.Arbitrary<SampleCandles> = fc
  .array(
    fc.array(fc.oneof(fc.constantFrom(0, -0, 1, 2, NaN, Infinity, -5), fc.double({ min: -1e6, max: 1e6 })), {
      minLength: 6,
      maxLength: 6,
    }),
    { maxLength: 80 },
  )
  .map((rows) => {
    const column = (at: number) => Float64Array.from(rows, (row) => row[at]!);
    return { time: column(0), open: column(1), high: column(2), low: column(3), close: column(4), volume: column(5) };
  });

const anyCandles = fc.oneof(
  wildCandles,
  fc.tuple(fc.nat(120), seeds).map(([length, seed]) => sampleCandles(length, seed)),
);

function slice(candles: SampleCandles, from: number, to: number): SampleCandles {
  const entries = Object.entries(candles) as [keyof SampleCandles, Float64Array][];
  return Object.fromEntries(
    entries.map(([name, column]) => [name, column.slice(from, to)]),
  ) as unknown as SampleCandles;
}

describe.each(cases)('$name', ({ run, indicator }) => {
  it('gives the same bits in one piece and extended in any pieces', () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 });
    fc.assert(
      fc.property(anyCandles, parametersOf(indicator), pieces, (candles, parameters, lengths) => {
        const call = readCall(indicator, [candles, ...parameters]);
        const length = candles.close.length;
        const outputs = indicator.outputs.map(() => new Float64Array(length));
        const state = indicator.start(...call.parameters);
        for (let from = 0, piece = 0; from < length; piece += 1) {
          const to = Math.min(length, from + lengths[piece % lengths.length]!);
          // Each piece reads copies that end with it: nothing later can have been looked at.
          const seen = call.inputs.map((column) => column.slice(0, to));
          state.extend(seen, outputs, { from, to });
          from = to;
        }
        expect(resultOf(indicator, outputs)).toEqual(run(candles, ...parameters));
      }),
      { numRuns: 60 },
    );
  });

  it('gives fresh columns of the length of its input, which it leaves as it was', () => {
    fc.assert(
      fc.property(anyCandles, parametersOf(indicator), (candles, parameters) => {
        const before = slice(candles, 0, candles.close.length);
        const outputs = Object.values(outputsOf(run, candles, parameters));
        expect(candles).toEqual(before);
        for (const output of outputs) {
          expect(output).toHaveLength(candles.close.length);
          expect(Object.values(candles)).not.toContain(output);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('never changes a row when later candles come', () => {
    fc.assert(
      fc.property(anyCandles, parametersOf(indicator), fc.nat(), (candles, parameters, cut) => {
        const length = cut % (candles.close.length + 1);
        const whole = outputsOf(run, candles, parameters);
        const known = outputsOf(run, slice(candles, 0, length), parameters);
        for (const output of indicator.outputs) {
          if (indicator.name === 'ichimoku' && output === 'lagging') continue;
          expect(known[output]).toEqual(whole[output]!.slice(0, length));
        }
      }),
      { numRuns: 40 },
    );
  });
});

const except = (...names: string[]) => cases.filter(({ name }) => !names.includes(name));

describe('the first complete row, and every row from there on, come after warmUp rows', () => {
  // Pivots of all kinds stand on few rows; ichimoku's lagging line has none at the end.
  it.each(except('pivots', 'pivotHigh', 'pivotLow', 'ichimoku'))('$name', ({ run, indicator }) => {
    fc.assert(
      fc.property(seeds, parametersOf(indicator, 10), (seed, parameters) => {
        const columns = Object.values(outputsOf(run, sampleCandles(150, seed), parameters));
        const complete = Array.from({ length: 150 }, (_, row) =>
          columns.every((column) => Number.isFinite(column[row])),
        );
        const warmUp = indicator.warmUp(...parameters);
        expect(complete).toEqual(complete.map((_, row) => row >= warmUp));
      }),
      { numRuns: 40 },
    );
  });
});

describe('after a candle that is missing all begins anew', () => {
  // mom and roc look at two rows alone, pivots at a whole day, ichimoku's spans at candles far behind.
  it.each(except('mom', 'roc', 'pivots', 'ichimoku'))('$name', ({ run, indicator }) => {
    fc.assert(
      fc.property(seeds, parametersOf(indicator), fc.nat(60), (seed, parameters, gap) => {
        const candles = sampleCandles(120, seed);
        const after = outputsOf(run, slice(candles, gap + 1, 120), parameters);
        for (const column of Object.values(candles) as Float64Array[]) column[gap] = NaN;
        const whole = outputsOf(run, candles, parameters);
        for (const output of indicator.outputs) {
          expect(whole[output]![gap]).toBeNaN();
          expectClose(whole[output]!.slice(gap + 1), after[output]!, 1e-9);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('after a candle of which one figure is missing a recursive indicator begins anew', () => {
  const names = ['tr', 'atr', 'natr', 'adx', 'supertrend', 'psar', 'obv', 'vwap'];
  it.each(cases.filter(({ name }) => names.includes(name)))('$name', ({ run, indicator }) => {
    const missing = fc.constantFrom(...indicator.inputs.map((input) => (input === 'x' ? 'close' : input)));
    fc.assert(
      fc.property(seeds, parametersOf(indicator), fc.tuple(fc.nat(60), missing), (seed, parameters, [gap, figure]) => {
        const candles = sampleCandles(120, seed);
        const after = outputsOf(run, slice(candles, gap + 1, 120), parameters);
        candles[figure as keyof SampleCandles][gap] = NaN;
        const whole = outputsOf(run, candles, parameters);
        for (const output of indicator.outputs) expectClose(whole[output]!.slice(gap + 1), after[output]!, 1e-9);
      }),
      { numRuns: 40 },
    );
  });
});

/** Equal to a relative tolerance, or an absolute one below 1; NaN equals NaN. */
function expectClose(got: Float64Array, expected: Float64Array, tolerance: number): void {
  const differing = Array.from(got).filter((value, row) => {
    const wanted = expected[row]!;
    if (Number.isNaN(value) || Number.isNaN(wanted)) return Number.isNaN(value) !== Number.isNaN(wanted);
    return Math.abs(value - wanted) > tolerance * Math.max(1, Math.abs(wanted));
  });
  expect(differing).toEqual([]);
}

/** What becomes of an output when all prices are multiplied or raised by one number. */
const KINDS: Record<'price' | 'distance' | 'share' | 'ratio', readonly string[]> = {
  /** Is multiplied and raised with them. */
  price: [
    ...['sma.value', 'ema.value', 'rma.value', 'wma.value', 'dema.value', 'tema.value', 'hma.value', 'vwma.value'],
    ...['linreg.value', 'highest.value', 'lowest.value', 'vwap.value', 'psar.value', 'supertrend.line'],
    ...['bollinger.upper', 'bollinger.middle', 'bollinger.lower'],
    ...['keltner.upper', 'keltner.middle', 'keltner.lower', 'donchian.upper', 'donchian.middle', 'donchian.lower'],
    ...['ichimoku.conversion', 'ichimoku.base', 'ichimoku.spanA', 'ichimoku.spanB', 'ichimoku.lagging'],
    ...['pivots.pivot', 'pivots.r1', 'pivots.r2', 'pivots.r3', 'pivots.s1', 'pivots.s2', 'pivots.s3'],
    ...['pivotHigh.value', 'pivotLow.value'],
  ],
  /** Is multiplied with them, and stays when they are raised. */
  distance: ['macd.macd', 'macd.signal', 'macd.histogram', 'mom.value', 'tr.value', 'atr.value', 'stddev.value'],
  /** Stays either way. */
  share: [
    ...['rsi.value', 'stochastic.k', 'stochastic.d', 'stochRsi.k', 'stochRsi.d', 'cci.value', 'willr.value'],
    ...['adx.adx', 'adx.plusDi', 'adx.minusDi', 'supertrend.direction', 'bollinger.percentB', 'zscore.value'],
    ...['percentRank.value', 'obv.value', 'cmf.value'],
  ],
  /** Stays when they are multiplied, and changes when they are raised. */
  ratio: ['roc.value', 'natr.value', 'bollinger.width', 'mfi.value'],
};

const kinds = (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((kind) =>
  KINDS[kind].map((output) => ({ output, kind })),
);

function withPrices(candles: SampleCandles, change: (price: number) => number): SampleCandles {
  const { time, volume, open, high, low, close } = candles;
  return {
    time,
    volume,
    open: open.map(change),
    high: high.map(change),
    low: low.map(change),
    close: close.map(change),
  };
}

describe('prices in another unit', () => {
  it('have a rule for every output', () => {
    const outputs = cases.flatMap(({ name, indicator }) => indicator.outputs.map((output) => `${name}.${output}`));
    expect(kinds.map(({ output }) => output).toSorted()).toEqual(outputs.toSorted());
  });

  const named = new Map(cases.map((each) => [each.name, each]));

  it.each(kinds)('multiplied: $output is a $kind', ({ output, kind }) => {
    const [name = '', field = ''] = output.split('.');
    const { run, indicator } = named.get(name)!;
    fc.assert(
      fc.property(seeds, parametersOf(indicator, 2), fc.constantFrom(0.125, 4, 1024), (seed, parameters, factor) => {
        const candles = sampleCandles(600, seed);
        const expected = outputsOf(run, candles, parameters)[field]!;
        const got = outputsOf(
          run,
          withPrices(candles, (price) => price * factor),
          parameters,
        )[field]!;
        const grows = kind === 'price' || kind === 'distance';
        expect(got).toEqual(expected.map((value) => (grows ? value * factor : value)));
      }),
      { numRuns: 15 },
    );
  });

  it.each(kinds.filter(({ kind }) => kind !== 'ratio'))('raised: $output is a $kind', ({ output, kind }) => {
    const [name = '', field = ''] = output.split('.');
    const { run, indicator } = named.get(name)!;
    fc.assert(
      fc.property(seeds, parametersOf(indicator, 2), fc.constantFrom(512, 65_536), (seed, parameters, rise) => {
        const candles = sampleCandles(600, seed);
        const expected = outputsOf(run, candles, parameters)[field]!;
        const got = outputsOf(
          run,
          withPrices(candles, (price) => price + rise),
          parameters,
        )[field]!;
        expectClose(got, kind === 'price' ? expected.map((value) => value + rise) : expected, 1e-6);
      }),
      { numRuns: 15 },
    );
  });
});
