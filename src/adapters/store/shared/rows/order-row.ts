import { asId } from '../../../../domain/ids.ts';
import type { ClientOrderId, OrderListId } from '../../../../domain/ids.ts';
import type { OrderLeg } from '../../../../domain/order/client-order-id.ts';
import type { Order, OrderIntent, OrderListKind, OrderListRef } from '../../../../domain/order/order.ts';
import { amountText, flagNumber, readAmount, readFlag, readIdOrNull, readRow, readWord } from '../fields.ts';
import { fromJson, list, text, toJson } from '../json-codec.ts';
import type { RowOf, TableDefinition } from '../table.ts';
import { STATE_COLUMNS, stateFromRow, stateToRow } from './order-state.ts';
import { TERMS_COLUMNS, termsFromRow, termsToRow } from './order-terms.ts';
import { MARKETS, ORDER_SIDES } from './words.ts';

export const ORDERS = {
  kind: 'entity',
  key: ['id'],
  columns: {
    id: 'text',
    user_id: 'text',
    account_id: 'text',
    market: 'text',
    symbol: 'text',
    side: 'text',
    quantity: 'text',
    ...TERMS_COLUMNS,
    reduce_only: 'integer',
    leg: 'text',
    trader_id: 'text?',
    agent_id: 'text?',
    signal_id: 'text?',
    position_id: 'text?',
    parent_order_id: 'text?',
    list_id: 'text?',
    list_kind: 'text?',
    reason: 'text',
    created_at: 'integer',
    client_order_id: 'text',
    attempt: 'integer',
    ...STATE_COLUMNS,
    filled_quantity: 'text',
    filled_notional: 'text',
    fees_value: 'text',
    reported_quantity: 'text',
    venue_trade_ids: 'text',
    updated_at: 'integer',
  },
} as const satisfies TableDefinition;

type OrderRow = RowOf<typeof ORDERS>;

const LEGS: Record<OrderLeg, true> = { entry: true, exit: true, stop: true, target: true };
const LIST_KINDS: Record<OrderListKind, true> = { oco: true, bracket: true };

const venueTradeIds = list(text);

export function orderToRow({ intent, clientOrderId, attempt, state, execution, updatedAt }: Order): OrderRow {
  return {
    id: intent.id,
    user_id: intent.userId,
    account_id: intent.accountId,
    market: intent.market,
    symbol: intent.symbol,
    side: intent.side,
    quantity: amountText(intent.quantity),
    ...termsToRow(intent.terms),
    reduce_only: flagNumber(intent.reduceOnly),
    leg: intent.leg,
    trader_id: intent.traderId,
    agent_id: intent.agentId,
    signal_id: intent.signalId,
    position_id: intent.positionId,
    parent_order_id: intent.parentOrderId,
    list_id: intent.list?.id ?? null,
    list_kind: intent.list?.kind ?? null,
    reason: intent.reason,
    created_at: intent.createdAt,
    client_order_id: clientOrderId,
    attempt,
    ...stateToRow(state),
    filled_quantity: amountText(execution.filledQuantity),
    filled_notional: amountText(execution.filledNotional),
    fees_value: amountText(execution.feesValue),
    reported_quantity: amountText(execution.reportedQuantity),
    venue_trade_ids: toJson(venueTradeIds, execution.venueTradeIds),
    updated_at: updatedAt,
  };
}

/** @throws AitraderError `ROW_INVALID` */
export function orderFromRow(row: OrderRow): Order {
  return readRow('orders', row.id, () => ({
    intent: intentFromRow(row),
    clientOrderId: asId<ClientOrderId>(row.client_order_id),
    attempt: row.attempt,
    state: stateFromRow(row),
    execution: {
      filledQuantity: readAmount(row.filled_quantity),
      filledNotional: readAmount(row.filled_notional),
      feesValue: readAmount(row.fees_value),
      reportedQuantity: readAmount(row.reported_quantity),
      venueTradeIds: fromJson(venueTradeIds, row.venue_trade_ids),
    },
    updatedAt: row.updated_at,
  }));
}

function intentFromRow(row: OrderRow): OrderIntent {
  return {
    id: asId(row.id),
    userId: asId(row.user_id),
    accountId: asId(row.account_id),
    market: readWord(MARKETS, row.market),
    symbol: asId(row.symbol),
    side: readWord(ORDER_SIDES, row.side),
    quantity: readAmount(row.quantity),
    terms: termsFromRow(row),
    reduceOnly: readFlag(row.reduce_only),
    leg: readWord(LEGS, row.leg),
    traderId: readIdOrNull(row.trader_id),
    agentId: row.agent_id,
    signalId: readIdOrNull(row.signal_id),
    positionId: readIdOrNull(row.position_id),
    parentOrderId: readIdOrNull(row.parent_order_id),
    list: listFromRow(row),
    reason: row.reason,
    createdAt: row.created_at,
  };
}

function listFromRow(row: OrderRow): OrderListRef | null {
  if (row.list_id === null) return null;
  return { id: asId<OrderListId>(row.list_id), kind: readWord(LIST_KINDS, row.list_kind) };
}
