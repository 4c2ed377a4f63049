/** Why a request was refused. Each has one answer at the venue; the simulated exchange maps them to its codes. */
export type RefusalReason =
  | 'unknown_account'
  | 'unknown_symbol'
  | 'symbol_not_trading'
  /** More decimals than the venue takes: -1111. */
  | 'price_precision'
  | 'quantity_precision'
  /** The exchange rules, by the venue's filter names: -1013 on spot, codes of their own on futures. */
  | 'price_filter_range'
  | 'price_filter_tick'
  | 'lot_size_range'
  | 'lot_size_step'
  | 'market_lot_size_range'
  | 'market_lot_size_step'
  | 'notional_min'
  | 'notional_max'
  | 'percent_price'
  | 'max_num_orders'
  | 'max_num_algo_orders'
  | 'trailing_delta'
  /** Beyond what the book counts exactly (2^53 ticks or steps). */
  | 'overflow'
  /** Fields that do not go together: post-only with IOC, a trigger on a futures order, quote size on a limit order ... */
  | 'unsupported_combination'
  | 'duplicate_client_order_id'
  | 'insufficient_balance'
  | 'insufficient_margin'
  | 'would_trigger_immediately'
  /** Post-only that would match: spot -2010, futures -5022. */
  | 'would_take'
  | 'reduce_only_rejected'
  /** closePosition: no position there, or another such order in that direction. */
  | 'no_position'
  | 'close_position_exists'
  | 'position_side_mismatch'
  /** No quote on the other side for a market order. */
  | 'no_liquidity'
  | 'oco_price_relation'
  | 'unknown_order'
  | 'no_change'
  | 'leverage_too_high'
  /** A lower leverage for an open isolated position. */
  | 'leverage_locked'
  | 'max_position_notional'
  | 'margin_mode_locked'
  | 'position_mode_locked'
  | 'margin_mode_unchanged'
  | 'position_mode_unchanged'
  | 'isolated_margin_insufficient';

/** A refused request. `message` says what was wrong and what was given. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly message: string;
}
