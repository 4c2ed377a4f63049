import { asId } from '../../../../domain/ids.ts';
import type { Trade } from '../../../../domain/trade.ts';
import {
  amountText,
  amountTextOrNull,
  readAmount,
  readAmountOrNull,
  readIdOrNull,
  readRow,
  readWord,
} from '../fields.ts';
import { fromJson, list, text, toJson } from '../json-codec.ts';
import type { RowOf, TableDefinition } from '../table.ts';
import { dustFromRow, dustToRow, exitList } from './position-parts.ts';
import { CLOSE_REASONS, MARKETS, POSITION_SIDES } from './words.ts';

export const TRADES = {
  kind: 'entity',
  key: ['id'],
  columns: {
    id: 'text',
    position_id: 'text',
    user_id: 'text',
    account_id: 'text',
    portfolio_id: 'text?',
    trader_id: 'text?',
    signal_id: 'text?',
    market: 'text',
    symbol: 'text',
    side: 'text',
    entry_time: 'integer',
    entry_price: 'text',
    exit_time: 'integer',
    exit_price: 'text?',
    quantity: 'text',
    fees: 'text',
    funding: 'text',
    pnl: 'text',
    pnl_pct: 'text',
    reason: 'text',
    conditions: 'text',
    exits: 'text',
    dust_quantity: 'text?',
    dust_cost: 'text?',
  },
} as const satisfies TableDefinition;

type TradeRow = RowOf<typeof TRADES>;

const conditions = list(text);

export function tradeToRow(trade: Trade): TradeRow {
  return {
    id: trade.id,
    position_id: trade.positionId,
    user_id: trade.userId,
    account_id: trade.accountId,
    portfolio_id: trade.portfolioId,
    trader_id: trade.traderId,
    signal_id: trade.signalId,
    market: trade.market,
    symbol: trade.symbol,
    side: trade.side,
    entry_time: trade.entryTime,
    entry_price: amountText(trade.entryPrice),
    exit_time: trade.exitTime,
    exit_price: amountTextOrNull(trade.exitPrice),
    quantity: amountText(trade.quantity),
    fees: amountText(trade.fees),
    funding: amountText(trade.funding),
    pnl: amountText(trade.pnl),
    pnl_pct: amountText(trade.pnlPct),
    reason: trade.reason,
    conditions: toJson(conditions, trade.conditions),
    exits: toJson(exitList, trade.exits),
    ...dustToRow(trade.dust),
  };
}

/** @throws AitraderError `ROW_INVALID` */
export function tradeFromRow(row: TradeRow): Trade {
  return readRow('trades', row.id, () => ({
    id: asId(row.id),
    positionId: asId(row.position_id),
    userId: asId(row.user_id),
    accountId: asId(row.account_id),
    portfolioId: readIdOrNull(row.portfolio_id),
    traderId: readIdOrNull(row.trader_id),
    signalId: readIdOrNull(row.signal_id),
    market: readWord(MARKETS, row.market),
    symbol: asId(row.symbol),
    side: readWord(POSITION_SIDES, row.side),
    entryTime: row.entry_time,
    entryPrice: readAmount(row.entry_price),
    exitTime: row.exit_time,
    exitPrice: readAmountOrNull(row.exit_price),
    quantity: readAmount(row.quantity),
    fees: readAmount(row.fees),
    funding: readAmount(row.funding),
    pnl: readAmount(row.pnl),
    pnlPct: readAmount(row.pnl_pct),
    reason: readWord(CLOSE_REASONS, row.reason),
    conditions: fromJson(conditions, row.conditions),
    exits: fromJson(exitList, row.exits),
    dust: dustFromRow(row),
  }));
}
