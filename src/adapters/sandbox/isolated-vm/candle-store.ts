import type { CandleColumns, MarketView } from '../../../ports/filter-sandbox.ts';
import { CANDLE_COLUMNS, CandleRing, SERIES_BYTES, TICKER_FIGURES } from './candle-memory.ts';
import { encodeFrame } from './process/protocol.ts';

/** How many series are kept: 500 symbols with 8 timeframes. */
const MOST_SERIES = 4_000;

/** The candles that sandbox processes were sent, kept for those that start later. */
export class CandleStore {
  readonly #rings = new Map<string, { readonly ring: CandleRing; readonly of: Omit<CandleColumns, 'columns'> }>();

  /**
   * Takes candles in.
   * @returns the frame that hands them on
   * @throws RangeError when there are too many series, or columns that do not fit together
   */
  extend(candles: readonly CandleColumns[]): Buffer {
    for (const { symbol, timeframe, columns } of candles) {
      const rows = columns[0]?.length ?? 0;
      if (columns.length !== CANDLE_COLUMNS.length || columns.some((column) => column.length !== rows)) {
        throw new RangeError(`candles of ${symbol} ${timeframe}: give ${CANDLE_COLUMNS.length} columns of one length`);
      }
      const key = `${symbol} ${timeframe}`;
      let held = this.#rings.get(key);
      if (held === undefined) {
        if (this.#rings.size === MOST_SERIES) throw new RangeError(`more than ${MOST_SERIES} series of candles`);
        held = { ring: new CandleRing(timeframe, new ArrayBuffer(SERIES_BYTES)), of: { symbol, timeframe } };
        this.#rings.set(key, held);
      }
      held.ring.write(columns);
    }
    return encodeCandles(candles);
  }

  /** All that is held, as one frame for each series. */
  *frames(): Generator<Buffer> {
    for (const { ring, of } of this.#rings.values()) yield encodeCandles([{ ...of, columns: ring.read() }]);
  }
}

function encodeCandles(candles: readonly CandleColumns[]): Buffer {
  const series = candles.map((each) => [each.symbol, each.timeframe, each.columns[0]?.length ?? 0] as const);
  const figures = new Float64Array(series.reduce((sum, [, , rows]) => sum + rows * CANDLE_COLUMNS.length, 0));
  let at = 0;
  for (const { columns } of candles) {
    for (const column of columns) {
      figures.set(column, at);
      at += column.length;
    }
  }
  return encodeFrame({ type: 'candles', series }, new Uint8Array(figures.buffer));
}

/** The frame of a view. */
export function encodeView({ tickers, forming }: MarketView): Buffer {
  const width = TICKER_FIGURES.length;
  const figures = new Float64Array(tickers.length * width + forming.length * CANDLE_COLUMNS.length);
  tickers.forEach((ticker, row) => TICKER_FIGURES.forEach((name, at) => (figures[row * width + at] = ticker[name])));
  forming.forEach((candle, row) => {
    const start = tickers.length * width + row * CANDLE_COLUMNS.length;
    CANDLE_COLUMNS.forEach((name, at) => (figures[start + at] = candle[name === 'time' ? 'openTime' : name]));
  });
  return encodeFrame(
    {
      type: 'view',
      symbols: tickers.map(({ symbol }) => symbol),
      forming: forming.map(({ symbol, timeframe }) => [symbol, timeframe] as const),
    },
    new Uint8Array(figures.buffer),
  );
}
