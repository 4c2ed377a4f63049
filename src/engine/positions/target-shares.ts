import { ZERO_QUANTITY } from '../../domain/decimal.ts';
import type { Quantity } from '../../domain/decimal.ts';
import type { PositionTarget } from '../../domain/position/position.ts';
import { closable, isSellable } from './sellable.ts';
import type { ExitTerms } from './sellable.ts';

/** Parts have 40 digits at most: three thirds of 3 must be three, not two and 0.999... */
const PART_DECIMALS = 20;

/**
 * How much each target of a plan closes of what was entered: its part floored to the step, the rest on the last. A part
 * that the exchange would not take, or that would leave one behind, is 0 and goes to the last, too.
 * @param entered everything that was entered
 * @returns quantities in the order of the targets; their sum is `entered`, floored to the step
 */
export function targetShares(
  entered: Quantity,
  targets: readonly PositionTarget[],
  terms: ExitTerms,
): readonly Quantity[] {
  let left = closable(entered, terms);
  return targets.map(({ part, price }, index) => {
    const isLast = index === targets.length - 1;
    const wanted = closable(entered.times(part).toDecimalPlaces(PART_DECIMALS) as Quantity, terms);
    const rest = left.minus(wanted) as Quantity;
    const fits = isSellable(wanted, price, terms) && isSellable(rest, price, terms);
    const share = isLast ? left : fits ? wanted : ZERO_QUANTITY;
    left = left.minus(share) as Quantity;
    return share;
  });
}
