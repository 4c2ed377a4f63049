import type { Instrument } from '../../domain/instrument.ts';
import { atomsDecimal } from '../../matching/atoms.ts';
import type { OrderRequest, Refusal } from '../../matching/venue-types.ts';
import type { RefusalName, VenueError } from '../venue-error.ts';
import { refuse } from '../venue-error.ts';

type Answer = readonly [name: RefusalName, context?: Readonly<Record<string, string>>];

const filter = (name: string): Answer => ['FILTER_FAILURE', { filter: name }];
const rejected = (reason: string): Answer => ['NEW_ORDER_REJECTED', { reason }];

const SPOT_ANSWERS: Readonly<Record<Refusal['reason'], Answer>> = {
  unknown_account: ['REJECTED_KEY'],
  unknown_symbol: ['BAD_SYMBOL'],
  symbol_not_trading: ['MARKET_CLOSED'],
  price_precision: ['BAD_PRECISION', { parameter: 'price' }],
  quantity_precision: ['BAD_PRECISION', { parameter: 'quantity' }],
  price_filter_range: filter('PRICE_FILTER'),
  price_filter_tick: filter('PRICE_FILTER'),
  lot_size_range: filter('LOT_SIZE'),
  lot_size_step: filter('LOT_SIZE'),
  market_lot_size_range: filter('MARKET_LOT_SIZE'),
  market_lot_size_step: filter('MARKET_LOT_SIZE'),
  notional_min: filter('NOTIONAL'),
  notional_max: filter('NOTIONAL'),
  percent_price: filter('PERCENT_PRICE_BY_SIDE'),
  max_num_orders: filter('MAX_NUM_ORDERS'),
  max_num_algo_orders: filter('MAX_NUM_ALGO_ORDERS'),
  trailing_delta: filter('TRAILING_DELTA'),
  overflow: ['BAD_PARAMETER', { parameter: 'quantity' }],
  unsupported_combination: ['BAD_COMBINATION'],
  duplicate_client_order_id: rejected('Duplicate order sent.'),
  insufficient_balance: rejected('Account has insufficient balance for requested action.'),
  insufficient_margin: rejected('Account has insufficient balance for requested action.'),
  would_trigger_immediately: rejected('Stop price would trigger immediately.'),
  would_take: rejected('Order would immediately match and take.'),
  reduce_only_rejected: ['BAD_COMBINATION'],
  no_position: ['BAD_COMBINATION'],
  close_position_exists: ['BAD_COMBINATION'],
  position_side_mismatch: ['BAD_COMBINATION'],
  no_liquidity: rejected('Order book liquidity is less than LOT_SIZE filter minimum quantity.'),
  oco_price_relation: rejected('The relationship of the prices for the orders is not correct.'),
  unknown_order: ['CANCEL_REJECTED'],
  no_change: ['BAD_COMBINATION'],
  leverage_too_high: ['BAD_COMBINATION'],
  leverage_locked: ['BAD_COMBINATION'],
  max_position_notional: ['BAD_COMBINATION'],
  margin_mode_locked: ['BAD_COMBINATION'],
  position_mode_locked: ['BAD_COMBINATION'],
  margin_mode_unchanged: ['BAD_COMBINATION'],
  position_mode_unchanged: ['BAD_COMBINATION'],
  isolated_margin_insufficient: ['BAD_COMBINATION'],
};

const FUTURES_ANSWERS: Readonly<Record<Refusal['reason'], Answer>> = {
  ...SPOT_ANSWERS,
  symbol_not_trading: ['SYMBOL_NOT_TRADING'],
  price_precision: ['PRECISION_OVER_MAX'],
  quantity_precision: ['PRECISION_OVER_MAX'],
  price_filter_range: ['PRICE_TOO_LOW'],
  price_filter_tick: ['PRICE_OFF_TICK'],
  lot_size_range: ['QUANTITY_TOO_SMALL'],
  lot_size_step: ['QUANTITY_OFF_STEP'],
  market_lot_size_range: ['QUANTITY_TOO_LARGE'],
  market_lot_size_step: ['QUANTITY_OFF_STEP'],
  notional_min: ['MIN_NOTIONAL'],
  notional_max: ['MAX_LEVERAGE'],
  percent_price: ['PRICE_ABOVE_CAP', { limit: 'the PERCENT_PRICE filter allows' }],
  max_num_orders: ['MAX_OPEN_ORDERS'],
  max_num_algo_orders: ['MAX_STOP_ORDERS'],
  unsupported_combination: ['BAD_COMBINATION'],
  duplicate_client_order_id: ['DUPLICATE_CLIENT_ID'],
  insufficient_balance: ['MARGIN_INSUFFICIENT'],
  insufficient_margin: ['MARGIN_INSUFFICIENT'],
  would_trigger_immediately: ['WOULD_TRIGGER'],
  would_take: ['POST_ONLY_REJECTED'],
  reduce_only_rejected: ['REDUCE_ONLY_REJECTED'],
  no_position: ['REDUCE_ONLY_REJECTED'],
  close_position_exists: ['CLOSE_POSITION_EXISTS'],
  position_side_mismatch: ['BAD_POSITION_SIDE'],
  no_liquidity: ['INVALID_PRICE_BY_MARKET'],
  no_change: ['NOTHING_TO_MODIFY'],
  leverage_too_high: ['BAD_LEVERAGE'],
  leverage_locked: ['LEVERAGE_LOCKED'],
  max_position_notional: ['MAX_LEVERAGE'],
  margin_mode_locked: ['MARGIN_CHANGE_WITH_POSITION'],
  position_mode_locked: ['SIDE_CHANGE_WITH_POSITION'],
  margin_mode_unchanged: ['NO_MARGIN_CHANGE'],
  position_mode_unchanged: ['NO_SIDE_CHANGE'],
  isolated_margin_insufficient: ['ISOLATED_INSUFFICIENT'],
};

/** The venue's answer on spot to what the model refuses. */
export function spotRefusal({ reason }: Refusal): VenueError {
  const [name, context] = SPOT_ANSWERS[reason];
  return refuse(name, context);
}

/** The venue's answer on futures; `order` helps to tell codes apart that the model knows as one reason. */
export function futuresRefusal(
  { reason }: Refusal,
  order?: { readonly instrument: Instrument; readonly request: Pick<OrderRequest, 'size' | 'execution' | 'side'> },
): VenueError {
  if (order !== undefined && reason === 'notional_min') {
    return refuse('MIN_NOTIONAL', { notional: order.instrument.rules.notional.min?.toFixed() ?? '5' });
  }
  if (order !== undefined && (reason === 'lot_size_range' || reason === 'market_lot_size_range')) {
    return quantityRefusal(order.instrument, order.request.size);
  }
  if (order?.request.side === 'sell' && reason === 'percent_price') {
    return refuse('PRICE_BELOW_FLOOR', { limit: 'the PERCENT_PRICE filter allows' });
  }
  const [name, context] = FUTURES_ANSWERS[reason];
  return refuse(name, context);
}

function quantityRefusal({ rules }: Instrument, size: OrderRequest['size']): VenueError {
  const quantity = atomsDecimal(size.type === 'quantity' ? size.quantity : 0n);
  if (quantity.lessThanOrEqualTo(0)) return refuse('QUANTITY_ZERO');
  const isTooSmall = rules.quantity.min?.greaterThan(quantity) ?? false;
  return refuse(isTooSmall ? 'QUANTITY_TOO_SMALL' : 'QUANTITY_TOO_LARGE');
}
