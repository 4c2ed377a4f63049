import type { MarketEventSink, MarkEvent, QuoteEvent, TradeEvent } from './source.ts';

const TRADE = 0;
const QUOTE = 1;
const MARK = 2;

/** Event objects that are used again in every batch. */
class Pool<Event> {
  readonly events: Event[] = [];
  readonly #make: () => Event;
  used = 0;

  constructor(make: () => Event) {
    this.#make = make;
  }

  take(): Event {
    const at = this.used;
    this.used += 1;
    const known = this.events[at];
    if (known !== undefined) return known;
    const event = this.#make();
    this.events.push(event);
    return event;
  }
}

/** A list of whole numbers that grows and is emptied without giving its memory back. */
class Integers {
  values = new Int32Array(256);
  count = 0;

  push(value: number): void {
    if (this.count === this.values.length) {
      const larger = new Int32Array(2 * this.count);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.count] = value;
    this.count += 1;
  }
}

/** The last quote of every symbol that was sent: what a reader of the stream knows. */
export class TopsOfBook {
  readonly #figures: Float64Array;

  constructor(symbols: number) {
    this.#figures = new Float64Array(4 * symbols);
  }

  set(quote: Readonly<QuoteEvent>): void {
    const at = 4 * quote.symbolIndex;
    this.#figures[at] = quote.bid;
    this.#figures[at + 1] = quote.bidQuantity;
    this.#figures[at + 2] = quote.ask;
    this.#figures[at + 3] = quote.askQuantity;
  }

  /** Null before the first quote. */
  get(symbolIndex: number): Pick<QuoteEvent, 'bid' | 'bidQuantity' | 'ask' | 'askQuantity'> | null {
    const [bid = 0, bidQuantity = 0, ask = 0, askQuantity = 0] = this.#figures.subarray(4 * symbolIndex);
    return bid === 0 ? null : { bid, bidQuantity, ask, askQuantity };
  }
}

/**
 * The events of one step of the stream. Symbols are written one after another, each in order of time; they are sent in
 * order of time, those of one millisecond as they were written.
 */
export class EventBatch {
  readonly #trades = new Pool<TradeEvent>(() => ({
    ...{ symbolIndex: 0, timeMs: 0, price: 0, quantity: 0, buyerIsMaker: false, tradeId: 0 },
  }));
  readonly #quotes = new Pool<QuoteEvent>(() => ({
    ...{ symbolIndex: 0, timeMs: 0, bid: 0, bidQuantity: 0, ask: 0, askQuantity: 0 },
  }));
  readonly #marks = new Pool<MarkEvent>(() => ({
    ...{ symbolIndex: 0, timeMs: 0, markPrice: 0, indexPrice: 0, fundingRate: 0, nextFundingMs: 0 },
  }));
  /** Per event: kind + 4 x place in its pool, and milliseconds since the start of the step. */
  readonly #events = new Integers();
  readonly #offsets = new Integers();
  #order = new Int32Array(256);
  readonly #firstAt: Int32Array;
  #startMs = 0;
  #sent = 0;
  readonly #tops: TopsOfBook;

  /**
   * @param stepMs the events of a batch lie within so many milliseconds
   * @param tops where the last quote sent of every symbol is kept
   */
  constructor(stepMs: number, tops: TopsOfBook) {
    this.#tops = tops;
    this.#firstAt = new Int32Array(stepMs + 1);
  }

  /** Empties the batch for the step that begins at `startMs`. */
  begin(startMs: number): void {
    this.#startMs = startMs;
    this.#sent = 0;
    this.#events.count = this.#offsets.count = 0;
    this.#trades.used = this.#quotes.used = this.#marks.used = 0;
  }

  /** A new trade; the caller fills in the figures. */
  trade(symbolIndex: number, timeMs: number): TradeEvent {
    this.#add(TRADE + 4 * this.#trades.used, timeMs);
    const event = this.#trades.take();
    event.symbolIndex = symbolIndex;
    event.timeMs = timeMs;
    return event;
  }

  /** A new quote; the caller fills in the figures. */
  quote(symbolIndex: number, timeMs: number): QuoteEvent {
    this.#add(QUOTE + 4 * this.#quotes.used, timeMs);
    const event = this.#quotes.take();
    event.symbolIndex = symbolIndex;
    event.timeMs = timeMs;
    return event;
  }

  /** A new mark price; the caller fills in the figures. */
  mark(symbolIndex: number, timeMs: number): MarkEvent {
    this.#add(MARK + 4 * this.#marks.used, timeMs);
    const event = this.#marks.take();
    event.symbolIndex = symbolIndex;
    event.timeMs = timeMs;
    return event;
  }

  #add(event: number, timeMs: number): void {
    this.#events.push(event);
    this.#offsets.push(timeMs - this.#startMs);
  }

  /** Puts the events in order of time (counting sort), ready to be sent. */
  sort(): void {
    const { values: offsets, count } = this.#offsets;
    const firstAt = this.#firstAt.fill(0);
    if (this.#order.length < count) this.#order = new Int32Array(offsets.length);
    for (let i = 0; i < count; i += 1) {
      const next = (offsets[i] ?? 0) + 1;
      firstAt[next] = (firstAt[next] ?? 0) + 1;
    }
    for (let ms = 1; ms < firstAt.length; ms += 1) firstAt[ms] = (firstAt[ms] ?? 0) + (firstAt[ms - 1] ?? 0);
    for (let i = 0; i < count; i += 1) {
      const ms = offsets[i] ?? 0;
      const place = firstAt[ms] ?? 0;
      this.#order[place] = i;
      firstAt[ms] = place + 1;
    }
  }

  /** Time of the next event to be sent; Infinity when there is none left. */
  nextMs(): number {
    if (this.#sent >= this.#events.count) return Infinity;
    return this.#startMs + (this.#offsets.values[this.#order[this.#sent] ?? 0] ?? 0);
  }

  /** Sends the events up to and including `timeMs`. */
  send(timeMs: number, sink: MarketEventSink): void {
    const untilOffset = timeMs - this.#startMs;
    const { values: events, count } = this.#events;
    const offsets = this.#offsets.values;
    for (; this.#sent < count; this.#sent += 1) {
      const at = this.#order[this.#sent] ?? 0;
      if ((offsets[at] ?? 0) > untilOffset) return;
      const event = events[at] ?? 0;
      const place = event >> 2;
      if ((event & 3) === QUOTE) {
        const quote = this.#quotes.events[place] as QuoteEvent;
        this.#tops.set(quote);
        sink.quote(quote);
      } else if ((event & 3) === TRADE) sink.trade(this.#trades.events[place] as TradeEvent);
      else sink.mark(this.#marks.events[place] as MarkEvent);
    }
  }
}
