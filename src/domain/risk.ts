import type { Decimal, Money } from './decimal.ts';
import type { RiskEventId, UserId } from './ids.ts';

/** The limits that the risk engine holds. Percentages are 0 .. 100; null means no such limit. */
export interface RiskLimits {
  readonly maxDailyLossPct: Decimal;
  readonly maxConsecutiveLosses: number;
  readonly cooldownMs: number;
  readonly maxOpenPositions: number;
  /** Notional of all open positions against equity. */
  readonly maxExposurePct: Decimal | null;
  /** Notional of one position against equity. */
  readonly maxPositionPct: Decimal | null;
  readonly maxLeverage: number;
}

export type BreakerCause = 'daily_loss' | 'consecutive_losses' | 'kill_switch' | 'paused_by_user';

/** Whether positions may be opened. Closing and reducing are always allowed. */
export type BreakerPosition =
  | { readonly status: 'closed' }
  | {
      readonly status: 'tripped';
      readonly cause: BreakerCause;
      readonly reason: string;
      readonly since: number;
      /** When it resets by itself; null: only by the user's `resume`. */
      readonly resetAt: number | null;
    };

/** The circuit breaker of one user, with the figures of the UTC day that it judges. */
export interface CircuitBreakerState {
  readonly userId: UserId;
  readonly breaker: BreakerPosition;
  /** 00:00 UTC of the day that the figures count, milliseconds. */
  readonly dayStart: number;
  readonly dayStartEquity: Money;
  readonly dailyPnl: Money;
  readonly dailyPnlPct: Decimal;
  readonly dailyTrades: number;
  readonly dailyWins: number;
  readonly dailyLosses: number;
  readonly consecutiveLosses: number;
  readonly updatedAt: number;
}

export type RiskEventType =
  | 'drawdown_warning'
  | 'consecutive_loss'
  | 'circuit_breaker_triggered'
  | 'circuit_breaker_reset'
  | 'max_exposure_reached'
  | 'kill_switch_activated'
  | 'anomaly_detected'
  | 'position_unprotected'
  | 'exit_failed'
  | 'liquidation_near'
  | 'trader_disabled'
  | 'stream_lost'
  | 'foreign_instance'
  | 'symbol_not_trading';

/** Something about risk that a person should know, kept for good. */
export interface RiskEvent {
  readonly id: RiskEventId;
  readonly userId: UserId;
  readonly type: RiskEventType;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly message: string;
  /** Details as JSON text. */
  readonly data: string;
  readonly acknowledged: boolean;
  readonly at: number;
}
