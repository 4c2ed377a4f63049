import type { Candle, Ticker } from '../../domain/candle.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MarketSink, MarkTick, QuoteTick, TradeTick } from '../../ports/market-feed.ts';

/** A message as a value of its own, with the simulated time at which it came. */
export type LoggedMessage = { readonly at: number } & (
  | { readonly type: 'trade'; readonly tick: Readonly<TradeTick> }
  | { readonly type: 'quote'; readonly tick: Readonly<QuoteTick> }
  | { readonly type: 'candle'; readonly candle: Candle }
  | { readonly type: 'ticker'; readonly ticker: Ticker }
  | { readonly type: 'mark'; readonly tick: Readonly<MarkTick> }
);

/** A sink that keeps all messages: for tests and for looking at a market. */
export class SinkLog implements MarketSink {
  readonly messages: LoggedMessage[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  trade(tick: Readonly<TradeTick>): void {
    this.messages.push({ at: this.#clock.now(), type: 'trade', tick: { ...tick } });
  }

  quote(tick: Readonly<QuoteTick>): void {
    this.messages.push({ at: this.#clock.now(), type: 'quote', tick: { ...tick } });
  }

  candle(candle: Candle): void {
    this.messages.push({ at: this.#clock.now(), type: 'candle', candle });
  }

  ticker(ticker: Ticker): void {
    this.messages.push({ at: this.#clock.now(), type: 'ticker', ticker });
  }

  mark(tick: Readonly<MarkTick>): void {
    this.messages.push({ at: this.#clock.now(), type: 'mark', tick: { ...tick } });
  }

  /** The candles that closed, in the order in which they were told. */
  get closed(): Candle[] {
    return this.messages.flatMap((message) =>
      message.type === 'candle' && message.candle.closed ? [message.candle] : [],
    );
  }
}
