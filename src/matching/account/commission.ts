import { ONE } from '../atoms.ts';
import type { Atoms } from '../atoms.ts';
import type { FeeTerms } from '../venue-types.ts';
import { move } from './holdings.ts';
import type { Balance, Holdings } from './holdings.ts';

/** One trade as its commission sees it. */
export interface CommissionBase {
  readonly isMaker: boolean;
  /** Where the commission is taken when not in the fee token: what was received on spot, the wallet on futures. */
  readonly from: Balance;
  /** The amount, in that asset, that the rate applies to. */
  readonly amount: Atoms;
  /** Price x quantity in quote units. */
  readonly notional: Atoms;
  /** Quote units for one unit of the fee token; null: not known, so it cannot be paid in it. */
  readonly feeTokenPrice: Atoms | null;
}

export interface Commission {
  readonly asset: string;
  readonly amount: Atoms;
}

/** Rate times amount, cut to an atom: a commission is never rounded up. */
export function feeOn(amount: Atoms, rate: Atoms): Atoms {
  return (amount * rate) / ONE;
}

/**
 * Takes the commission of one side of a trade. In the fee token, at its discount, when the account holds enough of it
 * free; else the full commission in the asset of `from`.
 */
export function chargeCommission(
  terms: FeeTerms,
  base: CommissionBase,
  holders: { readonly account: Holdings; readonly fees: Holdings },
): Commission {
  const rate = base.isMaker ? terms.makerRate : terms.takerRate;
  const inToken = payInToken(terms, rate, base);
  const token = inToken && holders.account.of(inToken.asset);
  if (inToken !== null && token !== null && token.free > 0n && token.free >= inToken.amount) {
    move(token, holders.fees.of(inToken.asset), inToken.amount);
    return inToken;
  }
  const amount = feeOn(base.amount, rate);
  move(base.from, holders.fees.of(base.from.asset), amount);
  return { asset: base.from.asset, amount };
}

function payInToken(terms: FeeTerms, rate: Atoms, base: CommissionBase): Commission | null {
  const { feeToken } = terms;
  if (feeToken === null || base.feeTokenPrice === null) return null;
  const discounted = rate * (ONE - feeToken.discount);
  return { asset: feeToken.asset, amount: (base.notional * discounted) / (ONE * base.feeTokenPrice) };
}
