import type { InstrumentStatus, Market } from '../../domain/instrument.ts';
import type { RefusalName } from '../venue-error.ts';

/** Which connections a fault is for: market streams of a market, user data, or all. */
export type SocketGroup = 'spot' | 'futures' | 'user' | 'all';

/** Faults of the next `count` messages of the streams whose name contains `stream` (`user` for user data). */
export interface StreamFault {
  readonly kind: 'drop' | 'delay' | 'double' | 'reorder';
  readonly stream: string;
  readonly count: number;
  /** How late, for `delay`. */
  readonly delayMs: number;
}

/** Faults of the next `count` requests whose `METHOD /path` contains `endpoint`. */
export type RequestFault = { readonly endpoint: string; readonly count: number } & (
  | { readonly kind: 'refuse'; readonly refusal: RefusalName }
  /** 5xx, and nothing was done. */
  | { readonly kind: 'error_before' }
  /** 5xx, but the request was carried out. */
  | { readonly kind: 'error_after' }
  /** The request was carried out and the connection breaks before the answer. */
  | { readonly kind: 'lose_answer' }
  | { readonly kind: 'delay_answer'; readonly delayMs: number }
);

/** Faults of the next `count` orders. */
export type OrderFault = { readonly count: number } &
  /** The account's events of the order come so late; the answer and queries know at once. */
  (
    | { readonly kind: 'late_fill'; readonly delayMs: number }
    /** The book holds only this part of the order's size. */
    | { readonly kind: 'partial_fill'; readonly fraction: number }
  );

/** Things that happen once. */
export type Incident =
  | { readonly kind: 'cut_sockets' | 'freeze_sockets' | 'server_shutdown'; readonly group: SocketGroup }
  | { readonly kind: 'rate_limit'; readonly market: Market }
  | { readonly kind: 'ban'; readonly market: Market; readonly seconds: number }
  | { readonly kind: 'clock_skew'; readonly skewMs: number }
  | { readonly kind: 'tick_size'; readonly market: Market; readonly symbol: string; readonly tick: string }
  | {
      readonly kind: 'symbol_status';
      readonly market: Market;
      readonly symbol: string;
      readonly status: InstrumentStatus;
    }
  /** The mark price moves to where the account's position in the symbol is liquidated. */
  | { readonly kind: 'liquidate'; readonly symbol: string }
  /** The next funding is at this rate. */
  | { readonly kind: 'funding'; readonly symbol: string; readonly rate: number };

export type Fault = StreamFault | RequestFault | OrderFault | Incident;

/** A fault and when it comes: milliseconds of market time after the start (or after it was posted). */
export interface ScriptedFault {
  readonly afterMs: number;
  readonly fault: Fault;
}

/** Faults by chance: probabilities per message or request. */
export interface FaultRates {
  readonly drop: number;
  readonly delay: number;
  readonly double: number;
  readonly reorder: number;
  readonly errorBefore: number;
  readonly errorAfter: number;
  readonly loseAnswer: number;
}

/** A fault script: the content of `--faults FILE` and of `POST /sim/faults`. */
export interface FaultScript {
  readonly seed: number;
  readonly rates: FaultRates;
  readonly faults: readonly ScriptedFault[];
}
