import { notional } from '../../domain/decimal.ts';
import type { Price } from '../../domain/decimal.ts';
import type { AitraderError } from '../../domain/errors.ts';
import type { PositionId } from '../../domain/ids.ts';
import type { OrderIntent } from '../../domain/order/order.ts';
import type { RiskApproved } from '../../domain/risk-approval.ts';
import type { Result } from '../../lib/result.ts';
import type { EntryCandidate } from './candidate.ts';
import { entryOrder, refuseByRules, refuseUnguardable } from './entry-order.ts';
import { refuseSameSide } from './existing-position.ts';
import { refuseExposure, refuseFullExposure } from './exposure.ts';
import { refuseLevels } from './judge-levels.ts';
import { placeLevels } from './place-levels.ts';
import type { PlacedLevels } from './place-levels.ts';
import { refusePositionCount } from './position-limit.ts';
import { referencePrice } from './reference-price.ts';
import { reversalOf } from './reversal.ts';
import { settleExits } from './settle-exits.ts';
import type { SettledExits } from './settle-exits.ts';
import { sizeEntry } from './sizing.ts';
import { refuseTakenSymbol } from './symbol-taken.ts';

/** What the risk engine is asked with an intent: the price it is valued with and the stop that will guard it. */
export interface EntryPrices {
  readonly entryPrice: Price;
  readonly stopPrice: Price;
}

/** The risk engine's judgement; the engine hands it in, as its parts do not know each other. */
export type ApproveEntry = (
  intent: OrderIntent,
  prices: EntryPrices,
) => Result<RiskApproved<OrderIntent>, AitraderError>;

/** An order that may be written down and sent, with the protection that goes with it. */
export interface ApprovedEntry {
  readonly intent: RiskApproved<OrderIntent>;
  /** What size and levels were computed from. */
  readonly reference: Price;
  /** Placed again at the price of the first fill with `placeLevels`. */
  readonly exits: SettledExits;
  readonly levels: PlacedLevels;
}

export type EntryDecision =
  | { readonly kind: 'refused'; readonly refusal: AitraderError }
  /** Close this position; with `thenEnter`, judge the proposal again once it is flat. */
  | { readonly kind: 'close'; readonly positionId: PositionId; readonly thenEnter: boolean }
  | { readonly kind: 'enter'; readonly entry: ApprovedEntry };

/**
 * The execution chain: one link after the other looks at the candidate, and the first refusal ends it. What comes out of
 * the end has been let pass by the risk engine.
 */
export function decideEntry(candidate: EntryCandidate, approve: ApproveEntry): EntryDecision {
  const sameSide = refuseSameSide(candidate);
  if (sameSide !== null) return refused(sameSide);
  const reversal = reversalOf(candidate);
  if (!reversal.ok) return refused(reversal.error);
  if (reversal.value !== null) return { kind: 'close', ...reversal.value };
  const refusal = refuseTakenSymbol(candidate) ?? refusePositionCount(candidate) ?? refuseFullExposure(candidate);
  if (refusal !== null) return refused(refusal);
  const reference = referencePrice(candidate);
  if (!reference.ok) return refused(reference.error);
  return decideOrder(candidate, reference.value, approve);
}

/** The links that need a price: levels, size, exchange rules, risk. */
function decideOrder(candidate: EntryCandidate, reference: Price, approve: ApproveEntry): EntryDecision {
  const { proposal, facts } = candidate;
  const settled = settleExits(candidate);
  if (!settled.ok) return refused(settled.error);
  const exits = settled.value;
  const { rules } = facts.instrument;
  const levels = placeLevels(exits, { side: proposal.side, from: reference, at: facts.now, rules });
  const unfit = refuseLevels(proposal, reference, { exits, levels });
  if (unfit !== null) return refused(unfit);

  const quantity = sizeEntry(candidate, { reference, risk: levels.risk });
  if (!quantity.ok) return refused(quantity.error);
  const intent = entryOrder(candidate, quantity.value);
  const broken =
    refuseByRules(candidate, intent, reference) ??
    refuseUnguardable(candidate, intent, levels.stopPrice) ??
    refuseExposure(candidate, notional(reference, quantity.value));
  if (broken !== null) return refused(broken);

  const approval = approve(intent, { entryPrice: reference, stopPrice: levels.stopPrice });
  if (!approval.ok) return refused(approval.error);
  return { kind: 'enter', entry: { intent: approval.value, reference, exits, levels } };
}

function refused(refusal: AitraderError): EntryDecision {
  return { kind: 'refused', refusal };
}
