import type { Market } from '../../domain/instrument.ts';
import type { Timeframe } from '../../domain/time.ts';
import type { MarketListener } from '../data/market-data.ts';
import type { SymbolData } from '../data/symbol-data.ts';
import type { PublicTrade } from '../data/trade-ring.ts';
import type { RawEvent } from '../market/source.ts';
import type { StreamHub } from './hub.ts';
import type { ForceOrder, MessageContext } from './message-text.ts';
import {
  aggTradeText,
  bookTickerText,
  contractInfoText,
  forceOrderText,
  klineText,
  tradeText,
} from './message-text.ts';
import { TimedStreams } from './timed-streams.ts';
import { INTERVALS_MS } from './topics.ts';

const ALL_BOOKS = '!bookTicker';

/** The streams of one symbol that are pushed with each event, by name; empty when nobody listens. */
interface PushedStreams {
  trade: string;
  aggTrade: string;
  bookTicker: string;
}

/** Makes the messages of one market's streams, only those that somebody listens to. */
export class StreamPublisher implements MarketListener {
  readonly #market: Market;
  readonly #hub: StreamHub;
  readonly #rawStreams: ReadonlySet<string>;
  readonly #contexts = new Map<SymbolData, MessageContext>();
  readonly #timed: TimedStreams;
  #pushed: (PushedStreams | undefined)[] = [];
  /** Somebody listens to the best bids and asks of all symbols. */
  #pushesAllBooks = false;

  /** @param rawStreams streams whose messages come as recorded and are not made here */
  constructor(market: Market, hub: StreamHub, rawStreams: ReadonlySet<string>) {
    this.#market = market;
    this.#hub = hub;
    this.#rawStreams = rawStreams;
    this.#timed = new TimedStreams(market, hub, (data) => this.#context(data));
  }

  /** True when some stream is due at fixed times. */
  get hasTimedStreams(): boolean {
    return this.#timed.size > 0;
  }

  /** Takes notice of what is listened to now. */
  refresh(symbols: readonly SymbolData[]): void {
    const topics = this.#hub.topics().filter(({ name }) => !this.#rawStreams.has(name));
    const bySymbol = new Map(symbols.map((data) => [data.symbol, data]));
    this.#pushed = [];
    for (const { name, kind, symbol } of topics) {
      const data = symbol === null ? undefined : bySymbol.get(symbol);
      if (data?.instrument(this.#market) === null) continue;
      if (data === undefined || (kind !== 'trade' && kind !== 'aggTrade' && kind !== 'bookTicker')) continue;
      const pushed = (this.#pushed[data.index] ??= { trade: '', aggTrade: '', bookTicker: '' });
      pushed[kind] = name;
    }
    this.#pushesAllBooks = topics.some(({ name }) => name === ALL_BOOKS);
    this.#timed.refresh(topics, bySymbol);
  }

  /** Sends what is due at `nowMs`, a multiple of 50 ms. */
  onTick(nowMs: number): void {
    this.#timed.publishDue(nowMs);
  }

  onTrade(data: SymbolData, trade: PublicTrade): void {
    const pushed = this.#pushed[data.index];
    if (pushed === undefined) return;
    if (pushed.trade !== '') this.#hub.publish(pushed.trade, tradeText(this.#context(data), trade));
    if (pushed.aggTrade !== '') this.#hub.publish(pushed.aggTrade, aggTradeText(this.#context(data), trade));
  }

  onQuote(data: SymbolData): void {
    const name = this.#pushed[data.index]?.bookTicker ?? '';
    const toAll = this.#pushesAllBooks && data.instrument(this.#market) !== null;
    if (name === '' && !toAll) return;
    const text = bookTickerText(this.#context(data), data);
    if (name !== '') this.#hub.publish(name, text);
    if (toAll) this.#hub.publish(ALL_BOOKS, text);
  }

  onMark(): void {
    // Mark prices are sent at fixed times, by TimedStreams.
  }

  onRaw(event: Readonly<RawEvent>): void {
    if (event.market === this.#market) this.#hub.publishBytes(event.stream, event);
  }

  onMinute(data: SymbolData, ended: readonly Timeframe[], nowMs: number): void {
    if (data.instrument(this.#market) === null) return;
    for (const interval of ended) {
      const name = `${data.symbol.toLowerCase()}@kline_${interval}`;
      const isWanted = this.#hub.has(name) && !this.#rawStreams.has(name);
      const row = isWanted ? data.candles.lastClosed(interval) : null;
      if (row === null) continue;
      const intervalMs = INTERVALS_MS[interval] ?? 0;
      const kline = { interval, intervalMs, row, isClosed: true, lastTradeId: data.lastTradeId, nowMs };
      this.#hub.publish(name, klineText(this.#context(data), kline));
    }
  }

  /** A liquidation, on the futures streams that show it. */
  forceOrder(data: SymbolData, order: ForceOrder): void {
    const text = forceOrderText(this.#context(data), order);
    this.#hub.publish(`${data.symbol.toLowerCase()}@forceOrder`, text);
    this.#hub.publish('!forceOrder@arr', text);
  }

  /** The status of a futures symbol has changed. */
  contractInfo(data: SymbolData, nowMs: number): void {
    const instrument = data.instrument('futures');
    if (instrument !== null) this.#hub.publish('!contractInfo', contractInfoText(instrument, nowMs));
  }

  #context(data: SymbolData): MessageContext {
    const known = this.#contexts.get(data);
    const format = data.format(this.#market);
    // Another tick or step comes with another format.
    if (known?.format === format) return known;
    const context = { market: this.#market, symbol: data.symbol, format };
    this.#contexts.set(data, context);
    return context;
  }
}
