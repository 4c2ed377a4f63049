import type { Decimal, Price } from '../domain/decimal.ts';
import type { Instrument, Market } from '../domain/instrument.ts';
import type { OrderIntent } from '../domain/order/order.ts';
import type { RequestOutcome } from '../ports/broker.ts';

/** What a scripted venue judges an order by. */
interface Judgement {
  readonly instrument: Instrument | undefined;
  readonly price: Price;
  /** Units held: on futures below zero when short. */
  readonly held: Decimal;
  /** Of them, what no working sell locks. */
  readonly free: Decimal;
}

function refused(code: string, reason: string): RequestOutcome {
  return { kind: 'refused', code, reason };
}

/** How the venue refuses a stop that would be set off at once. */
export function wouldTrigger(market: Market): RequestOutcome {
  return market === 'spot'
    ? refused('-2010', 'Stop price would trigger immediately.')
    : refused('-2021', 'Order would immediately trigger.');
}

/** Whether a price sets off a stop; no other order is. */
export function isReached({ terms, side }: OrderIntent, price: Price): boolean {
  if (terms.type !== 'stop_market') return false;
  return side === 'sell' ? price.lessThanOrEqualTo(terms.triggerPrice) : price.greaterThanOrEqualTo(terms.triggerPrice);
}

/** Why the venue does not take an order, in its codes and words; null when it does. */
export function refusalOf(intent: OrderIntent, { instrument, price, held, free }: Judgement): RequestOutcome | null {
  const { quantity, side, reduceOnly, market } = intent;
  if (instrument === undefined) return refused('-1121', 'Invalid symbol.');
  if (!quantity.modulo(instrument.rules.step).isZero()) return refused('-1013', 'Filter failure: LOT_SIZE');
  if (isReached(intent, price)) return wouldTrigger(market);
  const isReducing = side === 'sell' ? held.greaterThan(0) : held.lessThan(0);
  if (reduceOnly && !isReducing) return refused('-2022', 'ReduceOnly Order is rejected.');
  if (market === 'futures' || side === 'buy' || free.greaterThanOrEqualTo(quantity)) return null;
  return refused('-2010', 'Account has insufficient balance for requested action.');
}
