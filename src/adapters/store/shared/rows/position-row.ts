import type { Price } from '../../../../domain/decimal.ts';
import { asId } from '../../../../domain/ids.ts';
import type {
  FuturesMargin,
  MarginMode,
  Position,
  PositionState,
  Protection,
} from '../../../../domain/position/position.ts';
import { amountText, amountTextOrNull, present, readAmount, readAmountOrNull } from '../fields.ts';
import { readIdOrNull, readRow, readWord } from '../fields.ts';
import { fromJson, toJson } from '../json-codec.ts';
import type { RowOf, TableDefinition } from '../table.ts';
import { dustFromRow, dustToRow, exitList, exitPlan, lotList } from './position-parts.ts';
import { CLOSE_REASONS, MARKETS, POSITION_SIDES } from './words.ts';

export const POSITIONS = {
  kind: 'entity',
  key: ['id'],
  columns: {
    id: 'text',
    user_id: 'text',
    account_id: 'text',
    portfolio_id: 'text?',
    trader_id: 'text?',
    signal_id: 'text?',
    market: 'text',
    symbol: 'text',
    side: 'text',
    base: 'text',
    quote: 'text',
    status: 'text',
    closed_at: 'integer?',
    close_reason: 'text?',
    dust_quantity: 'text?',
    dust_cost: 'text?',
    quantity: 'text',
    open_cost: 'text',
    entry_quantity: 'text',
    entry_notional: 'text',
    exit_quantity: 'text',
    exit_notional: 'text',
    gross_pnl: 'text',
    fees: 'text',
    funding: 'text',
    leverage: 'real?',
    margin_mode: 'text?',
    liquidation_price: 'text?',
    guard: 'text',
    guard_since: 'integer?',
    guard_cause: 'text?',
    stop_price: 'text?',
    stop_order_id: 'text?',
    plan: 'text',
    best_price: 'text',
    worst_price: 'text',
    initial_risk: 'text?',
    open_reason: 'text',
    opened_at: 'integer',
    updated_at: 'integer',
  },
} as const satisfies TableDefinition;

type PositionRow = RowOf<typeof POSITIONS>;

/** A position with its lots and exits as a query gathers them: JSON, as text or already parsed. */
export interface PositionParts {
  readonly lots: unknown;
  readonly exits: unknown;
}

const STATUSES: Record<PositionState['status'], true> = { open: true, closed: true, liquidated: true };
const GUARDS: Record<Protection['guard'], true> = { none: true, venue: true, local: true };
const MARGIN_MODES: Record<MarginMode, true> = { cross: true, isolated: true };

export function positionToRow(position: Position): PositionRow {
  const { totals } = position;
  return {
    id: position.id,
    user_id: position.userId,
    account_id: position.accountId,
    portfolio_id: position.portfolioId,
    trader_id: position.traderId,
    signal_id: position.signalId,
    market: position.market,
    symbol: position.symbol,
    side: position.side,
    base: position.base,
    quote: position.quote,
    ...stateToRow(position.state),
    quantity: amountText(position.quantity),
    open_cost: amountText(position.openCost),
    entry_quantity: amountText(totals.entryQuantity),
    entry_notional: amountText(totals.entryNotional),
    exit_quantity: amountText(totals.exitQuantity),
    exit_notional: amountText(totals.exitNotional),
    gross_pnl: amountText(totals.grossPnl),
    fees: amountText(totals.fees),
    funding: amountText(totals.funding),
    leverage: position.futures?.leverage ?? null,
    margin_mode: position.futures?.marginMode ?? null,
    liquidation_price: amountTextOrNull(position.futures?.liquidationPrice ?? null),
    ...protectionToRow(position.protection),
    plan: toJson(exitPlan, position.plan),
    best_price: amountText(position.bestPrice),
    worst_price: amountText(position.worstPrice),
    initial_risk: amountTextOrNull(position.initialRisk),
    open_reason: position.openReason,
    opened_at: position.openedAt,
    updated_at: position.updatedAt,
  };
}

/** @throws AitraderError `ROW_INVALID` */
export function positionFromRow(row: PositionRow & PositionParts): Position {
  const parsed = (part: unknown): unknown => (typeof part === 'string' ? JSON.parse(part) : part);
  return readRow('positions', row.id, () => ({
    id: asId(row.id),
    userId: asId(row.user_id),
    accountId: asId(row.account_id),
    portfolioId: readIdOrNull(row.portfolio_id),
    traderId: readIdOrNull(row.trader_id),
    signalId: readIdOrNull(row.signal_id),
    market: readWord(MARKETS, row.market),
    symbol: asId(row.symbol),
    side: readWord(POSITION_SIDES, row.side),
    base: row.base,
    quote: row.quote,
    state: stateFromRow(row),
    quantity: readAmount(row.quantity),
    openCost: readAmount(row.open_cost),
    lots: lotList.decode(parsed(row.lots)),
    exits: exitList.decode(parsed(row.exits)),
    totals: {
      entryQuantity: readAmount(row.entry_quantity),
      entryNotional: readAmount(row.entry_notional),
      exitQuantity: readAmount(row.exit_quantity),
      exitNotional: readAmount(row.exit_notional),
      grossPnl: readAmount(row.gross_pnl),
      fees: readAmount(row.fees),
      funding: readAmount(row.funding),
    },
    futures: futuresFromRow(row),
    protection: protectionFromRow(row),
    plan: fromJson(exitPlan, row.plan),
    bestPrice: readAmount(row.best_price),
    worstPrice: readAmount(row.worst_price),
    initialRisk: readAmountOrNull(row.initial_risk),
    openReason: row.open_reason,
    openedAt: row.opened_at,
    updatedAt: row.updated_at,
  }));
}

type StateColumns = Pick<PositionRow, 'status' | 'closed_at' | 'close_reason' | 'dust_quantity' | 'dust_cost'>;

function stateToRow(state: PositionState): StateColumns {
  return {
    status: state.status,
    closed_at: state.status === 'open' ? null : state.closedAt,
    close_reason: state.status === 'closed' ? state.reason : null,
    ...dustToRow(state.status === 'closed' ? state.dust : null),
  };
}

function stateFromRow(row: StateColumns): PositionState {
  const status = readWord(STATUSES, row.status);
  if (status === 'open') return { status };
  const closedAt = present(row.closed_at, 'closed_at');
  if (status === 'liquidated') return { status, closedAt };
  return { status, closedAt, reason: readWord(CLOSE_REASONS, row.close_reason), dust: dustFromRow(row) };
}

function futuresFromRow(row: PositionRow): FuturesMargin | null {
  if (row.leverage === null) return null;
  const marginMode = readWord(MARGIN_MODES, row.margin_mode);
  return { leverage: row.leverage, marginMode, liquidationPrice: readAmountOrNull(row.liquidation_price) };
}

type ProtectionColumns = Pick<PositionRow, 'guard' | 'guard_since' | 'guard_cause' | 'stop_price' | 'stop_order_id'>;

function protectionToRow(protection: Protection): ProtectionColumns {
  const { guard, stopPrice } = protection;
  return {
    guard,
    guard_since: guard === 'none' ? protection.since : null,
    guard_cause: guard === 'venue' ? null : protection.cause,
    stop_price: amountTextOrNull(stopPrice),
    stop_order_id: guard === 'venue' ? protection.stopOrderId : null,
  };
}

function protectionFromRow(row: ProtectionColumns): Protection {
  const guard = readWord(GUARDS, row.guard);
  const cause = () => present(row.guard_cause, 'guard_cause');
  const stopPrice = () => readAmount<Price>(present(row.stop_price, 'stop_price'));
  switch (guard) {
    case 'none': {
      const since = present(row.guard_since, 'guard_since');
      return { guard, since, cause: cause(), stopPrice: readAmountOrNull(row.stop_price) };
    }
    case 'venue':
      return { guard, stopPrice: stopPrice(), stopOrderId: asId(present(row.stop_order_id, 'stop_order_id')) };
    case 'local':
      return { guard, stopPrice: stopPrice(), cause: cause() };
  }
}
