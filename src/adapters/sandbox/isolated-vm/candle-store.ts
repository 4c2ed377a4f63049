import type { Timeframe } from '../../../domain/time.ts';
import type { CandleColumns, MarketView } from '../../../ports/filter-sandbox.ts';
import { CANDLE_COLUMNS } from '../../../domain/candle.ts';
import { CandleRing, SERIES_BYTES, TICKER_FIGURES } from './candle-memory.ts';
import { encodeFrame } from './process/protocol.ts';

/** How many series are kept: 500 symbols with 8 timeframes. */
const MOST_SERIES = 4_000;

/** Figures before the columns of a stretch: the number of the series and how many rows there are. */
const STRETCH_HEADER = 2;

interface Held {
  readonly number: number;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly ring: CandleRing;
}

/** The candles that sandbox processes were sent, kept for those that start later. */
export class CandleStore {
  readonly #held = new Map<Timeframe, Map<string, Held>>();
  #count = 0;

  /**
   * Takes candles in.
   * @returns the frame that hands them on
   * @throws RangeError when there are too many series, or columns that do not fit together
   */
  extend(candles: readonly CandleColumns[]): Buffer {
    let length = 0;
    let unknown = 0;
    for (const { symbol, timeframe, columns } of candles) {
      const rows = rowsOf(columns);
      if (columns.length !== CANDLE_COLUMNS.length || columns.some((column) => column.length !== rows)) {
        throw new RangeError(`candles of ${symbol} ${timeframe}: give ${CANDLE_COLUMNS.length} columns of one length`);
      }
      length += STRETCH_HEADER + rows * CANDLE_COLUMNS.length;
      if (this.#find(symbol, timeframe) === undefined) unknown += 1;
    }
    if (this.#count + unknown > MOST_SERIES) throw new RangeError(`more than ${MOST_SERIES} series of candles`);
    const figures = new Float64Array(length);
    const added: Held[] = [];
    let at = 0;
    for (const { symbol, timeframe, columns } of candles) {
      const held = this.#find(symbol, timeframe) ?? this.#add(symbol, timeframe, added);
      const rows = rowsOf(columns);
      const start = at + STRETCH_HEADER;
      at = putStretch(figures, at, { number: held.number, columns });
      held.ring.write(figures, start, rows);
    }
    return frameOf(added, figures);
  }

  /** All that is held, as one frame for each series. */
  *frames(): Generator<Buffer> {
    for (const series of this.#held.values()) {
      for (const held of series.values()) {
        const columns = held.ring.read();
        const figures = new Float64Array(STRETCH_HEADER + rowsOf(columns) * CANDLE_COLUMNS.length);
        putStretch(figures, 0, { number: held.number, columns });
        yield frameOf([held], figures);
      }
    }
  }

  #find(symbol: string, timeframe: Timeframe): Held | undefined {
    return this.#held.get(timeframe)?.get(symbol);
  }

  #add(symbol: string, timeframe: Timeframe, added: Held[]): Held {
    const ring = new CandleRing(timeframe, new ArrayBuffer(SERIES_BYTES));
    const held = { number: this.#count, symbol, timeframe, ring };
    this.#count += 1;
    added.push(held);
    const series = this.#held.get(timeframe) ?? new Map<string, Held>();
    this.#held.set(timeframe, series.set(symbol, held));
    return held;
  }
}

function rowsOf(columns: readonly Float64Array[]): number {
  return columns[0]?.length ?? 0;
}

/** Writes a stretch as frames hold it; gives where the next one begins. */
function putStretch(
  figures: Float64Array,
  start: number,
  { number, columns }: { readonly number: number; readonly columns: readonly Float64Array[] },
): number {
  const rows = rowsOf(columns);
  figures[start] = number;
  figures[start + 1] = rows;
  let at = start + STRETCH_HEADER;
  for (const column of columns) {
    for (let row = 0; row < rows; row += 1) figures[at + row] = column[row]!;
    at += rows;
  }
  return at;
}

function frameOf(named: readonly Held[], figures: Float64Array): Buffer {
  return encodeFrame(
    { type: 'candles', named: named.map(({ number, symbol, timeframe }) => [number, symbol, timeframe] as const) },
    new Uint8Array(figures.buffer),
  );
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
