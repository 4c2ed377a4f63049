import fc from 'fast-check';

import type { AuditRecord } from '../../domain/event.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import type { CircuitBreakerState, RiskEvent } from '../../domain/risk.ts';
import { TIMEFRAMES } from '../../domain/time.ts';
import type { EngineStateEntry, Heartbeat } from '../../ports/store/changes.ts';
import { aboveZero, arbitraryAmount, arbitraryFloat, arbitraryId, arbitraryJson } from './arbitrary-values.ts';
import {
  arbitraryMarket,
  arbitrarySymbol,
  arbitraryText,
  arbitraryTime,
  notNegative,
  orNull,
  record,
} from './arbitrary-values.ts';

export const arbitraryBreaker: fc.Arbitrary<CircuitBreakerState> = record({
  userId: arbitraryId(),
  breaker: fc.oneof(
    record({ status: fc.constant('closed' as const) }),
    record({
      status: fc.constant('tripped' as const),
      cause: fc.constantFrom(...(['daily_loss', 'consecutive_losses', 'kill_switch', 'paused_by_user'] as const)),
      reason: arbitraryText,
      since: arbitraryTime,
      resetAt: orNull(arbitraryTime),
    }),
  ),
  dayStart: arbitraryTime,
  dayStartEquity: arbitraryAmount(),
  dailyPnl: arbitraryAmount(),
  dailyPnlPct: arbitraryAmount(),
  dailyTrades: fc.nat(),
  dailyWins: fc.nat(),
  dailyLosses: fc.nat(),
  consecutiveLosses: fc.nat(),
  updatedAt: arbitraryTime,
});

export const arbitraryRiskEvent: fc.Arbitrary<RiskEvent> = record({
  id: arbitraryId(),
  userId: arbitraryId(),
  type: fc.constantFrom(
    ...(['drawdown_warning', 'consecutive_loss', 'circuit_breaker_triggered', 'circuit_breaker_reset'] as const),
    ...(['max_exposure_reached', 'kill_switch_activated', 'anomaly_detected', 'position_unprotected'] as const),
    ...(['exit_failed', 'liquidation_near', 'trader_disabled', 'stream_lost', 'foreign_instance'] as const),
    'symbol_not_trading' as const,
  ),
  severity: fc.constantFrom('info', 'warning', 'critical'),
  message: arbitraryText,
  data: arbitraryJson,
  acknowledged: fc.boolean(),
  at: arbitraryTime,
});

export const arbitraryJournalEntry: fc.Arbitrary<JournalEntry> = record({
  id: arbitraryId(),
  userId: arbitraryId(),
  tradeId: arbitraryId(),
  market: arbitraryMarket,
  symbol: arbitrarySymbol,
  side: fc.constantFrom('long', 'short'),
  entryPrice: arbitraryAmount(aboveZero),
  exitPrice: orNull(arbitraryAmount(aboveZero)),
  quantity: arbitraryAmount(notNegative),
  pnl: arbitraryAmount(),
  pnlPct: arbitraryAmount(),
  strategy: arbitraryText,
  timeframe: fc.constantFrom(...TIMEFRAMES),
  setup: fc.constantFrom('breakout', 'reversal', 'trend_follow', 'mean_reversion', 'other'),
  regime: orNull(
    fc.constantFrom(
      ...(['trend_up', 'trend_down', 'range', 'breakout'] as const),
      ...(['volatile', 'accumulation', 'distribution', 'transition'] as const),
    ),
  ),
  entryReasoning: arbitraryText,
  exitReasoning: arbitraryText,
  confidence: fc.integer({ min: 0, max: 100 }),
  atEntry: record({ rsi: arbitraryFloat, atr: arbitraryFloat, volume: arbitraryFloat }),
  wasCorrectEntry: orNull(fc.boolean()),
  wasCorrectExit: orNull(fc.boolean()),
  maxDrawdown: arbitraryAmount(notNegative),
  maxProfit: arbitraryAmount(),
  holdMs: arbitraryTime,
  lessons: arbitraryText,
  improvements: arbitraryText,
  createdAt: arbitraryTime,
});

export const arbitraryAuditRecord: fc.Arbitrary<AuditRecord> = record({
  seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  at: arbitraryTime,
  userId: arbitraryId(),
  subject: arbitraryText,
  subjectId: arbitraryText,
  change: arbitraryText,
  data: arbitraryJson,
});

export const arbitraryHeartbeat: fc.Arbitrary<Heartbeat> = record({
  userId: arbitraryId(),
  part: arbitraryText,
  at: arbitraryTime,
  detail: arbitraryJson,
});

export const arbitraryEngineState: fc.Arbitrary<EngineStateEntry> = record({
  userId: arbitraryId(),
  key: arbitraryText,
  value: arbitraryJson,
  updatedAt: arbitraryTime,
});
