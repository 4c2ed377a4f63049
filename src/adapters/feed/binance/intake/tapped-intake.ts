import type { MarketSink } from '../../../../ports/market-feed.ts';
import type { Bytes } from '../socket/frame-reader.ts';
import type { CandleGap } from '../../shared/backfill.ts';
import { Intake } from './intake.ts';

/**
 * Hears of every text message of the venue before it is read: the message is `bytes[start, end)`, valid during the call
 * only. Answers to subscriptions are among them.
 */
export type RawListener = (bytes: Uint8Array, start: number, end: number) => void;

/** An intake that passes every message on as it came; apart from it, so that the usual one does not have to ask. */
export class TappedIntake extends Intake {
  readonly #onRaw: RawListener;

  constructor(sink: MarketSink, terms: { readonly onGap: (gap: CandleGap) => void; readonly onRaw: RawListener }) {
    super(sink, terms.onGap);
    this.#onRaw = terms.onRaw;
  }

  override take(bytes: Bytes, start: number, end: number): boolean {
    this.#onRaw(bytes, start, end);
    return super.take(bytes, start, end);
  }
}
