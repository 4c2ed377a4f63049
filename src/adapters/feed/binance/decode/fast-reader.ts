import { TIMEFRAMES } from '../../../../domain/time.ts';
import { ByteScanner, endOfLongString, NESTED, NOT_READ, VALUE } from '../../../../lib/flat-json/byte-scanner.ts';
import { Literal } from '../../../../lib/flat-json/literal.ts';
import { plainDecimal } from './market-message.ts';
import type { MarketMessage } from './market-message.ts';
import { UNKNOWN_SYMBOL } from './symbol-table.ts';

/** What a socket gives: never over shared memory. */
export type Bytes = Buffer<ArrayBuffer>;

/** Slot of a key's value in the scanner. */
function slotOf(key: string): number {
  return key.charCodeAt(0);
}

const EVENT = slotOf('e');
const EVENT_TIME = slotOf('E');
const SYMBOL = slotOf('s');
const PRICE = slotOf('p');
const QUANTITY = slotOf('q');
const TRADE_TIME = slotOf('T');
const BUYER_IS_MAKER = slotOf('m');
const TRADE_ID = slotOf('t');
const AGGREGATE_ID = slotOf('a');
const FIRST_TRADE_ID = slotOf('f');
const LAST_TRADE_ID = slotOf('l');
const EXECUTION = slotOf('X');
const UPDATE_ID = slotOf('u');
const BID = slotOf('b');
const BID_QUANTITY = slotOf('B');
const ASK = slotOf('a');
const ASK_QUANTITY = slotOf('A');
const KLINE = slotOf('k');
const INTERVAL = slotOf('i');
const OPEN_TIME = slotOf('t');
const OPEN = slotOf('o');
const HIGH = slotOf('h');
const LOW = slotOf('l');
const CLOSE = slotOf('c');
const VOLUME = slotOf('v');
const QUOTE_VOLUME = slotOf('q');
const TRADES = slotOf('n');
const BUY_VOLUME = slotOf('V');
const CLOSED = slotOf('x');
const LAST_TRADE_ID_OF_CANDLE = slotOf('L');

const WRAPPER_START = new Literal('{"stream":"');
const WRAPPER_MIDDLE = new Literal('","data":');
const TRADE = new Literal('trade');
const AGGREGATE = new Literal('aggTrade');
const QUOTE = new Literal('bookTicker');
const CANDLE = new Literal('kline');
const MARKET = new Literal('MARKET');
const CLOSE_BRACE = 0x7d;

/**
 * Reads the frequent messages (trade, aggTrade, bookTicker, kline; spot and futures, raw or in the combined form
 * `{"stream":"btcusdt@trade","data":{...}}`) straight from bytes into a MarketMessage, without garbage but for a candle.
 *
 * It says no to everything it does not know for certain, right or wrong; the slow reader then has the word. What it takes,
 * the slow reader would have taken with the same result, and it is pure ASCII.
 *
 * Examples of 2024, https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams and
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams:
 *
 *     {"e":"trade","E":1723161256322,"T":1723161256322,"s":"BTCUSDT","t":5266583935,"p":"61800.30","q":"0.006","X":"MARKET","m":false}
 *     {"e":"aggTrade","E":1626992741575,"a":16599292,"s":"CTKUSDT","p":"1.01100","q":"10","f":23961322,"l":23961322,"T":1626992741421,"m":false}
 *     {"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000","a":"61837.64000000","A":"1.54698000"}
 *     {"e":"bookTicker","u":5123107839020,"s":"BTCUSDT","b":"61800.20","B":"2.507","a":"61800.30","A":"2.510","T":1723161256313,"E":1723161256313}
 *     {"e":"kline","E":1626992741424,"s":"CTKUSDT","k":{"t":1626992700000,"T":1626992759999,"s":"CTKUSDT","i":"1m","f":23961275,"L":23961322,
 *      "o":"1.01000","c":"1.01100","h":"1.01100","l":"1.01000","v":"3917","n":48,"x":false,"q":"3957.89900","V":"1729","Q":"1748.01900","B":"0"}}
 */
export class FastReader {
  readonly #scanner = new ByteScanner();
  readonly #message: MarketMessage;
  #bytes: Bytes = Buffer.alloc(0);
  #view = new DataView(this.#bytes.buffer);

  /** @param message where to write what was read */
  constructor(message: MarketMessage) {
    this.#message = message;
  }

  /** @returns whether `bytes[start, end)` was read; if not, `message` may hold anything */
  read(bytes: Bytes, start: number, end: number): boolean {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const view = this.#view;
    if (!WRAPPER_START.isAt(view, start, end)) {
      return this.#scanner.scan(bytes, view, start) === end && this.#interpret();
    }
    const streamEnd = endOfLongString(bytes, view, start + WRAPPER_START.length);
    if (streamEnd === NOT_READ || !WRAPPER_MIDDLE.isAt(view, streamEnd, end)) return false;
    const dataEnd = this.#scanner.scan(bytes, view, streamEnd + WRAPPER_MIDDLE.length);
    return dataEnd === end - 1 && bytes[dataEnd] === CLOSE_BRACE && this.#interpret();
  }

  #interpret(): boolean {
    const { tags, tag, starts, ends } = this.#scanner;
    if (tags[SYMBOL] !== tag + VALUE.text) return false;
    const index = this.#message.symbols.find(this.#view, starts[SYMBOL] ?? 0, ends[SYMBOL] ?? 0);
    if (index === UNKNOWN_SYMBOL) return false;
    this.#message.symbolIndex = index;
    if ((tags[EVENT] ?? 0) < tag || this.#isText(EVENT, QUOTE)) return this.#quote();
    if (this.#isText(EVENT, TRADE)) return this.#trade();
    if (this.#isText(EVENT, AGGREGATE)) return this.#aggregate();
    return this.#isText(EVENT, CANDLE) && this.#kline();
  }

  #trade(): boolean {
    const { tags, tag } = this.#scanner;
    if ((tags[EXECUTION] ?? 0) > tag && !this.#isText(EXECUTION, MARKET)) return false;
    this.#message.trade.trades = 1;
    return this.#commonTrade(TRADE_ID);
  }

  #aggregate(): boolean {
    this.#message.trade.trades = this.#integer(LAST_TRADE_ID) - this.#integer(FIRST_TRADE_ID) + 1;
    return this.#commonTrade(AGGREGATE_ID);
  }

  #commonTrade(idSlot: number): boolean {
    const message = this.#message;
    const { trade } = message;
    const { tags, tag, numbers } = this.#scanner;
    const integer = tag + VALUE.integer;
    const decimal = tag + VALUE.decimal;
    if (tags[idSlot] !== integer || tags[EVENT_TIME] !== integer || tags[TRADE_TIME] !== integer) return false;
    if (tags[PRICE] !== decimal || tags[QUANTITY] !== decimal) return false;
    if (tags[BUYER_IS_MAKER] !== tag + VALUE.flag) return false;
    message.sequence = numbers[idSlot] ?? NaN;
    message.eventTime = numbers[EVENT_TIME] ?? NaN;
    trade.price = numbers[PRICE] ?? NaN;
    trade.quantity = numbers[QUANTITY] ?? NaN;
    trade.time = numbers[TRADE_TIME] ?? NaN;
    trade.buyerIsTaker = numbers[BUYER_IS_MAKER] === 0;
    return message.acceptTrade();
  }

  #quote(): boolean {
    const message = this.#message;
    const { quote } = message;
    const { tags, tag, numbers } = this.#scanner;
    const integer = tag + VALUE.integer;
    const decimal = tag + VALUE.decimal;
    const hasEventTime = (tags[EVENT_TIME] ?? 0) > tag;
    const hasTime = (tags[TRADE_TIME] ?? 0) > tag;
    if (tags[UPDATE_ID] !== integer || tags[BID] !== decimal || tags[BID_QUANTITY] !== decimal) return false;
    if (tags[ASK] !== decimal || tags[ASK_QUANTITY] !== decimal) return false;
    if ((hasEventTime && tags[EVENT_TIME] !== integer) || (hasTime && tags[TRADE_TIME] !== integer)) return false;
    message.sequence = numbers[UPDATE_ID] ?? NaN;
    message.eventTime = hasEventTime ? (numbers[EVENT_TIME] ?? NaN) : NaN;
    quote.time = hasTime ? (numbers[TRADE_TIME] ?? NaN) : message.receivedAtMs;
    quote.bid = numbers[BID] ?? NaN;
    quote.bidQuantity = numbers[BID_QUANTITY] ?? NaN;
    quote.ask = numbers[ASK] ?? NaN;
    quote.askQuantity = numbers[ASK_QUANTITY] ?? NaN;
    return message.acceptQuote();
  }

  #kline(): boolean {
    const message = this.#message;
    const { tags, tag, numbers } = this.#scanner;
    if (tags[KLINE] !== tag + VALUE.nested || tags[NESTED + CLOSED] !== tag + VALUE.flag) return false;
    const interval = this.#string(NESTED + INTERVAL);
    const timeframe = TIMEFRAMES.find((known) => known === interval);
    if (timeframe === undefined || this.#string(NESTED + SYMBOL) !== message.symbols.symbol(message.symbolIndex)) {
      return false;
    }
    message.eventTime = this.#integer(EVENT_TIME);
    message.firstTradeId = this.#integer(NESTED + FIRST_TRADE_ID);
    message.lastTradeId = this.#integer(NESTED + LAST_TRADE_ID_OF_CANDLE);
    const figures = {
      openTime: this.#integer(NESTED + OPEN_TIME),
      open: this.#longDecimal(NESTED + OPEN),
      high: this.#longDecimal(NESTED + HIGH),
      low: this.#longDecimal(NESTED + LOW),
      close: this.#longDecimal(NESTED + CLOSE),
      volume: this.#longDecimal(NESTED + VOLUME),
      quoteVolume: this.#longDecimal(NESTED + QUOTE_VOLUME),
      trades: this.#integer(NESTED + TRADES),
      buyVolume: this.#longDecimal(NESTED + BUY_VOLUME),
    };
    return message.acceptCandle(figures, timeframe, numbers[NESTED + CLOSED] === 1);
  }

  #isText(slot: number, text: Literal): boolean {
    const { tags, tag, starts, ends } = this.#scanner;
    const [start, end] = [starts[slot] ?? 0, ends[slot] ?? 0];
    return tags[slot] === tag + VALUE.text && end - start === text.length && text.isAt(this.#view, start, end);
  }

  /** A text as a string; null when something else stands there. */
  #string(slot: number): string | null {
    const { tags, tag, starts, ends } = this.#scanner;
    return tags[slot] === tag + VALUE.text ? this.#bytes.toString('latin1', starts[slot], ends[slot]) : null;
  }

  #integer(slot: number): number {
    const { tags, tag, numbers } = this.#scanner;
    return tags[slot] === tag + VALUE.integer ? (numbers[slot] ?? NaN) : NaN;
  }

  #decimal(slot: number): number {
    const { tags, tag, numbers } = this.#scanner;
    return tags[slot] === tag + VALUE.decimal ? (numbers[slot] ?? NaN) : NaN;
  }

  /** Volumes of candles may have more digits than the scanner reads. */
  #longDecimal(slot: number): number {
    const text = this.#string(slot);
    return text === null ? this.#decimal(slot) : plainDecimal(text);
  }
}
