import type { Ticker } from '../../../../domain/candle.ts';
import { TIMEFRAMES } from '../../../../domain/time.ts';
import type { MarkTick } from '../../../../ports/market-feed.ts';
import { isAmount, isPrice, isTime, plainDecimal } from './market-message.ts';
import type { MarketMessage } from './market-message.ts';
import { UNKNOWN_SYMBOL } from './symbol-table.ts';

/** What a message turned out to be. */
export type SlowReading =
  /** One of the frequent kinds: it stands in the MarketMessage. */
  | { readonly type: 'frequent' }
  | { readonly type: 'ticker'; readonly ticker: Ticker }
  | { readonly type: 'mark'; readonly tick: MarkTick }
  /** The server is about to close the connection. */
  | { readonly type: 'shutdown' }
  /** The answer to a request on this connection; `error` is null when it was done. */
  | { readonly type: 'answer'; readonly id: number | null; readonly error: string | null }
  /** Well formed, and of no interest: other events, symbols that nobody follows. */
  | { readonly type: 'ignored' }
  | { readonly type: 'rejected'; readonly problem: string };

type Fields = Readonly<Record<string, unknown>>;

const FREQUENT: SlowReading = { type: 'frequent' };
const IGNORED: SlowReading = { type: 'ignored' };

function rejected(problem: string): SlowReading {
  return { type: 'rejected', problem };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decimal(value: unknown): number {
  return typeof value === 'string' ? plainDecimal(value) : NaN;
}

function wholeNumber(value: unknown): number {
  const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);
  return isCount ? value : NaN;
}

/**
 * Reads any message of the market streams by JSON.parse: the rare kinds, and of the frequent kinds those that the fast
 * reader did not know for certain. It has the last word on what makes sense.
 */
export class JsonReader {
  readonly #message: MarketMessage;

  /** @param message where frequent messages are written to */
  constructor(message: MarketMessage) {
    this.#message = message;
  }

  read(text: string): SlowReading {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      return rejected('not JSON');
    }
    if (!isFields(parsed)) return rejected('not an object');
    if (typeof parsed.stream === 'string' && isFields(parsed.data)) return this.#event(parsed.data);
    return 'e' in parsed || 's' in parsed ? this.#event(parsed) : answer(parsed);
  }

  #event(fields: Fields): SlowReading {
    const { e: name, s: symbol } = fields;
    if (name === 'serverShutdown') return { type: 'shutdown' };
    const read = name === undefined ? readQuote : EVENTS.get(name);
    if (read === undefined) return typeof name === 'string' ? IGNORED : rejected('the event type is no text');
    if (typeof symbol !== 'string') return rejected('the symbol is no text');
    const index = this.#message.symbols.indexOf(symbol);
    if (index === UNKNOWN_SYMBOL) return IGNORED;
    this.#message.symbolIndex = index;
    this.#message.eventTime = wholeNumber(fields.E);
    return read(fields, this.#message);
  }
}

type EventReader = (fields: Fields, message: MarketMessage) => SlowReading;

const EVENTS = new Map<unknown, EventReader>([
  ['trade', readTrade],
  ['aggTrade', readAggregate],
  ['bookTicker', readQuote],
  ['kline', readKline],
  ['24hrTicker', readTicker],
  ['markPriceUpdate', readMark],
]);

/** Trades outside the market (insurance fund, ADL, `NA` with a price of 0) move no price and count in no candle. */
function readTrade(fields: Fields, message: MarketMessage): SlowReading {
  if (fields.X !== undefined && fields.X !== 'MARKET') return IGNORED;
  message.sequence = wholeNumber(fields.t);
  message.trade.trades = 1;
  return readTradeFigures(fields, message);
}

function readAggregate(fields: Fields, message: MarketMessage): SlowReading {
  message.sequence = wholeNumber(fields.a);
  message.trade.trades = wholeNumber(fields.l) - wholeNumber(fields.f) + 1;
  return readTradeFigures(fields, message);
}

function readTradeFigures(fields: Fields, message: MarketMessage): SlowReading {
  const { trade } = message;
  if (typeof fields.m !== 'boolean') return rejected('the side of a trade is no boolean');
  trade.price = decimal(fields.p);
  trade.quantity = decimal(fields.q);
  trade.time = wholeNumber(fields.T);
  trade.buyerIsTaker = !fields.m;
  return message.acceptTrade() ? FREQUENT : rejected('the figures are not those of a trade');
}

function readQuote(fields: Fields, message: MarketMessage): SlowReading {
  const { quote } = message;
  if (fields.E !== undefined && !isTime(message.eventTime)) return rejected('the event time is no time');
  message.sequence = wholeNumber(fields.u);
  quote.time = fields.T === undefined ? message.receivedAtMs : wholeNumber(fields.T);
  quote.bid = decimal(fields.b);
  quote.bidQuantity = decimal(fields.B);
  quote.ask = decimal(fields.a);
  quote.askQuantity = decimal(fields.A);
  return message.acceptQuote() ? FREQUENT : rejected('the figures are not those of a quote');
}

function readKline(fields: Fields, message: MarketMessage): SlowReading {
  const { k: kline } = fields;
  if (!isFields(kline) || kline.s !== fields.s) return rejected('the candle is none of its symbol');
  if (typeof kline.x !== 'boolean' || typeof kline.i !== 'string')
    return rejected('the candle has no interval or state');
  const timeframe = TIMEFRAMES.find((known) => known === kline.i);
  if (timeframe === undefined) return IGNORED;
  message.firstTradeId = wholeNumber(kline.f);
  message.lastTradeId = wholeNumber(kline.L);
  const figures = {
    openTime: wholeNumber(kline.t),
    open: decimal(kline.o),
    high: decimal(kline.h),
    low: decimal(kline.l),
    close: decimal(kline.c),
    volume: decimal(kline.v),
    quoteVolume: decimal(kline.q),
    trades: wholeNumber(kline.n),
    buyVolume: decimal(kline.V),
  };
  const isAccepted = message.acceptCandle(figures, timeframe, kline.x);
  return isAccepted ? FREQUENT : rejected('the figures are not those of a candle');
}

/**
 * 24 h figures of a symbol; futures have no bid and ask in them.
 *
 *     {"e":"24hrTicker","E":1672515782136,"s":"BNBBTC","p":"0.0015","P":"250.00","c":"0.0025","b":"0.0024","a":"0.0026",
 *      "o":"0.0010","h":"0.0025","l":"0.0010","v":"10000","q":"18", ...}
 */
function readTicker(fields: Fields, message: MarketMessage): SlowReading {
  const ticker: Ticker = {
    symbol: message.symbols.symbol(message.symbolIndex),
    time: message.eventTime,
    last: decimal(fields.c),
    bid: quoted(fields.b),
    ask: quoted(fields.a),
    mark: NaN,
    open: decimal(fields.o),
    high: decimal(fields.h),
    low: decimal(fields.l),
    volume: decimal(fields.v),
    quoteVolume: decimal(fields.q),
    changePct: signedDecimal(fields.P),
  };
  const { time, last, low, high, volume, quoteVolume, changePct } = ticker;
  const makesSense = isTime(time) && isPrice(last) && isPrice(low) && high >= low && isAmount(volume);
  if (!makesSense || !isAmount(quoteVolume) || Number.isNaN(changePct)) {
    return rejected('the figures are not those of a ticker');
  }
  return { type: 'ticker', ticker };
}

/** A price of zero means that nobody quotes. */
function quoted(value: unknown): number {
  const price = decimal(value);
  return price > 0 ? price : NaN;
}

function signedDecimal(value: unknown): number {
  if (typeof value !== 'string') return NaN;
  return value.startsWith('-') ? -plainDecimal(value.slice(1)) : plainDecimal(value);
}

/** `{"e":"markPriceUpdate","E":1562305380000,"s":"BTCUSDT","p":"11794.15000000","i":"...","P":"...","r":"...","T":...}` */
function readMark(fields: Fields, message: MarketMessage): SlowReading {
  const price = decimal(fields.p);
  const time = message.eventTime;
  if (!isPrice(price) || !isTime(time)) return rejected('the figures are not those of a mark price');
  const symbol = message.symbols.symbol(message.symbolIndex);
  return { type: 'mark', tick: { symbol, price, fundingRate: signedDecimal(fields.r), time } };
}

/** `{"result":null,"id":1}`, `{"error":{"code":2,"msg":"Invalid request: ..."},"id":1}` or `{"code":3,"msg":"..."}`. */
function answer(fields: Fields): SlowReading {
  const id = typeof fields.id === 'number' ? fields.id : null;
  const failure = isFields(fields.error) ? fields.error : fields;
  if (typeof failure.msg === 'string') return { type: 'answer', id, error: failure.msg };
  return 'result' in fields ? { type: 'answer', id, error: null } : rejected('neither an event nor an answer');
}
