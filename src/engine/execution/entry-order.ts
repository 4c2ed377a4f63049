import { Decimal, notional } from '../../domain/decimal.ts';
import type { Price, Quantity } from '../../domain/decimal.ts';
import { AitraderError } from '../../domain/errors.ts';
import { floorToStep, ruleViolations } from '../../domain/exchange-rules.ts';
import type { OrderIntent } from '../../domain/order/order.ts';
import type { EntryCandidate } from './candidate.ts';

/** The entry as a promise to trade: at the market, or as a limit order that rests until cancelled. */
export function entryOrder({ proposal, facts }: EntryCandidate, quantity: Quantity): OrderIntent {
  const { limitPrice } = proposal;
  return {
    id: facts.orderId,
    userId: proposal.userId,
    accountId: proposal.accountId,
    market: proposal.market,
    symbol: proposal.symbol,
    side: proposal.side === 'long' ? 'buy' : 'sell',
    quantity,
    terms:
      limitPrice === null
        ? { type: 'market' }
        : { type: 'limit', price: limitPrice, timeInForce: 'GTC', postOnly: false },
    reduceOnly: false,
    leg: 'entry',
    traderId: proposal.traderId,
    agentId: proposal.agentId,
    signalId: proposal.signalId,
    positionId: null,
    parentOrderId: null,
    list: null,
    reason: proposal.reason,
    createdAt: facts.now,
  };
}

/** The first exchange rule that the entry would break. */
export function refuseByRules(
  { proposal, facts }: EntryCandidate,
  { quantity, side }: OrderIntent,
  reference: Price,
): AitraderError | null {
  const { limitPrice } = proposal;
  const order = { side, quantity, limitPrice, triggerPrice: null, trailingDeltaBps: null, reduceOnly: false };
  const { workingOrders, workingAlgoOrders } = facts;
  const context = { referencePrice: reference, workingOrders, workingAlgoOrders };
  return ruleViolations(facts.instrument, order, context)[0] ?? null;
}

/**
 * On spot a stop needs the minimum worth, too: an entry whose stop the exchange would not take could be guarded by this
 * program alone. The fee may be taken from what was bought.
 */
export function refuseUnguardable(
  { proposal, facts }: EntryCandidate,
  { quantity }: OrderIntent,
  stopPrice: Price,
): AitraderError | null {
  const { rules } = facts.instrument;
  const { min } = rules.notional;
  if (proposal.market !== 'spot' || min === null) return null;
  const kept = quantity.times(new Decimal(1).minus(facts.feeBps.dividedBy(10_000))) as Quantity;
  const worth = notional(stopPrice, floorToStep(kept, rules, 'market'));
  if (worth.greaterThanOrEqualTo(min)) return null;
  const context = {
    symbol: proposal.symbol,
    given: `${worth.toFixed()} at its stop`,
    allowed: `${min.toFixed()} or more`,
  };
  return new AitraderError('NOTIONAL_OUT_OF_RANGE', context);
}
