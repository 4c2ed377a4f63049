import { readSync, writeFileSync, writeSync } from 'node:fs';

import ivm from 'isolated-vm';

import type { Timeframe } from '../../../../domain/time.ts';
import { CANDLE_COLUMNS } from '../../../../domain/candle.ts';
import { CandleRing, SERIES_BYTES, TICKER_FIGURES } from '../candle-memory.ts';
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

/** An isolate is made for this many series at first, and made anew for more. */
const USUAL_SERIES = 200;
const CHUNK_BYTES = 2 ** 16;
const LONGEST_FRAME = 2 ** 30;
const NOTHING = Buffer.alloc(0);

interface SharedSeries {
  readonly ring: CandleRing;
  readonly copy: ivm.ExternalCopy<SharedArrayBuffer>;
}

/** A filter that was inspected for a trader and waits to be put to work. */
interface Inspected {
  readonly source: string;
  readonly isolate: FilterIsolate;
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
  /** The same by the numbers that the engine gave them. */
  readonly #numbered: SharedSeries[] = [];
  readonly #tickerRows = new Map<string, number>();
  readonly #tickers: Float64Array;
  readonly #tickersCopy: ivm.ExternalCopy<SharedArrayBuffer>;
  readonly #traders = new Map<string, Trader>();
  readonly #inspected = new Map<string, Inspected>();
  /** Made while nobody waits: most of what it takes to load a filter is done before it comes. */
  #spare: FilterIsolate | null = null;
  #forming: CandleRing[] = [];

  constructor(setup: HostSetup, modules: ModuleSource) {
    this.#setup = setup;
    this.#modules = modules;
    const bytes = setup.mostSymbols * TICKER_FIGURES.length * Float64Array.BYTES_PER_ELEMENT;
    const shared = new SharedArrayBuffer(bytes);
    this.#tickers = new Float64Array(shared).fill(NaN);
    this.#tickersCopy = new ivm.ExternalCopy(shared);
  }

  /** Makes ready what the next filter will need. */
  prepareSpare(): void {
    try {
      this.#spare ??= this.#createIsolate(USUAL_SERIES);
    } catch (thrown) {
      // There was no time or memory for it just now: then whoever needs it first waits for it, and is told.
      faultOf(thrown);
    }
  }

  /** Handles a message; gives the text of the answer where one is due. */
  handle(message: ToSandbox, figures: () => Float64Array): string | null {
    switch (message.type) {
      case 'candles':
        this.#takeCandles(message.named, figures());
        return null;
      case 'view':
        this.#takeView(message.symbols, message.forming, figures());
        return null;
      case 'register':
        this.#register(message.trader, message.source, message.config);
        return null;
      case 'drop':
        this.#drop(message.trader);
        return null;
      case 'symbols':
        this.#takeSymbols(message.trader, message.symbols);
        return null;
      case 'inspect':
      case 'check':
      case 'prepare':
      case 'tidy':
        return this.#answer(message);
    }
  }

  #answer(request: Request): string {
    if (request.type === 'inspect') return this.#inspect(request.source, request.trader);
    const trader = this.#traders.get(request.trader);
    if (trader === undefined) {
      if (request.type === 'tidy') return '';
      throw new Error('a trader is registered before it is checked');
    }
    try {
      return this.#work(request, trader);
    } catch (thrown) {
      trader.isolate?.dispose();
      trader.isolate = null;
      throw thrown;
    }
  }

  #work(request: Exclude<Request, { type: 'inspect' }>, trader: Trader): string {
    switch (request.type) {
      case 'check':
        return this.#isolateOf(request.trader, trader).run(request.kind, request.now, request.positions);
      case 'prepare':
        return String(this.#isolateOf(request.trader, trader).prepare(request.now, request.from, request.to));
      case 'tidy':
        trader.isolate?.tidy();
        return '';
    }
  }

  #inspect(source: string, trader: string | null): string {
    const isolate = this.#takeIsolate(USUAL_SERIES);
    let isKept = false;
    try {
      const meta = isolate.load(source);
      if (trader !== null) {
        this.#inspected.get(trader)?.isolate.dispose();
        this.#inspected.set(trader, { source, isolate });
        isKept = true;
      }
      return meta;
    } finally {
      if (!isKept) isolate.dispose();
    }
  }

  #register(name: string, source: string, config: FilterConfig): void {
    this.#traders.get(name)?.isolate?.dispose();
    this.#traders.set(name, { source, config, symbols: [], isolate: null });
  }

  #drop(name: string): void {
    this.#traders.get(name)?.isolate?.dispose();
    this.#traders.delete(name);
    this.#inspected.get(name)?.isolate.dispose();
    this.#inspected.delete(name);
  }

  #isolateOf(name: string, trader: Trader): FilterIsolate {
    if (trader.isolate !== null) return trader.isolate;
    const { timeframes, references } = trader.config;
    const symbols = new Set([...trader.symbols, ...references]);
    const isolate = this.#loadedIsolate(name, trader.source, symbols.size * timeframes.length);
    trader.isolate = isolate;
    isolate.configure(trader.config);
    isolate.bindTickers(this.#tickersCopy);
    this.#bindSymbols(trader, isolate);
    return isolate;
  }

  /** An isolate with the filter in it: the one that was inspected if it fits, else a new one. */
  #loadedIsolate(name: string, source: string, series: number): FilterIsolate {
    const inspected = this.#inspected.get(name);
    this.#inspected.delete(name);
    if (inspected?.source === source && inspected.isolate.mostSeries >= series) return inspected.isolate;
    inspected?.isolate.dispose();
    const isolate = this.#takeIsolate(Math.max(USUAL_SERIES, Math.ceil(1.25 * series)));
    try {
      isolate.load(source);
    } catch (thrown) {
      isolate.dispose();
      throw thrown;
    }
    return isolate;
  }

  /** The spare one, unless it is not made for so many series. */
  #takeIsolate(series: number): FilterIsolate {
    const spare = this.#spare;
    if (spare === null || spare.mostSeries < series) return this.#createIsolate(series);
    this.#spare = null;
    return spare;
  }

  #createIsolate(series: number): FilterIsolate {
    return new FilterIsolate(this.#modules, { ...this.#setup.limits, mostSeries: series });
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
    const symbols = [...new Set([...trader.symbols, ...trader.config.references])];
    const series = symbols.flatMap((symbol) =>
      trader.config.timeframes.map((timeframe) => {
        return { symbol, timeframe, shared: this.#seriesOf(symbol, timeframe).copy };
      }),
    );
    if (!isolate.bindSeries(series)) return false;
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

  #takeCandles(named: readonly (readonly [number, string, Timeframe])[], figures: Float64Array): void {
    for (const [number, symbol, timeframe] of named) this.#numbered[number] = this.#seriesOf(symbol, timeframe);
    for (let at = 0; at < figures.length;) {
      const { ring } = this.#numbered[figures[at]!]!;
      const rows = figures[at + 1]!;
      ring.write(figures, at + 2, rows);
      at += 2 + rows * CANDLE_COLUMNS.length;
    }
  }

  #takeView(
    symbols: readonly string[],
    forming: readonly (readonly [string, Timeframe])[],
    figures: Float64Array,
  ): void {
    const width = TICKER_FIGURES.length;
    const tickers = this.#tickers.fill(NaN, 0, this.#tickerRows.size * width);
    symbols.forEach((symbol, at) => {
      const row = this.#tickerRowOf(symbol);
      for (let figure = 0; row >= 0 && figure < width; figure += 1) {
        tickers[row * width + figure] = figures[at * width + figure]!;
      }
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
    let hasInspected = false;
    for (const { message, binary } of reader.push(Buffer.from(chunk.subarray(0, length)))) {
      hasInspected = message.type === 'inspect';
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
    // Whoever loads a filter is likely to check it next: that goes first.
    if (!hasInspected) host.prepareSpare();
    setImmediate(turn);
  };
  host.prepareSpare();
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
