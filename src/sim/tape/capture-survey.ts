import type { Market } from '../../domain/instrument.ts';
import { CaptureLines } from './capture-lines.ts';
import { decimalsOf } from './decimal-text.ts';
import { marketOfEntry } from './exchange-info.ts';
import type { TapeHeader } from './header.ts';
import { parseHeader } from './header.ts';
import { MEMBER } from './message-members.ts';
import type { StreamMessage } from './stream-message.ts';
import type { TapeProblems } from './tape-problems.ts';

/** Lines that are read to learn what is in a capture. What appears only later is not played. */
const SURVEYED_LINES = 300_000;

/** What a capture holds of a symbol. */
export interface SymbolSurvey {
  readonly symbol: string;
  market: Market | null;
  priceDecimals: number;
  quantityDecimals: number;
  /** Of the first trade; of the first quote if it has no trades. NaN: neither. */
  firstPrice: number;
  trades: number;
  /** Base units. */
  volume: number;
  hasTrade: boolean;
  hasTicker: boolean;
  hasDepth: boolean;
  hasMark: boolean;
}

/** What a capture holds. */
export interface CaptureSurvey {
  readonly path: string;
  /** Where it was recorded; null when no message tells. */
  readonly market: Market | null;
  readonly symbols: ReadonlyMap<string, SymbolSurvey>;
  /** Names of streams whose messages can be passed on as they are. */
  readonly streams: ReadonlySet<string>;
  /** Symbol entries of recorded exchangeInfo answers, by market and symbol: `spot/BTCUSDT`. */
  readonly entries: ReadonlyMap<string, unknown>;
  /** Receive times of the first and the last surveyed message, milliseconds UTC; NaN without messages. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** False: the file is longer than what was read of it. */
  readonly isWhole: boolean;
  /** The venue's clock minus the recorder's, from the first message that tells its time; 0 when none does. */
  readonly clockOffsetMs: number;
}

/** Gathers the survey of one file. */
class Survey implements CaptureSurvey {
  readonly path: string;
  market: Market | null = null;
  readonly symbols = new Map<string, SymbolSurvey>();
  readonly streams = new Set<string>();
  readonly entries = new Map<string, unknown>();
  firstMs = NaN;
  lastMs = NaN;
  isWhole = false;
  clockOffsetMs = NaN;

  constructor(path: string) {
    this.path = path;
  }

  header(header: TapeHeader): void {
    this.market = header.market;
    for (const symbol of header.symbols) this.#symbol(symbol);
    this.#addEntries(header.instruments);
  }

  answer(body: string): void {
    let answer: unknown;
    try {
      answer = JSON.parse(body);
    } catch {
      return;
    }
    const { symbols } = (answer ?? {}) as { symbols?: unknown };
    if (Array.isArray(symbols)) this.#addEntries(symbols);
  }

  #addEntries(entries: readonly unknown[]): void {
    for (const entry of entries) {
      const symbol = (entry as { symbol?: unknown } | null)?.symbol;
      if (typeof symbol === 'string') this.entries.set(`${marketOfEntry(entry)}/${symbol}`, entry);
    }
  }

  message(lines: CaptureLines): void {
    const { line, message } = lines;
    if (Number.isNaN(this.firstMs)) this.firstMs = line.timeMs;
    this.lastMs = line.timeMs;
    if (message.stream !== '') this.streams.add(message.stream);
    if (message.kind === 'other' || message.kind === 'snapshot' || message.symbol === '') return;
    if (Number.isNaN(this.clockOffsetMs)) this.clockOffsetMs = message.eventTime - line.timeMs;
    const known = this.#symbol(message.symbol);
    known.market ??= this.market ?? message.market;
    this.market ??= known.market;
    this.#learn(known, message);
  }

  #symbol(symbol: string): SymbolSurvey {
    let known = this.symbols.get(symbol);
    if (known === undefined) {
      known = {
        ...{ symbol, market: this.market, priceDecimals: 0, quantityDecimals: 0, firstPrice: NaN },
        ...{ trades: 0, volume: 0 },
        ...{ hasTrade: false, hasTicker: false, hasDepth: false, hasMark: false },
      };
      this.symbols.set(symbol, known);
    }
    return known;
  }

  #learn(known: SymbolSurvey, { members, kind }: StreamMessage): void {
    if (kind === 'trade' || kind === 'aggTrade') {
      const [price, quantity] = [members.number(MEMBER.price), members.number(MEMBER.quantity)];
      this.#figures(known, price, quantity);
      if (known.trades === 0 && price > 0) known.firstPrice = price;
      known.trades += 1;
      known.volume += quantity > 0 ? quantity : 0;
      known.hasTrade ||= kind === 'trade';
    } else if (kind === 'bookTicker') {
      known.hasTicker = true;
      const bid = members.number(MEMBER.bids);
      this.#figures(known, bid, members.number(MEMBER.bidQuantity));
      this.#figures(known, members.number(MEMBER.asks), members.number(MEMBER.askQuantity));
      if (Number.isNaN(known.firstPrice) && bid > 0) known.firstPrice = bid;
    } else if (kind === 'depthUpdate') {
      known.hasDepth = true;
      if (!members.readLevels()) return;
      const { prices, quantities, count } = members.bids;
      for (let i = 0; i < count; i += 1) this.#figures(known, prices[i] ?? 0, quantities[i] ?? 0);
      if (Number.isNaN(known.firstPrice) && count > 0) known.firstPrice = prices[count - 1] ?? NaN;
    } else if (kind === 'markPriceUpdate') {
      known.hasMark = true;
    }
  }

  #figures(known: SymbolSurvey, price: number, quantity: number): void {
    known.priceDecimals = decimalsOf(price, known.priceDecimals);
    known.quantityDecimals = decimalsOf(quantity, known.quantityDecimals);
  }
}

/**
 * Learns what a capture holds from its first lines.
 * @param problems of the survey alone: playing counts and reports the malformed lines again
 * @throws AitraderError `TAPE_UNREADABLE`, `TAPE_REFUSED`
 */
export async function surveyCapture(path: string, problems: TapeProblems): Promise<CaptureSurvey> {
  const survey = new Survey(path);
  const lines = new CaptureLines(path, problems);
  try {
    while (!lines.hasEnded && lines.lineNumber < SURVEYED_LINES) {
      await lines.fill();
      while (lines.lineNumber < SURVEYED_LINES && lines.next()) {
        const { line, bytes } = lines;
        const body = (): string => bytes.toString('utf8', line.bodyStart, line.bodyEnd);
        if (line.kind === 'header') survey.header(parseHeader(body(), path));
        else if (line.kind === 'message') survey.message(lines);
        else if (line.url.includes('exchangeInfo')) survey.answer(body());
      }
    }
  } finally {
    lines.close();
  }
  survey.isWhole = lines.hasEnded;
  if (Number.isNaN(survey.clockOffsetMs)) survey.clockOffsetMs = 0;
  return survey;
}
