import type { Market } from '../../../../domain/instrument.ts';
import type { OrderSide } from '../../../../domain/order/order.ts';
import type { CloseReason, PositionSide } from '../../../../domain/position/position.ts';
import { TIMEFRAMES } from '../../../../domain/time.ts';
import type { Timeframe } from '../../../../domain/time.ts';

/**
 * The domain's closed sets of words that more than one table holds, as values. The types make them complete: a word that
 * the domain gains must be added here.
 */
type Words<Word extends string> = Readonly<Record<Word, true>>;

export const MARKETS: Words<Market> = { spot: true, futures: true };
export const ORDER_SIDES: Words<OrderSide> = { buy: true, sell: true };
export const POSITION_SIDES: Words<PositionSide> = { long: true, short: true };

export const CLOSE_REASONS: Words<CloseReason> = {
  stop: true,
  target: true,
  trailing: true,
  break_even: true,
  time_limit: true,
  signal: true,
  reversal: true,
  manual: true,
  kill: true,
  liquidation: true,
  external: true,
  end: true,
};

export const TIMEFRAME_WORDS = Object.fromEntries(TIMEFRAMES.map((timeframe) => [timeframe, true])) as Words<Timeframe>;
