import { asId } from '../../../../domain/ids.ts';
import type { Fill } from '../../../../domain/fill.ts';
import type { StoreChange } from '../../../../ports/store/changes.ts';
import { amountText, readAmount, readIdOrNull, readRow, readWord } from '../fields.ts';
import type { RowOf, TableDefinition } from '../table.ts';
import { MARKETS, ORDER_SIDES } from './words.ts';

export const FILLS = {
  kind: 'record',
  key: ['account_id', 'market', 'symbol', 'venue_trade_id', 'venue_order_id'],
  columns: {
    account_id: 'text',
    market: 'text',
    symbol: 'text',
    venue_trade_id: 'text',
    venue_order_id: 'text',
    user_id: 'text',
    order_id: 'text?',
    side: 'text',
    price: 'text',
    quantity: 'text',
    fee_asset: 'text',
    fee_amount: 'text',
    fee_rate: 'text',
    fee_value: 'text',
    liquidity: 'text',
    time: 'integer',
  },
} as const satisfies TableDefinition;

type FillRow = RowOf<typeof FILLS>;

export const FUNDING = {
  kind: 'record',
  key: ['account_id', 'income_id'],
  columns: {
    account_id: 'text',
    income_id: 'text',
    user_id: 'text',
    symbol: 'text',
    amount: 'text',
    at: 'integer',
  },
} as const satisfies TableDefinition;

const LIQUIDITIES: Record<Fill['liquidity'], true> = { maker: true, taker: true };

export function fillToRow({ fill, userId, accountId }: Extract<StoreChange, { kind: 'fill' }>): FillRow {
  return {
    account_id: accountId,
    market: fill.market,
    symbol: fill.symbol,
    venue_trade_id: fill.venueTradeId,
    venue_order_id: fill.venueOrderId,
    user_id: userId,
    order_id: fill.orderId,
    side: fill.side,
    price: amountText(fill.price),
    quantity: amountText(fill.quantity),
    fee_asset: fill.fee.asset,
    fee_amount: amountText(fill.fee.amount),
    fee_rate: amountText(fill.fee.rate),
    fee_value: amountText(fill.fee.value),
    liquidity: fill.liquidity,
    time: fill.time,
  };
}

/** @throws AitraderError `ROW_INVALID` */
export function fillFromRow(row: FillRow): Fill {
  const { market, symbol, venue_trade_id: venueTradeId, venue_order_id: venueOrderId } = row;
  return readRow('fills', `${market}:${symbol}:${venueTradeId}:${venueOrderId}`, () => ({
    market: readWord(MARKETS, market),
    symbol: asId(symbol),
    venueTradeId,
    venueOrderId: asId(venueOrderId),
    orderId: readIdOrNull(row.order_id),
    side: readWord(ORDER_SIDES, row.side),
    price: readAmount(row.price),
    quantity: readAmount(row.quantity),
    fee: {
      asset: row.fee_asset,
      amount: readAmount(row.fee_amount),
      rate: readAmount(row.fee_rate),
      value: readAmount(row.fee_value),
    },
    liquidity: readWord(LIQUIDITIES, row.liquidity),
    time: row.time,
  }));
}

export function fundingToRow(change: Extract<StoreChange, { kind: 'funding' }>): RowOf<typeof FUNDING> {
  return {
    account_id: change.accountId,
    income_id: change.incomeId,
    user_id: change.userId,
    symbol: change.symbol,
    amount: change.amount,
    at: change.at,
  };
}
