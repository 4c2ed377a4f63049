import type { Account, Balance, MoneyKind } from '../domain/account.ts';
import type { Candle, Ticker } from '../domain/candle.ts';
import type { EngineCommand } from '../domain/command.ts';
import type { Decimal, Money } from '../domain/decimal.ts';
import type { AitraderError } from '../domain/errors.ts';
import type { AuditRecord } from '../domain/event.ts';
import type { Filter } from '../domain/filter.ts';
import type { UserId, VenueSymbol } from '../domain/ids.ts';
import type { Order } from '../domain/order/order.ts';
import type { Position } from '../domain/position/position.ts';
import type { BreakerPosition } from '../domain/risk.ts';
import type { Signal } from '../domain/signal.ts';
import type { Timeframe } from '../domain/time.ts';
import type { Trader } from '../domain/trader.ts';
import type { Result } from '../lib/result.ts';
import type { FilterFault, NearMiss } from './filter-sandbox.ts';

/** The desk at a glance. */
export interface EngineStatus {
  readonly money: MoneyKind;
  readonly account: Account;
  readonly startedAt: number;
  readonly feed: 'connected' | 'reconnecting' | 'offline';
  readonly feedLatencyMs: number;
  readonly breaker: BreakerPosition;
  readonly equity: Money;
  readonly dailyPnl: Money;
  readonly dailyPnlPct: Decimal;
}

/** How far the matches of a trader came, counted since it was put to work in this process. */
export interface TraderFunnel {
  /** Symbols looked at, each time that one was. */
  readonly checked: number;
  readonly matched: number;
  readonly approved: number;
  readonly ordered: number;
  readonly filled: number;
  /** Code of the last refusal. */
  readonly lastRefusal: string | null;
  /** The symbol nearest to its trigger in the last check of all symbols, null when the filter plots nothing. */
  readonly nearestMiss: NearMiss | null;
  /** What went wrong in the last check, null when it went well. Holds words of the filter: escape them before showing. */
  readonly lastFault: FilterFault | null;
}

/** A market as frontends show it. */
export interface MarketRow extends Ticker {
  /** Milliseconds since the last message; `stale` past the symbol's limit. */
  readonly ageMs: number;
  readonly stale: boolean;
}

/** The newest closed candles of a symbol: at most `limit`, from 1. */
export interface CandleRequest {
  readonly symbol: VenueSymbol;
  readonly timeframe: Timeframe;
  readonly limit: number;
}

/**
 * The engine as frontends and agents see it: commands in, audit records and read-only views out. Views are cheap snapshots
 * that are taken at the caller's pace; they never change after they were given out.
 */
export interface EngineHandle {
  /** Hands a command over; settles when it was handled. Refusals are answers with a code. */
  execute(command: EngineCommand, by: UserId): Promise<Result<null, AitraderError>>;
  status(): EngineStatus;
  markets(): readonly MarketRow[];
  traders(): readonly { readonly trader: Trader; readonly funnel: TraderFunnel; readonly nextCheckAt: number | null }[];
  /** The filters that traders are, or can be, made of. */
  filters(): readonly Filter[];
  /** Oldest first; fewer when the symbol is younger. Rejects when they are not at hand and the venue gives none. */
  candles(request: CandleRequest): Promise<readonly Candle[]>;
  signals(): readonly Signal[];
  orders(): readonly Order[];
  positions(): readonly Position[];
  balances(): readonly Balance[];
  /** Every state change from now on, in order. Returns the way to stop listening. */
  onAudit(listener: (record: AuditRecord) => void): () => void;
}
