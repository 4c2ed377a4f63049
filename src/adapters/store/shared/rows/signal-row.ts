import { asId } from '../../../../domain/ids.ts';
import type { OrderId } from '../../../../domain/ids.ts';
import { formatLevel, parseLevel } from '../../../../domain/levels.ts';
import type { Plot, Signal, SignalState, SignalStatus } from '../../../../domain/signal.ts';
import { floatOrNull, present, readFloat, readRow, readWord } from '../fields.ts';
import { float, fromJson, list, nullable, object, text, toJson } from '../json-codec.ts';
import type { RowOf, TableDefinition } from '../table.ts';
import { target } from './exits-codec.ts';
import { MARKETS, POSITION_SIDES } from './words.ts';

export const SIGNALS = {
  kind: 'entity',
  key: ['id'],
  columns: {
    id: 'text',
    user_id: 'text',
    trader_id: 'text',
    market: 'text',
    symbol: 'text',
    side: 'text',
    conditions: 'text',
    confidence: 'real',
    score: 'real',
    stop_loss: 'text?',
    take_profit: 'text',
    plots: 'text',
    metadata: 'text',
    price: 'real?',
    checked_at: 'integer',
    expires_at: 'integer',
    status: 'text',
    status_reason: 'text',
    /** `since` or `at`, whichever the status has. */
    status_at: 'integer?',
    approval_expires_at: 'integer?',
    approved_by: 'text?',
    reject_code: 'text?',
    order_id: 'text?',
    created_at: 'integer',
    updated_at: 'integer',
  },
} as const satisfies TableDefinition;

type SignalRow = RowOf<typeof SIGNALS>;
type StateColumns = Pick<
  SignalRow,
  'status' | 'status_reason' | 'status_at' | 'approval_expires_at' | 'approved_by' | 'reject_code' | 'order_id'
>;

const STATUSES: Record<SignalStatus, true> = {
  pending: true,
  analyzing: true,
  awaiting_approval: true,
  approved: true,
  rejected: true,
  executing: true,
  executed: true,
  cancelled: true,
  expired: true,
};
const APPROVERS: Record<Extract<SignalState, { status: 'approved' }>['approvedBy'], true> = {
  rule: true,
  agents: true,
  user: true,
};

const conditions = list(text);
const targets = list(target);
const plots = list(object<Plot>({ name: text, value: float, level: nullable(float) }));

export function signalToRow(signal: Signal): SignalRow {
  return {
    id: signal.id,
    user_id: signal.userId,
    trader_id: signal.traderId,
    market: signal.market,
    symbol: signal.symbol,
    side: signal.side,
    conditions: toJson(conditions, signal.conditions),
    confidence: signal.confidence,
    score: signal.score,
    stop_loss: signal.stopLoss && formatLevel(signal.stopLoss),
    take_profit: toJson(targets, signal.takeProfit),
    plots: toJson(plots, signal.plots),
    metadata: signal.metadata,
    price: floatOrNull(signal.price),
    checked_at: signal.checkedAt,
    expires_at: signal.expiresAt,
    ...stateToRow(signal.state),
    created_at: signal.createdAt,
    updated_at: signal.updatedAt,
  };
}

/** @throws AitraderError `ROW_INVALID` */
export function signalFromRow(row: SignalRow): Signal {
  return readRow('signals', row.id, () => ({
    id: asId(row.id),
    userId: asId(row.user_id),
    traderId: asId(row.trader_id),
    market: readWord(MARKETS, row.market),
    symbol: asId(row.symbol),
    side: readWord(POSITION_SIDES, row.side),
    conditions: fromJson(conditions, row.conditions),
    confidence: row.confidence,
    score: row.score,
    stopLoss: row.stop_loss === null ? null : parseLevel(row.stop_loss),
    takeProfit: fromJson(targets, row.take_profit),
    plots: fromJson(plots, row.plots),
    metadata: row.metadata,
    price: readFloat(row.price),
    checkedAt: row.checked_at,
    expiresAt: row.expires_at,
    state: stateFromRow(row),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));
}

const NO_FIELDS = {
  status_at: null,
  approval_expires_at: null,
  approved_by: null,
  reject_code: null,
  order_id: null,
} as const;

function stateToRow(state: SignalState): StateColumns {
  const base = { ...NO_FIELDS, status: state.status, status_reason: state.reason };
  switch (state.status) {
    case 'pending':
      return base;
    case 'analyzing':
      return { ...base, status_at: state.since };
    case 'awaiting_approval':
      return { ...base, status_at: state.since, approval_expires_at: state.expiresAt };
    case 'approved':
      return { ...base, approved_by: state.approvedBy };
    case 'rejected':
      return { ...base, status_at: state.at, reject_code: state.code };
    case 'executing':
      return { ...base, order_id: state.orderId };
    case 'executed':
      return { ...base, status_at: state.at, order_id: state.orderId };
    case 'cancelled':
    case 'expired':
      return { ...base, status_at: state.at };
  }
}

function stateFromRow(row: StateColumns): SignalState {
  const status = readWord(STATUSES, row.status);
  const reason = row.status_reason;
  const at = () => present(row.status_at, 'status_at');
  const orderId = () => asId<OrderId>(present(row.order_id, 'order_id'));
  switch (status) {
    case 'pending':
      return { status, reason };
    case 'analyzing':
      return { status, reason, since: at() };
    case 'awaiting_approval': {
      const expiresAt = present(row.approval_expires_at, 'approval_expires_at');
      return { status, reason, since: at(), expiresAt };
    }
    case 'approved':
      return { status, reason, approvedBy: readWord(APPROVERS, row.approved_by) };
    case 'rejected':
      return { status, reason, code: present(row.reject_code, 'reject_code'), at: at() };
    case 'executing':
      return { status, reason, orderId: orderId() };
    case 'executed':
      return { status, reason, orderId: orderId(), at: at() };
    case 'cancelled':
    case 'expired':
      return { status, reason, at: at() };
  }
}
