import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { IndicatorsSync } from '@ixjb94/indicators';
import * as indicatorts from 'indicatorts';
import * as talib from 'talib-web';
import * as technical from 'technicalindicators';
import { ta } from '../src/analysis/indicators/index.ts';
import { sampleCandles } from '../src/analysis/indicators/sample-candles.ts';
import type { BenchRow, Contest } from './harness.ts';
import { contest } from './harness.ts';

const CANDLES = 100_000;

type Work = Pick<Contest, 'name' | 'ours' | 'references'>;

const candles = sampleCandles(CANDLES);
const ix = new IndicatorsSync();

/** Each library gets its columns as it takes them: plain arrays; ours are Float64Array. */
const high = Array.from(candles.high);
const low = Array.from(candles.low);
const close = Array.from(candles.close);

const averages: Work[] = [
  {
    name: 'SMA 20',
    ours: () => ta.sma(candles.close, 20),
    references: {
      '@ixjb94/indicators': () => ix.sma(close, 20),
      indicatorts: () => indicatorts.sma(close, { period: 20 }),
      technicalindicators: () => technical.SMA.calculate({ values: close, period: 20 }),
      'talib-web': () => talib.SMA({ inReal: close, timePeriod: 20 }),
    },
  },
  {
    name: 'EMA 20',
    ours: () => ta.ema(candles.close, 20),
    references: {
      '@ixjb94/indicators': () => ix.ema(close, 20),
      indicatorts: () => indicatorts.ema(close, { period: 20 }),
      technicalindicators: () => technical.EMA.calculate({ values: close, period: 20 }),
      'talib-web': () => talib.EMA({ inReal: close, timePeriod: 20 }),
    },
  },
  {
    name: 'MACD 12 26 9',
    ours: () => ta.macd(candles.close),
    references: {
      '@ixjb94/indicators': () => ix.macd(close, 12, 26, 9),
      indicatorts: () => indicatorts.macd(close, { fast: 12, slow: 26, signal: 9 }),
      technicalindicators: () => {
        const simple = { SimpleMAOscillator: false, SimpleMASignal: false };
        return technical.MACD.calculate({ values: close, fastPeriod: 12, slowPeriod: 26, signalPeriod: 9, ...simple });
      },
      'talib-web': () => talib.MACD({ inReal: close, fastPeriod: 12, slowPeriod: 26, signalPeriod: 9 }),
    },
  },
];

const oscillators: Work[] = [
  {
    name: 'RSI 14',
    ours: () => ta.rsi(candles.close, 14),
    references: {
      '@ixjb94/indicators': () => ix.rsi(close, 14),
      indicatorts: () => indicatorts.rsi(close, { period: 14 }),
      technicalindicators: () => technical.RSI.calculate({ values: close, period: 14 }),
      'talib-web': () => talib.RSI({ inReal: close, timePeriod: 14 }),
    },
  },
  {
    name: 'Stochastic 14 3 3',
    ours: () => ta.stochastic(candles, 14, 3, 3),
    references: {
      '@ixjb94/indicators': () => ix.stoch(high, low, close, 14, 3, 3),
      indicatorts: () => indicatorts.stoch(high, low, close, { kPeriod: 14, dPeriod: 3 }),
      technicalindicators: () => technical.Stochastic.calculate({ high, low, close, period: 14, signalPeriod: 3 }),
      'talib-web': () => talib.STOCH({ high, low, close, fastK_Period: 14, slowK_Period: 3, slowD_Period: 3 }),
    },
  },
];

const ranges: Work[] = [
  {
    name: 'ATR 14',
    ours: () => ta.atr(candles, 14),
    references: {
      '@ixjb94/indicators': () => ix.atr(high, low, close, 14),
      indicatorts: () => indicatorts.atr(high, low, close, { period: 14 }),
      technicalindicators: () => technical.ATR.calculate({ high, low, close, period: 14 }),
      'talib-web': () => talib.ATR({ high, low, close, timePeriod: 14 }),
    },
  },
  {
    name: 'Bollinger 20 2',
    ours: () => ta.bollinger(candles.close, 20, 2),
    references: {
      '@ixjb94/indicators': () => ix.bbands(close, 20, 2),
      indicatorts: () => indicatorts.bb(close, { period: 20 }),
      technicalindicators: () => technical.BollingerBands.calculate({ values: close, period: 20, stdDev: 2 }),
      'talib-web': () => talib.BBANDS({ inReal: close, timePeriod: 20, nbDevUp: 2, nbDevDn: 2 }),
    },
  },
  {
    name: 'ADX 14',
    ours: () => ta.adx(candles, 14),
    references: {
      '@ixjb94/indicators': () => ix.adx(high, low, 14),
      technicalindicators: () => technical.ADX.calculate({ high, low, close, period: 14 }),
      'talib-web': () => talib.ADX({ high, low, close, timePeriod: 14 }),
    },
  },
];

/** One candle at a time; technicalindicators is the one library that can. */
const updates: Work = {
  name: 'RSI 14, candle by candle',
  ours: () => {
    const state = ta.rsi.indicator.start(14);
    const outputs = [new Float64Array(CANDLES)];
    for (let at = 0; at < CANDLES; at += 1) state.extend([candles.close], outputs, { from: at, to: at + 1 });
    return outputs;
  },
  references: {
    technicalindicators: () => {
      const state = new technical.RSI({ values: [], period: 14 });
      return close.map((price) => state.nextValue(price));
    },
  },
};

/** Indicators over 100,000 candles beside the fastest of four libraries, and updates by one candle. */
export async function benchIndicators(): Promise<BenchRow[]> {
  const wasm = createRequire(import.meta.url)
    .resolve('talib-web')
    .replace(/[^/\\]*$/, 'talib.wasm');
  await talib.init(`data:application/wasm;base64,${readFileSync(wasm).toString('base64')}`);
  const whole = [...averages, ...oscillators, ...ranges];
  return [
    ...whole.map((work) => contest({ ...work, things: 'candles', count: CANDLES })),
    contest({ ...updates, things: 'updates', count: CANDLES }),
  ];
}
