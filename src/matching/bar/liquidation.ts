import { ZERO_MONEY } from '../../domain/decimal.ts';
import type { Decimal, Price } from '../../domain/decimal.ts';
import { roundToTick } from '../../domain/exchange-rules.ts';
import type { Instrument } from '../../domain/instrument.ts';
import { atomsDecimal } from '../atoms.ts';
import type { Stake } from './bar-account.ts';

/** The prices at which an isolated position ends by force. */
export interface Liquidation {
  /** Here its margin has fallen to the maintenance margin, and it is taken over. */
  readonly price: Price;
  /** Here nothing is left of its margin: what the taking over fetches in between is its fee. */
  readonly bankruptcy: Price;
}

/**
 * Where a position with a margin of `cost / leverage` is liquidated, by the bracket of its entry; where the instrument
 * has none, at its bankruptcy. Null on spot, and where no price above zero does it. Prices are on the tick, towards the
 * entry. With the upper signs for a long, P = (cost -+ margin -+ amount) / (quantity (1 -+ rate)): account/margin.ts.
 */
export function liquidationOf(instrument: Instrument, stake: Stake, leverage: number): Liquidation | null {
  const { futures, rules } = instrument;
  if (futures === null || stake.quantity === 0n) return null;
  const [cost, quantity] = [atomsDecimal(stake.cost), atomsDecimal(stake.quantity)];
  const { leverageBrackets: brackets } = futures;
  const bracket = brackets.find(({ notionalCap }) => cost.lessThan(notionalCap)) ?? brackets.at(-1);
  const away = stake.side === 'long' ? -1 : 1;
  const lost = cost.dividedBy(leverage);
  const rate = bracket?.maintenanceMarginRate ?? ZERO_MONEY;
  const amount = bracket?.maintenanceAmount ?? ZERO_MONEY;
  const price = cost.plus(lost.plus(amount).times(away)).dividedBy(quantity.times(rate.times(away).plus(1)));
  if (!price.greaterThan(0)) return null;
  const bankruptcy = cost.plus(lost.times(away)).dividedBy(quantity);
  const towards = stake.side === 'long' ? 'up' : 'down';
  const onTick = (level: Decimal): Price => roundToTick(level as Price, rules, towards);
  return { price: onTick(price), bankruptcy: onTick(bankruptcy) };
}
