import type { Market } from '../../domain/instrument.ts';
import { Literal } from '../../lib/flat-json/literal.ts';
import type { KnownStream } from './known-streams.ts';
import { KnownStreams } from './known-streams.ts';
import { MEMBER, MessageMembers } from './message-members.ts';
import { TextPool } from './text-pool.ts';

/**
 * `snapshot`: a whole order book (an answer of REST that recorders put between the messages). `other`: a stream without
 * effect on trades and quotes, or no message of Binance.
 */
export type MessageKind =
  'trade' | 'aggTrade' | 'bookTicker' | 'depthUpdate' | 'markPriceUpdate' | 'snapshot' | 'other' | 'malformed';

const SNAPSHOT = new Literal('{"lastUpdateId":');

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
/** The fewest characters that are compared four at a time. */
const SHORTEST_TEXT = 4;

/** Kind and symbol of a stream's messages, and the texts of `e` and `s` that tell them. */
interface Typical {
  readonly kind: MessageKind;
  readonly symbol: string;
  readonly typeText: Literal;
  readonly symbolText: Literal;
}

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
  /** The frame around it is `bytes[frameStart, frameEnd)`; empty without. */
  frameStart = 0;
  frameEnd = 0;
  /** Members of the message, unless it is a snapshot. */
  readonly members = new MessageMembers();
  readonly #streams = new KnownStreams<Typical>();
  #known: KnownStream<Typical> | null = null;
  readonly #texts = new TextPool();
  readonly #names = new Map<string, string>();

  /** Takes apart the JSON text `bytes[start, end)`. */
  read(bytes: Buffer, start: number, end: number): void {
    this.stream = this.symbol = '';
    this.dataStart = start;
    this.dataEnd = end;
    this.frameStart = this.frameEnd = start;
    this.#known = null;
    if (SNAPSHOT.isAt(this.members.viewOf(bytes), start, end)) {
      this.kind = 'snapshot';
      return;
    }
    if (bytes[end - 1] === CLOSE_OBJECT && this.#unwrap(bytes, start)) {
      this.dataEnd = end - 1;
      this.frameEnd = end;
    }
    if (!this.members.scan(bytes, this.dataStart, this.dataEnd)) {
      this.kind = isArray(bytes, this.dataStart, this.dataEnd) ? 'other' : 'malformed';
      return;
    }
    this.#understand(bytes);
    if (this.stream === '') this.stream = this.#streamName();
  }

  /**
   * Takes apart a message of a combined stream, if it is written as the exchange does, whose end is not known.
   * @returns the position behind it; -1 when the message is another one
   */
  readPlain(bytes: Buffer, start: number): number {
    if (!this.#unwrap(bytes, start)) return -1;
    this.dataEnd = this.members.scanPlain(bytes, this.dataStart);
    if (this.dataEnd < 0 || bytes[this.dataEnd] !== CLOSE_OBJECT) return -1;
    this.#understand(bytes);
    this.frameStart = start;
    this.frameEnd = this.dataEnd + 1;
    return this.frameEnd;
  }

  /** Nearly every stream has messages of one kind and symbol. */
  #understand(bytes: Buffer): void {
    const { members } = this;
    const typical = this.#known?.typical ?? null;
    const isTypical =
      typical !== null &&
      members.isText(MEMBER.type, typical.typeText) &&
      members.isText(MEMBER.symbol, typical.symbolText);
    if (isTypical) {
      this.kind = typical.kind;
      this.symbol = typical.symbol;
      return;
    }
    const type = EVENT_TYPES.find(({ text }) => members.isText(MEMBER.type, text));
    this.kind = type === undefined ? this.#untypedKind() : this.#kindOf(type.kind);
    this.symbol = members.hasText(MEMBER.symbol)
      ? this.#texts.get(bytes, members.startOf(MEMBER.symbol), members.endOf(MEMBER.symbol))
      : '';
    if (this.#known === null || type === undefined || this.symbol.length < SHORTEST_TEXT) return;
    const { kind, symbol } = this;
    this.#known.typical ??= { kind, symbol, typeText: type.text, symbolText: new Literal(symbol) };
  }

  /** Finds the stream's name and where the message in the frame begins. */
  #unwrap(bytes: Buffer, start: number): boolean {
    const known = this.#streams.find(bytes, this.members.viewOf(bytes), start);
    this.#known = known;
    if (known === null) return false;
    this.stream = known.name;
    this.dataStart = start + known.opening.length;
    return true;
  }

  #kindOf(type: MessageKind): MessageKind {
    return type === 'depthUpdate' && this.#isPartialDepth() ? 'other' : type;
  }

  #untypedKind(): MessageKind {
    const { members } = this;
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
