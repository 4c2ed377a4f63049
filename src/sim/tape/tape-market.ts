import { AitraderError } from '../../domain/errors.ts';
import type { Market } from '../../domain/instrument.ts';
import { MINUTE_MS, SECOND_MS } from '../../domain/time.ts';
import type { Timeframe } from '../../domain/time.ts';
import { MarketConditions } from '../market/conditions.ts';
import type {
  CandleColumns,
  CandleRange,
  DepthView,
  MarketEventSink,
  MarketSource,
  MarkEvent,
  SourceSymbol,
} from '../market/source.ts';
import type { CandleSurvey } from './candle-survey.ts';
import { surveyCandles } from './candle-survey.ts';
import { CandleTape } from './candle-tape.ts';
import type { CaptureSurvey } from './capture-survey.ts';
import { surveyCapture } from './capture-survey.ts';
import { CaptureTape } from './capture-tape.ts';
import { CursorQueue } from './cursor-queue.ts';
import { refuseForeign } from './foreign-file.ts';
import type { TapeCursor } from './tape-cursor.ts';
import type { TapeProblem } from './tape-problems.ts';
import { TapeProblems } from './tape-problems.ts';
import type { TapeSpan } from './tape-span.ts';
import { joinSpans } from './tape-span.ts';
import type { TapeFacts, TapeSymbol } from './tape-symbols.ts';
import { factsOfCandles, factsOfCapture, joinFacts, tapeSymbol } from './tape-symbols.ts';

export interface TapeMarketOptions {
  /** Captures, candle files (.csv, .json) and tapes of aitrader, plain or gzip; they are played together, by their times. */
  readonly paths: readonly string[];
  /** Of the synthetic history before the tape. */
  readonly seed: number;
  /** On which markets candle files are traded; captures on the one they were recorded on. */
  readonly markets?: readonly Market[];
  /** Hears of every malformed line that is skipped. */
  readonly onProblem: (problem: TapeProblem) => void;
}

/** A recorded market. */
export interface TapeSource extends MarketSource {
  /** What there are data of, and when; the earliest first. */
  readonly spans: readonly TapeSpan[];
}

/** A file of the tape and what is in it. */
type TapeFile =
  | { readonly kind: 'capture'; readonly survey: CaptureSurvey; readonly facts: readonly TapeFacts[] }
  | { readonly kind: 'candles'; readonly survey: CandleSurvey; readonly facts: readonly TapeFacts[] };

async function surveyFile(path: string): Promise<TapeFile> {
  const problems = new TapeProblems(() => undefined);
  if (/\.(csv|json)(\.gz)?$/i.test(path)) {
    const survey = await surveyCandles(path, problems);
    return { kind: 'candles', survey, facts: [factsOfCandles(survey)] };
  }
  const survey = await surveyCapture(path, problems);
  const facts = factsOfCapture(survey);
  if (facts.length === 0 && survey.entries.size === 0) throw await refuseForeign(path);
  return { kind: 'capture', survey, facts };
}

function joinedFacts(files: readonly TapeFile[]): Map<string, TapeFacts> {
  const joined = new Map<string, TapeFacts>();
  for (const { survey, facts } of files) {
    for (const later of facts) {
      const first = joined.get(later.symbol);
      joined.set(later.symbol, first === undefined ? later : joinFacts(first, later, survey.path));
    }
  }
  return joined;
}

/** A recorded market, played from its files; see `openTapeMarket`. */
class TapeMarket implements TapeSource {
  readonly spans: readonly TapeSpan[];
  readonly startMs: number;
  readonly symbols: readonly SourceSymbol[];
  readonly rawStreams: ReadonlySet<string>;
  readonly #symbols: readonly TapeSymbol[];
  readonly #cursors: readonly TapeCursor[];
  readonly #queue: CursorQueue;
  readonly #mark: MarkEvent;
  readonly #markedSymbols: readonly number[];
  #nextMarkMs: number;
  #reachedMs: number;

  constructor(tape: {
    readonly spans: readonly TapeSpan[];
    readonly startMs: number;
    readonly symbols: readonly TapeSymbol[];
    readonly rawStreams: ReadonlySet<string>;
    readonly cursors: readonly TapeCursor[];
  }) {
    this.spans = tape.spans;
    this.startMs = this.#reachedMs = this.#nextMarkMs = tape.startMs;
    this.symbols = tape.symbols.map(({ source }) => source);
    this.rawStreams = tape.rawStreams;
    this.#symbols = tape.symbols;
    this.#markedSymbols = tape.symbols.flatMap(({ needsMarks }, index) => (needsMarks ? [index] : []));
    this.#cursors = tape.cursors;
    this.#queue = new CursorQueue(tape.cursors);
    this.#mark = { symbolIndex: 0, timeMs: 0, markPrice: 0, indexPrice: 0, fundingRate: 0, nextFundingMs: 0 };
  }

  nextEventMs(): number {
    if (this.#queue.isWaiting) return NaN;
    const first = this.#queue.first;
    if (first === null) return Infinity;
    return this.#markedSymbols.length > 0 ? Math.min(this.#nextMarkMs, first.nextMs) : first.nextMs;
  }

  advanceTo(timeMs: number, sink: MarketEventSink): boolean {
    while (!this.#queue.isWaiting) {
      const first = this.#queue.first;
      if (first === null) return true;
      const untilMs = Math.min(timeMs, first.nextMs);
      while (this.#nextMarkMs <= untilMs) this.#sendMarks(sink);
      this.#reachedMs = Math.max(this.#reachedMs, untilMs);
      if (first.nextMs > timeMs) return true;
      first.sendNext(sink);
      this.#queue.update();
    }
    return false;
  }

  #sendMarks(sink: MarketEventSink): void {
    const mark = this.#mark;
    mark.timeMs = this.#nextMarkMs;
    this.#nextMarkMs += SECOND_MS;
    for (const index of this.#markedSymbols) {
      const { book, funding } = this.#at(index);
      const { bid, ask } = book.top;
      if (bid === 0) continue;
      mark.symbolIndex = index;
      mark.indexPrice = Math.round(((bid + ask) / 2) * 1e8) / 1e8;
      mark.markPrice = Math.round(mark.indexPrice * (1 + funding.premiumAt(mark.timeMs)) * 1e8) / 1e8;
      mark.nextFundingMs = funding.nextAfter(mark.timeMs);
      mark.fundingRate = funding.rateAt(mark.nextFundingMs);
      sink.mark(mark);
    }
  }

  async fill(): Promise<void> {
    if (this.#queue.isWaiting) await this.#queue.fill();
  }

  depth(symbolIndex: number, view: DepthView): void {
    this.#at(symbolIndex).book.depth(view, this.#reachedMs);
  }

  history(symbolIndex: number, timeframe: Timeframe, range: CandleRange): CandleColumns {
    return this.#at(symbolIndex).history.candles(timeframe, range);
  }

  pastFundingRate(symbolIndex: number, fundingMs: number): number {
    return this.#at(symbolIndex).funding.rateAt(fundingMs);
  }

  async close(): Promise<void> {
    for (const cursor of this.#cursors) cursor.close();
  }

  #at(symbolIndex: number): TapeSymbol {
    const symbol = this.#symbols[symbolIndex];
    if (symbol === undefined) throw new RangeError(`no symbol ${symbolIndex}: the tape has ${this.#symbols.length}`);
    return symbol;
  }
}

/**
 * Opens recorded files as a market. Their first lines are read to learn which symbols there are: what appears only later
 * is passed on raw, but has no effect on trades and quotes. History before the tape is synthetic, seeded, and ends at
 * the tape's first price. The times of a tape are the venue's: receive times moved by the clock difference at its start.
 * @throws AitraderError `TAPE_UNREADABLE`, `TAPE_REFUSED`
 */
export async function openTapeMarket(options: TapeMarketOptions): Promise<TapeSource> {
  const { seed, markets = ['spot', 'futures'], paths } = options;
  const files: TapeFile[] = [];
  for (const path of paths) files.push(await surveyFile(path));
  files.sort((a, b) => a.survey.firstMs - b.survey.firstMs);
  const facts = [...joinedFacts(files).values()];
  const captures = files.flatMap((file) => (file.kind === 'capture' ? [file.survey] : []));
  const clockOffsetMs = captures.find(({ streams }) => streams.size > 0)?.clockOffsetMs ?? 0;
  const spans = joinSpans(files.flatMap((file) => spansOf(file, clockOffsetMs)));
  const starts = files.map(({ kind, survey }) => survey.firstMs + (kind === 'capture' ? clockOffsetMs : 0));
  const startMs = Math.floor(Math.min(...starts.filter(Number.isFinite)) / MINUTE_MS) * MINUTE_MS;
  if (facts.length === 0) {
    const problem =
      'it holds answers of the exchange about its symbols, and no stream message; play it beside a capture';
    throw new AitraderError('TAPE_UNREADABLE', { path: paths.join(', '), problem });
  }
  const entries = new Map(captures.flatMap((capture) => [...capture.entries]));
  const setting = { seed, markets, startMs, conditions: new MarketConditions(seed), entries };
  const symbols = facts.map((known) => tapeSymbol(known, setting));
  const problems = new TapeProblems(options.onProblem);
  const indexOf = new Map(facts.map(({ symbol }, index) => [symbol, index]));
  const cursors = files.map((file) => cursorOf(file, { symbols, indexOf, clockOffsetMs, problems }));
  const rawStreams = new Set(captures.flatMap(({ streams }) => [...streams]));
  return new TapeMarket({ spans, startMs, symbols, rawStreams, cursors });
}

/** Market time: receive times of captures are moved by the clock difference, candles have the venue's. */
function spansOf({ kind, survey, facts }: TapeFile, clockOffsetMs: number): TapeSpan[] {
  const { firstMs, lastMs, isWhole } = survey;
  const offsetMs = kind === 'capture' ? clockOffsetMs : 0;
  return facts.map(({ symbol }) => ({ symbol, fromMs: firstMs + offsetMs, toMs: lastMs + offsetMs, isWhole }));
}

interface Playing {
  readonly symbols: readonly TapeSymbol[];
  /** Places of symbols by name. */
  readonly indexOf: ReadonlyMap<string, number>;
  readonly clockOffsetMs: number;
  readonly problems: TapeProblems;
}

function cursorOf(file: TapeFile, playing: Playing): TapeCursor {
  const { symbols, indexOf, problems } = playing;
  const known = (name: string) => {
    const index = indexOf.get(name) ?? -1;
    const symbol = symbols[index];
    return symbol === undefined ? null : { index, book: symbol.book, source: symbol.source };
  };
  if (file.kind === 'candles') {
    const { path, lengthMs } = file.survey;
    const at = known(file.facts[0]?.symbol ?? '');
    if (at === null) throw new Error(`${path}: its symbol was surveyed and is not there`);
    const { spot, futures } = at.source.instruments;
    const tick = Math.max(...[spot, futures].map((instrument) => instrument?.rules.tick.toNumber() ?? 0));
    const grid = { tick, quantityScale: 10 ** at.source.quantityDecimals };
    return new CandleTape({ path, symbolIndex: at.index, book: at.book, lengthMs, grid, problems });
  }
  const { path, symbols: surveyed, market } = file.survey;
  const played = [...surveyed].flatMap(([name, survey]) => {
    const at = known(name);
    return at === null ? [] : [[name, { ...at, survey }] as const];
  });
  return new CaptureTape({ ...playing, path, symbols: new Map(played), market: market ?? 'spot' });
}
