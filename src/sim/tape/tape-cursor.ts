import type { MarketEventSink } from '../market/source.ts';

/** One file of a tape being played. */
export interface TapeCursor {
  /** Market time of the next record, Infinity after the last, NaN while `fill` must be awaited to know it. */
  readonly nextMs: number;
  /** Sends the events of the next record, and goes on to the one after it. */
  sendNext(sink: MarketEventSink): void;
  /** Fetches what is needed to know the next record. */
  fill(): Promise<void>;
  close(): void;
}
