import type { MarketEventSink, MarkEvent, QuoteEvent, RawEvent, TradeEvent } from './source.ts';

/** An event of a source as a value of its own. Raw messages are kept as text. */
export type LoggedEvent =
  | ({ readonly type: 'trade' } & Readonly<TradeEvent>)
  | ({ readonly type: 'quote' } & Readonly<QuoteEvent>)
  | ({ readonly type: 'mark' } & Readonly<MarkEvent>)
  | { readonly type: 'raw'; readonly timeMs: number; readonly stream: string; readonly text: string };

/** A sink that keeps all events: for tests and for looking at a source. */
export class EventLog implements MarketEventSink {
  readonly events: LoggedEvent[] = [];

  trade(event: Readonly<TradeEvent>): void {
    this.events.push({ type: 'trade', ...event });
  }

  quote(event: Readonly<QuoteEvent>): void {
    this.events.push({ type: 'quote', ...event });
  }

  mark(event: Readonly<MarkEvent>): void {
    this.events.push({ type: 'mark', ...event });
  }

  raw({ timeMs, stream, bytes, dataStart, dataEnd }: Readonly<RawEvent>): void {
    this.events.push({ type: 'raw', timeMs, stream, text: bytes.toString('utf8', dataStart, dataEnd) });
  }

  /** The events of one kind, in order. */
  of<Type extends LoggedEvent['type']>(type: Type): Extract<LoggedEvent, { type: Type }>[] {
    return this.events.filter((event): event is Extract<LoggedEvent, { type: Type }> => event.type === type);
  }
}
