import { readSync, writeFileSync, writeSync } from 'node:fs';

import ivm from 'isolated-vm';

import type { Timeframe } from '../../../../domain/time.ts';
import { CANDLE_COLUMNS, CandleRing, SERIES_BYTES, TICKER_FIGURES } from '../candle-memory.ts';
import type { FilterConfig } from '../filter-config.ts';
import { FilterFaultError, FilterIsolate } from './filter-isolate.ts';
import type { IsolateLimits, ModuleSource } from './filter-isolate.ts';
import { encodeFrame, FrameReader } from './protocol.ts';
import type { FromSandbox, Request, ToSandbox } from './protocol.ts';

/** What a sandbox process is told when it starts. */
export interface HostSetup {
  readonly limits: IsolateLimits;
  /** How many symbols can have a ticker. */
  readonly mostSymbols: number;
}

/** What inspection knows of a filter whose meta it is about to read. */
const UNKNOWN_FILTER: FilterConfig = {
  timeframes: ['1m'],
  lookback: 2,
  references: [],
  sides: [],
  top: null,
  params: {},
  resultBytes: 0,
};

/** An isolate is made for this many series at first, and made anew for more. */
const USUAL_SERIES = 200;
const CHUNK_BYTES = 2 ** 16;
const LONGEST_FRAME = 2 ** 30;
const NOTHING = Buffer.alloc(0);

interface SharedSeries {
  readonly ring: CandleRing;
  readonly copy: ivm.ExternalCopy<SharedArrayBuffer>;
}

interface Trader {
  readonly source: string;
  readonly config: FilterConfig;
  symbols: readonly string[];
  isolate: FilterIsolate | null;
}

/** The sandbox process: keeps candles once for all, and an isolate for each trader. */
class SandboxHost {
  readonly #setup: HostSetup;
  readonly #modules: ModuleSource;
  readonly #series = new Map<string, SharedSeries>();
  readonly #tickerRows = new Map<string, number>();
  readonly #tickers: Float64Array;
  readonly #tickersCopy: ivm.ExternalCopy<SharedArrayBuffer>;
  readonly #traders = new Map<string, Trader>();
  #forming: CandleRing[] = [];

  constructor(setup: HostSetup, modules: ModuleSource) {
    this.#setup = setup;
    this.#modules = modules;
    const bytes = setup.mostSymbols * TICKER_FIGURES.length * Float64Array.BYTES_PER_ELEMENT;
    const shared = new SharedArrayBuffer(bytes);
    this.#tickers = new Float64Array(shared).fill(NaN);
    this.#tickersCopy = new ivm.ExternalCopy(shared);
  }

  /** Makes an isolate once, so that the modules are read before anybody waits for them. */
  warmUp(): void {
    this.#inspect('export const meta = {}; export function check() {}');
  }

  /** Handles a message; gives the text of the answer where one is due. */
  handle(message: ToSandbox, figures: () => Float64Array): string | null {
    switch (message.type) {
      case 'candles':
        this.#takeCandles(message.series, figures());
        return null;
      case 'view':
        this.#takeView(message.symbols, message.forming, figures());
        return null;
      case 'register':
        this.#traders.get(message.trader)?.isolate?.dispose();
        this.#traders.set(message.trader, {
          source: message.source,
          config: message.config,
          symbols: [],
          isolate: null,
        });
        return null;
      case 'drop':
        this.#traders.get(message.trader)?.isolate?.dispose();
        this.#traders.delete(message.trader);
        return null;
      case 'symbols':
        this.#takeSymbols(message.trader, message.symbols);
        return null;
      case 'inspect':
      case 'check':
      case 'prepare':
        return this.#answer(message);
    }
  }

  #answer(request: Request): string {
    if (request.type === 'inspect') return this.#inspect(request.source);
    const trader = this.#traders.get(request.trader);
    if (trader === undefined) throw new Error('a trader is registered before it is checked');
    try {
      const isolate = this.#isolateOf(trader);
      return request.type === 'check'
        ? isolate.run(request.kind, request.now, request.positions)
        : String(isolate.prepare(request.now, request.from, request.to));
    } catch (thrown) {
      trader.isolate?.dispose();
      trader.isolate = null;
      throw thrown;
    }
  }

  #inspect(source: string): string {
    const limits = { ...this.#setup.limits, sharedBytes: 0 };
    const isolate = new FilterIsolate({ source, config: UNKNOWN_FILTER }, this.#modules, limits);
    try {
      return isolate.meta();
    } finally {
      isolate.dispose();
    }
  }

  #isolateOf(trader: Trader): FilterIsolate {
    if (trader.isolate !== null) return trader.isolate;
    const { timeframes, references } = trader.config;
    const symbols = new Set([...trader.symbols, ...references]);
    const needed = symbols.size * timeframes.length;
    const sharedBytes = SERIES_BYTES * Math.max(USUAL_SERIES, Math.ceil(1.25 * needed));
    const isolate = new FilterIsolate(trader, this.#modules, { ...this.#setup.limits, sharedBytes });
    isolate.meta();
    trader.isolate = isolate;
    isolate.bindTickers(this.#tickersCopy);
    this.#bindSymbols(trader, isolate);
    return isolate;
  }

  #takeSymbols(name: string, symbols: readonly string[]): void {
    const trader = this.#traders.get(name);
    if (trader === undefined) return;
    trader.symbols = symbols;
    if (trader.isolate === null || this.#bindSymbols(trader, trader.isolate)) return;
    trader.isolate.dispose();
    trader.isolate = null;
  }

  /** False when the isolate is not made for that many series. */
  #bindSymbols(trader: Trader, isolate: FilterIsolate): boolean {
    for (const symbol of new Set([...trader.symbols, ...trader.config.references])) {
      for (const timeframe of trader.config.timeframes) {
        if (!isolate.bindSeries(symbol, timeframe, this.#seriesOf(symbol, timeframe).copy)) return false;
      }
    }
    isolate.setSymbols(trader.symbols.map((symbol) => [symbol, this.#tickerRowOf(symbol)]));
    return true;
  }

  #seriesOf(symbol: string, timeframe: Timeframe): SharedSeries {
    const key = `${symbol} ${timeframe}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      const buffer = new SharedArrayBuffer(SERIES_BYTES);
      series = { ring: new CandleRing(timeframe, buffer), copy: new ivm.ExternalCopy(buffer) };
      this.#series.set(key, series);
    }
    return series;
  }

  #tickerRowOf(symbol: string): number {
    let row = this.#tickerRows.get(symbol);
    if (row === undefined && this.#tickerRows.size < this.#setup.mostSymbols) {
      row = this.#tickerRows.size;
      this.#tickerRows.set(symbol, row);
    }
    return row ?? -1;
  }

  #takeCandles(series: readonly (readonly [string, Timeframe, number])[], figures: Float64Array): void {
    let start = 0;
    for (const [symbol, timeframe, rows] of series) {
      const columns = CANDLE_COLUMNS.map((_, at) => figures.subarray(start + at * rows, start + (at + 1) * rows));
      this.#seriesOf(symbol, timeframe).ring.write(columns);
      start += rows * CANDLE_COLUMNS.length;
    }
  }

  #takeView(
    symbols: readonly string[],
    forming: readonly (readonly [string, Timeframe])[],
    figures: Float64Array,
  ): void {
    const width = TICKER_FIGURES.length;
    this.#tickers.fill(NaN);
    symbols.forEach((symbol, at) => {
      const row = this.#tickerRowOf(symbol);
      if (row >= 0) this.#tickers.set(figures.subarray(at * width, (at + 1) * width), row * width);
    });
    for (const ring of this.#forming) ring.setForming(null);
    this.#forming = forming.map(([symbol, timeframe], at) => {
      const start = symbols.length * width + at * CANDLE_COLUMNS.length;
      const { ring } = this.#seriesOf(symbol, timeframe);
      ring.setForming(figures.subarray(start, start + CANDLE_COLUMNS.length));
      return ring;
    });
  }
}

/** The filter's fault, if it is one. */
function faultOf(thrown: unknown): FilterFaultError {
  if (thrown instanceof FilterFaultError) return thrown;
  throw thrown;
}

/**
 * Serves the engine over a socket until it closes. Reading blocks: there is nothing else to do meanwhile, and an answer is
 * under way sooner. Between two messages the event loop gets its turn.
 */
export function serveSandbox(fd: number, setup: HostSetup, modules: ModuleSource): void {
  dieFirst();
  const host = new SandboxHost(setup, modules);
  const reader = new FrameReader<ToSandbox>(LONGEST_FRAME);
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const send = (message: FromSandbox, text = ''): void => {
    const frame = encodeFrame(message, text === '' ? NOTHING : Buffer.from(text));
    for (let written = 0; written < frame.length;) written += writeSync(fd, frame, written);
  };
  const turn = (): void => {
    const length = readSync(fd, chunk);
    if (length === 0) process.exit(0);
    for (const { message, binary } of reader.push(Buffer.from(chunk.subarray(0, length)))) {
      const startedAt = performance.now();
      let text: string | null = null;
      let fault: FilterFaultError['fault'] | null = null;
      try {
        text = host.handle(message, () => new Float64Array(binary.buffer));
      } catch (thrown) {
        ({ fault } = faultOf(thrown));
      }
      if ('id' in message) {
        send({ type: 'answer', id: message.id, elapsedMs: performance.now() - startedAt, fault }, text ?? '');
      }
    }
    setImmediate(turn);
  };
  host.warmUp();
  send({ type: 'ready' });
  turn();
}

/** Where memory runs out, the system shall end this process and not the engine's. */
function dieFirst(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Not on this system; the engine watches the memory in any case.
  }
}
