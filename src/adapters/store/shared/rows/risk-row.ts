import { asId } from '../../../../domain/ids.ts';
import type {
  BreakerCause,
  BreakerPosition,
  CircuitBreakerState,
  RiskEvent,
  RiskEventType,
} from '../../../../domain/risk.ts';
import { amountText, flagNumber, present, readAmount, readFlag, readRow, readWord } from '../fields.ts';
import type { RowOf, TableDefinition } from '../table.ts';

export const CIRCUIT_BREAKERS = {
  kind: 'entity',
  key: ['user_id'],
  columns: {
    user_id: 'text',
    status: 'text',
    cause: 'text?',
    reason: 'text?',
    since: 'integer?',
    reset_at: 'integer?',
    day_start: 'integer',
    day_start_equity: 'text',
    daily_pnl: 'text',
    daily_pnl_pct: 'text',
    daily_trades: 'integer',
    daily_wins: 'integer',
    daily_losses: 'integer',
    consecutive_losses: 'integer',
    updated_at: 'integer',
  },
} as const satisfies TableDefinition;

export const RISK_EVENTS = {
  kind: 'entity',
  key: ['id'],
  columns: {
    id: 'text',
    user_id: 'text',
    type: 'text',
    severity: 'text',
    message: 'text',
    data: 'text',
    acknowledged: 'integer',
    at: 'integer',
  },
} as const satisfies TableDefinition;

type BreakerRow = RowOf<typeof CIRCUIT_BREAKERS>;
type RiskEventRow = RowOf<typeof RISK_EVENTS>;

const BREAKER_STATUSES: Record<BreakerPosition['status'], true> = { closed: true, tripped: true };
const CAUSES: Record<BreakerCause, true> = {
  daily_loss: true,
  consecutive_losses: true,
  kill_switch: true,
  paused_by_user: true,
};
const SEVERITIES: Record<RiskEvent['severity'], true> = { info: true, warning: true, critical: true };
const EVENT_TYPES: Record<RiskEventType, true> = {
  drawdown_warning: true,
  consecutive_loss: true,
  circuit_breaker_triggered: true,
  circuit_breaker_reset: true,
  max_exposure_reached: true,
  kill_switch_activated: true,
  anomaly_detected: true,
  position_unprotected: true,
  exit_failed: true,
  liquidation_near: true,
  trader_disabled: true,
  stream_lost: true,
  foreign_instance: true,
  symbol_not_trading: true,
};

export function breakerToRow(state: CircuitBreakerState): BreakerRow {
  const { breaker } = state;
  const tripped = breaker.status === 'tripped' ? breaker : null;
  return {
    user_id: state.userId,
    status: breaker.status,
    cause: tripped?.cause ?? null,
    reason: tripped?.reason ?? null,
    since: tripped?.since ?? null,
    reset_at: tripped?.resetAt ?? null,
    day_start: state.dayStart,
    day_start_equity: amountText(state.dayStartEquity),
    daily_pnl: amountText(state.dailyPnl),
    daily_pnl_pct: amountText(state.dailyPnlPct),
    daily_trades: state.dailyTrades,
    daily_wins: state.dailyWins,
    daily_losses: state.dailyLosses,
    consecutive_losses: state.consecutiveLosses,
    updated_at: state.updatedAt,
  };
}

/** @throws AitraderError `ROW_INVALID` */
export function breakerFromRow(row: BreakerRow): CircuitBreakerState {
  return readRow('circuit_breakers', row.user_id, () => ({
    userId: asId(row.user_id),
    breaker: breakerPosition(row),
    dayStart: row.day_start,
    dayStartEquity: readAmount(row.day_start_equity),
    dailyPnl: readAmount(row.daily_pnl),
    dailyPnlPct: readAmount(row.daily_pnl_pct),
    dailyTrades: row.daily_trades,
    dailyWins: row.daily_wins,
    dailyLosses: row.daily_losses,
    consecutiveLosses: row.consecutive_losses,
    updatedAt: row.updated_at,
  }));
}

function breakerPosition(row: BreakerRow): BreakerPosition {
  const status = readWord(BREAKER_STATUSES, row.status);
  if (status === 'closed') return { status };
  return {
    status,
    cause: readWord(CAUSES, row.cause),
    reason: present(row.reason, 'reason'),
    since: present(row.since, 'since'),
    resetAt: row.reset_at,
  };
}

export function riskEventToRow(event: RiskEvent): RiskEventRow {
  return {
    id: event.id,
    user_id: event.userId,
    type: event.type,
    severity: event.severity,
    message: event.message,
    data: event.data,
    acknowledged: flagNumber(event.acknowledged),
    at: event.at,
  };
}

/** @throws AitraderError `ROW_INVALID` */
export function riskEventFromRow(row: RiskEventRow): RiskEvent {
  return readRow('risk_events', row.id, () => ({
    id: asId(row.id),
    userId: asId(row.user_id),
    type: readWord(EVENT_TYPES, row.type),
    severity: readWord(SEVERITIES, row.severity),
    message: row.message,
    data: row.data,
    acknowledged: readFlag(row.acknowledged),
    at: row.at,
  }));
}
