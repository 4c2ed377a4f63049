import { CaptureLines } from '../capture-lines.ts';
import { LevelList } from '../level-list.ts';
import { MEMBER } from '../stream-message.ts';
import { COLUMN, RowWriter } from './message-rows.ts';
import type { MessageRows, SpentArrays } from './message-rows.ts';

/** Streams and symbols beyond stay without a name. */
const MOST_TEXTS = 20_000;
const NONE = -1;

const ASKS = '"asks":';
const BIDS = '"bids":';

type FigureMembers = readonly [number, number, number, number];

/** The members that hold the figures of a row, in their order. */
const FIGURES: Readonly<Record<'trade' | 'aggTrade' | 'bookTicker' | 'markPriceUpdate', FigureMembers>> = {
  trade: [MEMBER.price, MEMBER.quantity, MEMBER.tradeId, MEMBER.buyerIsMaker],
  aggTrade: [MEMBER.price, MEMBER.quantity, MEMBER.aggTradeId, MEMBER.buyerIsMaker],
  bookTicker: [MEMBER.bids, MEMBER.bidQuantity, MEMBER.asks, MEMBER.askQuantity],
  markPriceUpdate: [MEMBER.price, MEMBER.indexPrice, MEMBER.fundingRate, MEMBER.time],
};

/** Gives a capture stretch by stretch. */
export interface MessageSource {
  /**
   * The next stretch, null after the last.
   * @param spent a stretch that nobody reads any more
   * @throws AitraderError `TAPE_UNREADABLE`
   */
  next(spent: SpentArrays | null): Promise<MessageRows | null>;
  close(): void;
}

/** Opens captures, to be read here or in a thread of its own. */
export interface CaptureDecoder {
  open(path: string): MessageSource;
  /** Ends it with all that was opened. */
  close(): Promise<void>;
}

/** Reads a capture and takes its messages apart. */
export class CaptureReader implements MessageSource {
  readonly #lines: CaptureLines;
  readonly #bids = new LevelList();
  readonly #asks = new LevelList();
  readonly #textNumbers = new Map<string, number>();
  #newTexts: string[] = [];
  #writer = new RowWriter(null);

  constructor(path: string) {
    this.#lines = new CaptureLines(path, { add: (problem) => this.#refused(problem.line, problem.problem) });
  }

  async next(spent: SpentArrays | null): Promise<MessageRows | null> {
    const lines = this.#lines;
    this.#writer = new RowWriter(spent);
    this.#newTexts = [];
    await lines.fill();
    if (lines.hasEnded) return null;
    while (lines.next()) if (lines.line.kind === 'message') this.#message();
    const { rows, count, levels } = this.#writer;
    return { bytes: lines.takeBytes(), rows, count, levels, texts: this.#newTexts };
  }

  close(): void {
    this.#lines.close();
  }

  #refused(line: number, problem: string): void {
    this.#writer.begin('refused', NaN, line);
    this.#writer.set(COLUMN.symbol, this.#numberOf(problem));
  }

  #numberOf(text: string): number {
    if (text === '') return NONE;
    const known = this.#textNumbers.get(text);
    if (known !== undefined) return known;
    const number = this.#textNumbers.size;
    if (number === MOST_TEXTS) return NONE;
    this.#textNumbers.set(text, number);
    this.#newTexts.push(text);
    return number;
  }

  #message(): void {
    const { line, message, lineNumber } = this.#lines;
    const writer = this.#writer;
    if (message.kind === 'malformed') return;
    writer.begin(message.kind, line.timeMs, lineNumber);
    writer.set(COLUMN.stream, this.#numberOf(message.stream));
    writer.set(COLUMN.symbol, this.#numberOf(message.symbol));
    writer.set(COLUMN.dataStart, message.dataStart);
    writer.set(COLUMN.dataEnd, message.dataEnd);
    if (message.kind === 'snapshot') this.#snapshot();
    else if (message.kind === 'depthUpdate') this.#depth();
    else if (message.kind !== 'other') this.#figures(FIGURES[message.kind]);
  }

  #figures([first, second, third, fourth]: FigureMembers): void {
    const { members } = this.#lines.message;
    const writer = this.#writer;
    writer.set(COLUMN.first, members.number(first));
    writer.set(COLUMN.second, members.number(second));
    writer.set(COLUMN.third, members.number(third));
    const isFlag = fourth === MEMBER.buyerIsMaker;
    writer.set(COLUMN.fourth, isFlag ? Number(members.isTrue(fourth)) : members.number(fourth));
  }

  #depth(): void {
    const { bytes, message } = this.#lines;
    const { members } = message;
    if (!members.has(MEMBER.bids) || !members.has(MEMBER.asks)) return;
    const isGood =
      this.#bids.read(bytes, members.startOf(MEMBER.bids), members.endOf(MEMBER.bids)) &&
      this.#asks.read(bytes, members.startOf(MEMBER.asks), members.endOf(MEMBER.asks));
    if (isGood) this.#levels();
  }

  #snapshot(): void {
    const { bytes, message } = this.#lines;
    const asksAt = bytes.indexOf(ASKS, message.dataStart) + ASKS.length;
    const bidsAt = bytes.indexOf(BIDS, message.dataStart) + BIDS.length;
    const [first, second] = bidsAt < asksAt ? [this.#bids, this.#asks] : [this.#asks, this.#bids];
    const [firstAt, secondAt] = [Math.min(bidsAt, asksAt), Math.max(bidsAt, asksAt)];
    const hasBoth = firstAt > message.dataStart + ASKS.length && secondAt < message.dataEnd;
    if (!hasBoth || !first.read(bytes, firstAt, secondAt - ASKS.length)) return;
    if (second.read(bytes, secondAt, message.dataEnd)) this.#levels();
  }

  #levels(): void {
    const writer = this.#writer;
    const [bids, asks] = [this.#bids, this.#asks];
    writer.set(COLUMN.first, writer.levelsEnd);
    writer.set(COLUMN.second, bids.count);
    for (let i = 0; i < bids.count; i += 1) writer.addLevel(bids.prices[i] ?? NaN, bids.quantities[i] ?? NaN);
    writer.set(COLUMN.third, writer.levelsEnd);
    writer.set(COLUMN.fourth, asks.count);
    for (let i = 0; i < asks.count; i += 1) writer.addLevel(asks.prices[i] ?? NaN, asks.quantities[i] ?? NaN);
  }
}
