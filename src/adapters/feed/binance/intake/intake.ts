import type { VenueSymbol } from '../../../../domain/ids.ts';
import type { MarketSink } from '../../../../ports/market-feed.ts';
import { FastReader } from '../decode/fast-reader.ts';
import { JsonReader } from '../decode/json-reader.ts';
import type { SlowReading } from '../decode/json-reader.ts';
import { MarketMessage } from '../decode/market-message.ts';
import { SymbolTable, UNKNOWN_SYMBOL } from '../decode/symbol-table.ts';
import type { Bytes } from '../socket/frame-reader.ts';
import { CandleGuard } from './candle-guard.ts';
import type { CandleGap } from '../../shared/backfill.ts';
import { LatencyHistogram } from './latency.ts';

/** What the intake has counted since the start. */
export interface IntakeCounts {
  readonly messages: number;
  readonly bytes: number;
  readonly fallbackParses: number;
  readonly rejected: number;
  readonly dropped: number;
  readonly tradesMissed: number;
}

/** Last sequence of a symbol of which nothing was heard. */
const NOTHING_YET = -1;
/** Last sequence of a symbol that nobody follows: everything is older. */
const NOT_FOLLOWED = Infinity;

/**
 * Where the messages of all connections come in: reads them, leaves out what is late, doubled or senseless, and tells the
 * sink the rest. Several connections may deliver the same streams, as they do while one takes over from another.
 */
export class Intake {
  readonly latency = new LatencyHistogram();
  readonly candles: CandleGuard;
  /** What the venue's clock is ahead of ours. */
  clockOffsetMs = 0;
  readonly #sink: MarketSink;
  readonly #symbols = new SymbolTable();
  readonly #message = new MarketMessage(this.#symbols);
  readonly #fastReader = new FastReader(this.#message);
  readonly #jsonReader = new JsonReader(this.#message);
  /** By symbol number. The last trade id; after a loss -2 less it, as then it may begin anew. */
  #lastTradeId = new Float64Array(0);
  #lastUpdateId = new Float64Array(0);
  #messages = 0;
  #bytes = 0;
  #fallbackParses = 0;
  #rejected = 0;
  #dropped = 0;
  #tradesMissed = 0;

  /** @param onGap see CandleGuard */
  constructor(sink: MarketSink, onGap: (gap: CandleGap) => void) {
    this.#sink = sink;
    this.candles = new CandleGuard((candle) => sink.candle(candle), onGap);
  }

  get counts(): IntakeCounts {
    return {
      messages: this.#messages,
      bytes: this.#bytes,
      fallbackParses: this.#fallbackParses,
      rejected: this.#rejected,
      dropped: this.#dropped + this.candles.dropped,
      tradesMissed: this.#tradesMissed,
    };
  }

  /** Begins to take messages of a symbol. */
  follow(symbol: VenueSymbol): void {
    const index = this.#symbols.add(symbol);
    if (index >= this.#lastTradeId.length) {
      this.#lastTradeId = grown(this.#lastTradeId, 2 * index + 64);
      this.#lastUpdateId = grown(this.#lastUpdateId, 2 * index + 64);
    }
    this.#lastTradeId[index] = NOTHING_YET;
    this.#lastUpdateId[index] = NOTHING_YET;
  }

  unfollow(symbol: VenueSymbol): void {
    const index = this.#symbols.indexOf(symbol);
    if (index === UNKNOWN_SYMBOL) return;
    this.#lastTradeId[index] = NOT_FOLLOWED;
    this.#lastUpdateId[index] = NOT_FOLLOWED;
    this.candles.forget(symbol);
  }

  /** Streams of a symbol were interrupted: their ids may go on anywhere, also below the last one. */
  interrupted(symbol: VenueSymbol, streams: 'trades' | 'quotes' | 'all' = 'all'): void {
    const index = this.#symbols.indexOf(symbol);
    const last = this.#lastTradeId[index] ?? NOTHING_YET;
    if (last === NOT_FOLLOWED) return;
    if (last > NOTHING_YET && streams !== 'quotes') this.#lastTradeId[index] = -2 - last;
    if (streams !== 'trades') this.#lastUpdateId[index] = NOTHING_YET;
  }

  /** A chunk has come, whose messages follow. @param nowMs our clock */
  received(bytes: number, nowMs: number): void {
    this.#bytes += bytes;
    this.#message.receivedAtMs = nowMs + this.clockOffsetMs;
    this.latency.advance(nowMs);
  }

  /** Reads a message in place, if it is of a frequent kind and form. @returns whether it was read; see FrameSink */
  take(bytes: Bytes, start: number, end: number): boolean {
    this.#messages += 1;
    if (!this.#fastReader.read(bytes, start, end)) return false;
    this.#tell();
    return true;
  }

  /** Reads a message that `take` left. @returns what it was: answers and shutdowns concern the connection */
  text(message: string): SlowReading {
    const reading = this.#jsonReader.read(message);
    switch (reading.type) {
      case 'frequent':
        this.#fallbackParses += 1;
        this.#tell();
        break;
      case 'ticker':
        if (this.#isFollowed(reading.ticker.symbol)) this.#sink.ticker(reading.ticker);
        break;
      case 'mark':
        if (this.#isFollowed(reading.tick.symbol)) this.#sink.mark(reading.tick);
        break;
      case 'ignored':
        this.#dropped += 1;
        break;
      case 'rejected':
        this.#rejected += 1;
        break;
      case 'shutdown':
      case 'answer':
        break;
    }
    return reading;
  }

  #isFollowed(symbol: VenueSymbol): boolean {
    return this.#lastTradeId[this.#symbols.indexOf(symbol)] !== NOT_FOLLOWED;
  }

  /** Tells the sink what stands in the message, if it is news. */
  #tell(): void {
    const message = this.#message;
    const { symbolIndex, sequence } = message;
    this.latency.record(message.receivedAtMs - message.eventTime);
    if (message.kind === 'quote') {
      if (sequence <= (this.#lastUpdateId[symbolIndex] ?? 0)) {
        this.#dropped += 1;
        return;
      }
      this.#lastUpdateId[symbolIndex] = sequence;
      this.#sink.quote(message.quote);
    } else if (message.kind === 'trade') {
      const last = this.#lastTradeId[symbolIndex] ?? 0;
      if (sequence !== last + 1 && !this.#isNewTrade(sequence, last)) return;
      this.#lastTradeId[symbolIndex] = sequence;
      this.#sink.trade(message.trade);
    } else if (message.candle !== null && this.#isFollowed(message.candle.symbol)) {
      const { candle, eventTime, firstTradeId, lastTradeId } = message;
      this.candles.take({ candle, eventTime, firstTradeId, lastTradeId });
    }
  }

  /** A trade that does not follow the last one: the first, one after an interruption or a hole, or a late one. */
  #isNewTrade(id: number, last: number): boolean {
    if (last === NOTHING_YET) return true;
    if (last > NOTHING_YET && id <= last) {
      this.#dropped += 1;
      return false;
    }
    const previous = last > NOTHING_YET ? last : -2 - last;
    this.#tradesMissed += Math.max(0, id - previous - 1);
    return true;
  }
}

function grown(column: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length).fill(NOT_FOLLOWED);
  larger.set(column);
  return larger;
}
