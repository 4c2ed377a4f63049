import { sampleCandles } from '../../analysis/indicators/sample-candles.ts';
import type { SampleCandles } from '../../analysis/indicators/sample-candles.ts';
import type { Candle, Ticker } from '../../domain/candle.ts';
import { asId } from '../../domain/ids.ts';
import type { TraderId, VenueSymbol } from '../../domain/ids.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import type { CandleColumns, CheckRequest, MarketView } from '../../ports/filter-sandbox.ts';

const STEP_MS = 5 * MINUTE_MS;

/** Five-minute candles of some symbols, to be handed to a sandbox piece by piece. */
export class SandboxMarket {
  readonly symbols: readonly VenueSymbol[];
  readonly #candles: ReadonlyMap<VenueSymbol, SampleCandles>;
  /** The columns of which there are no samples. */
  readonly #unknown: Float64Array;

  constructor(symbols: number, rows: number) {
    this.symbols = Array.from({ length: symbols }, (_, at) => asId<VenueSymbol>(`S${at}USDT`));
    this.#candles = new Map(this.symbols.map((symbol, at) => [symbol, sampleCandles(rows, at + 1)]));
    this.#unknown = new Float64Array(rows).fill(NaN);
  }

  candlesOf(symbol: VenueSymbol): SampleCandles {
    const candles = this.#candles.get(symbol);
    if (candles === undefined) throw new Error(`the market has no ${symbol}`);
    return candles;
  }

  /** The moment at which the candle of a row closes. */
  closeOf(row: number): number {
    const [first] = this.symbols;
    return (first === undefined ? NaN : (this.candlesOf(first).time[row] ?? NaN)) + STEP_MS;
  }

  /** The rows [from, to) of every symbol. */
  stretch(from: number, to: number): CandleColumns[] {
    return this.symbols.map((symbol) => this.stretchOf(symbol, from, to));
  }

  stretchOf(symbol: VenueSymbol, from: number, to: number): CandleColumns {
    const { time, open, high, low, close, volume } = this.candlesOf(symbol);
    const unknown = this.#unknown;
    const columns = [time, open, high, low, close, volume, unknown, unknown, unknown, unknown];
    return { symbol, timeframe: '5m', columns: columns.map((column) => column.subarray(from, to)) };
  }

  /** What a check at the close of a row sees; `quoteVolume` of a symbol is its number. */
  view(row: number, forming: readonly Candle[] = []): MarketView {
    const tickers = this.symbols.map((symbol, at): Ticker => {
      const last = this.candlesOf(symbol).close[row] ?? NaN;
      const day = { open: last, high: last, low: last, volume: 1, quoteVolume: at, changePct: 0 };
      return { symbol, time: this.closeOf(row), last, bid: last, ask: last, mark: NaN, ...day };
    });
    return { tickers, forming };
  }

  /** A check of all symbols at the close of a row. */
  check(trader: string, row: number, fields: Partial<CheckRequest> = {}): CheckRequest {
    return {
      traderId: asId<TraderId>(trader),
      kind: 'check',
      now: this.closeOf(row),
      symbols: this.symbols,
      positions: new Map(),
      ...fields,
      view: fields.view ?? this.view(row),
    };
  }
}

/** The source of a filter with this body of `check`, whose context is `context`; `meta` in place of its own. */
export function filterSource(body: string, meta: Readonly<Record<string, unknown>> = {}): string {
  const whole = { name: 'test', timeframes: ['5m'], lookback: 20, ...meta };
  return `export const meta = ${JSON.stringify(whole)};\nexport function check(context) {\n${body}\n}\n`;
}
