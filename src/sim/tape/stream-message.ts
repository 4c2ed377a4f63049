import type { Market } from '../../domain/instrument.ts';
import { endOfLongString, NOT_READ } from '../../lib/flat-json/byte-scanner.ts';
import { Literal } from '../../lib/flat-json/literal.ts';
import { MessageMembers } from './message-members.ts';
import { TextPool } from './text-pool.ts';

/**
 * `snapshot`: a whole order book (an answer of REST that recorders put between the messages). `other`: a stream without
 * effect on trades and quotes, or no message of Binance.
 */
export type MessageKind =
  'trade' | 'aggTrade' | 'bookTicker' | 'depthUpdate' | 'markPriceUpdate' | 'snapshot' | 'other' | 'malformed';

const COMBINED = new Literal('{"stream":"');
const COMBINED_DATA = new Literal('","data":');
const SNAPSHOT = new Literal('{"lastUpdateId":');

/**
 * The members of stream messages by their names' codes. In trades `p`, `q` are price and quantity; in bookTicker `b`, `a`
 * are prices, in depthUpdate lists of levels; in markPriceUpdate `p` is the mark price, `i` the index, `r` the funding
 * rate, `T` its time.
 */
export const MEMBER = {
  ...{ type: 101, eventTime: 69, time: 84, symbol: 115, bestMatch: 77, updateId: 117 },
  ...{ price: 112, quantity: 113, tradeId: 116, aggTradeId: 97, buyerIsMaker: 109 },
  ...{ bids: 98, bidQuantity: 66, asks: 97, askQuantity: 65 },
  ...{ indexPrice: 105, fundingRate: 114 },
} as const;

/** How the streams of event types are called when the recorder did not write it down. */
const STREAM_SUFFIX: Partial<Record<MessageKind, string>> = {
  trade: '@trade',
  aggTrade: '@aggTrade',
  bookTicker: '@bookTicker',
  depthUpdate: '@depth',
  markPriceUpdate: '@markPrice',
};

/** Spot sends bookTicker without its type. */
const TICKER_MEMBERS = [
  ...[MEMBER.updateId, MEMBER.symbol, MEMBER.bids, MEMBER.bidQuantity],
  ...[MEMBER.asks, MEMBER.askQuantity],
];

/** The kinds by the message's type, the most frequent first. */
const EVENT_TYPES = (['bookTicker', 'trade', 'aggTrade', 'depthUpdate', 'markPriceUpdate'] as const).map((kind) => ({
  kind,
  text: new Literal(kind),
}));

const CLOSE_OBJECT = 125;

/** A message of a Binance stream, taken apart. Reused from message to message. */
export class StreamMessage {
  kind: MessageKind = 'other';
  /** As clients name it; empty when that cannot be told. */
  stream = '';
  /** In the venue's form; empty when it names none. */
  symbol = '';
  /** The message without its combined-stream frame is `bytes[dataStart, dataEnd)`. */
  dataStart = 0;
  dataEnd = 0;
  /** Members of the message, unless it is a snapshot. */
  readonly members = new MessageMembers();
  readonly #texts = new TextPool();
  readonly #names = new Map<string, string>();

  /** Takes apart the JSON text `bytes[start, end)`. */
  read(bytes: Buffer, start: number, end: number): void {
    this.stream = this.symbol = '';
    this.dataStart = start;
    this.dataEnd = end;
    if (SNAPSHOT.isAt(this.members.viewOf(bytes), start)) {
      this.kind = 'snapshot';
      return;
    }
    if (bytes[end - 1] === CLOSE_OBJECT && this.#unwrap(bytes, start)) this.dataEnd = end - 1;
    if (!this.members.scan(bytes, this.dataStart, this.dataEnd)) {
      this.kind = isArray(bytes, this.dataStart, this.dataEnd) ? 'other' : 'malformed';
      return;
    }
    this.#understand(bytes);
    if (this.stream === '') this.stream = this.#streamName();
  }

  /**
   * Takes apart a message of a combined stream, without objects and arrays in it, whose end is not known.
   * @returns the position behind it; -1 when the message is another one
   */
  readPlain(bytes: Buffer, start: number): number {
    if (!this.#unwrap(bytes, start)) return -1;
    this.dataEnd = this.members.scanPlain(bytes, this.dataStart);
    if (this.dataEnd < 0 || bytes[this.dataEnd] !== CLOSE_OBJECT) return -1;
    this.#understand(bytes);
    return this.dataEnd + 1;
  }

  #understand(bytes: Buffer): void {
    const { members } = this;
    this.kind = this.#kindOf();
    this.symbol = members.has(MEMBER.symbol)
      ? this.#texts.get(bytes, members.startOf(MEMBER.symbol), members.endOf(MEMBER.symbol))
      : '';
  }

  /** Finds the stream's name and where the message in the frame begins. */
  #unwrap(bytes: Buffer, start: number): boolean {
    const view = this.members.viewOf(bytes);
    if (!COMBINED.isAt(view, start)) return false;
    const nameAt = start + COMBINED.length;
    const nameEnd = endOfLongString(bytes, view, nameAt);
    if (nameEnd === NOT_READ || !COMBINED_DATA.isAt(view, nameEnd)) return false;
    this.stream = this.#texts.get(bytes, nameAt, nameEnd);
    this.dataStart = nameEnd + COMBINED_DATA.length;
    return true;
  }

  #kindOf(): MessageKind {
    const { members } = this;
    for (const { kind, text } of EVENT_TYPES) {
      if (members.isText(MEMBER.type, text)) return kind === 'depthUpdate' && this.#isPartialDepth() ? 'other' : kind;
    }
    const isTicker = !members.has(MEMBER.type) && TICKER_MEMBERS.every((name) => members.has(name));
    return isTicker ? 'bookTicker' : 'other';
  }

  /** `btcusdt@depth20` repeats the best levels instead of telling changes. */
  #isPartialDepth(): boolean {
    const at = this.stream.indexOf('@depth');
    const next = this.stream.charCodeAt(at + '@depth'.length);
    return at >= 0 && next >= 48 && next <= 57;
  }

  #streamName(): string {
    const suffix = STREAM_SUFFIX[this.kind];
    if (suffix === undefined || this.symbol === '') return '';
    const key = this.symbol + suffix;
    let name = this.#names.get(key);
    if (name === undefined) {
      name = this.symbol.toLowerCase() + suffix;
      this.#names.set(key, name);
    }
    return name;
  }

  /** When the venue made the message, milliseconds UTC; NaN when it does not say. */
  get eventTime(): number {
    const event = this.members.number(MEMBER.eventTime);
    return Number.isNaN(event) ? this.members.number(MEMBER.time) : event;
  }

  /** On which market the message was recorded; null when its form is the same on both. */
  get market(): Market | null {
    const { members } = this;
    switch (this.kind) {
      case 'trade':
      case 'aggTrade':
        return members.has(MEMBER.bestMatch) ? 'spot' : 'futures';
      case 'bookTicker':
        return members.has(MEMBER.type) ? 'futures' : 'spot';
      case 'depthUpdate':
        return members.has(MEMBER.time) ? 'futures' : 'spot';
      case 'markPriceUpdate':
        return 'futures';
      case 'snapshot':
      case 'other':
      case 'malformed':
        return null;
    }
  }
}

/** Streams of all symbols send arrays. */
function isArray(bytes: Buffer, start: number, end: number): boolean {
  return bytes[start] === 91 && bytes[end - 1] === 93;
}
