import { Decimal, notional } from '../../domain/decimal.ts';
import type { Money, Price } from '../../domain/decimal.ts';
import { AitraderError } from '../../domain/errors.ts';
import type { OrderIntent } from '../../domain/order/order.ts';
import type { Position } from '../../domain/position/position.ts';
import { markRiskApproved } from '../../domain/risk-approval.ts';
import type { RiskApproved } from '../../domain/risk-approval.ts';
import type { BreakerPosition, RiskLimits } from '../../domain/risk.ts';
import { err, ok } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';

/** What the account looks like while an entry is judged. Entries that are being placed count like open positions. */
export interface RiskFacts {
  readonly equity: Money;
  readonly openPositions: number;
  /** Notional of all open positions and of entries being placed. */
  readonly exposure: Money;
  /** Notional already held in the symbol. */
  readonly exposureInSymbol: Money;
  /** The price that the entry is valued with: its limit, or the last price. */
  readonly entryPrice: Price;
  /** The stop that will guard it, null when none was decided. */
  readonly stopPrice: Price | null;
  readonly leverage: number;
}

/**
 * Judges an order that opens or adds to a position.
 * @returns the order as something a broker takes, or the first limit that it breaks
 */
export function approveEntry(
  intent: OrderIntent,
  facts: RiskFacts,
  rules: { readonly limits: RiskLimits; readonly breaker: BreakerPosition },
): Result<RiskApproved<OrderIntent>, AitraderError> {
  const refusal =
    breakerRefusal(rules.breaker) ??
    stopRefusal(intent, facts) ??
    countRefusal(facts, rules.limits) ??
    sizeRefusal(intent, facts, rules.limits);
  return refusal === null ? ok(markRiskApproved(intent)) : err(refusal);
}

/**
 * Judges an order that closes a position or a part of it. It is let pass whatever is paused, killed or tripped, as long as
 * it does no more than close.
 */
export function approveReduction(
  intent: OrderIntent,
  position: Position,
): Result<RiskApproved<OrderIntent>, AitraderError> {
  const closingSide = position.side === 'long' ? 'sell' : 'buy';
  const isOfPosition = intent.symbol === position.symbol && intent.market === position.market;
  const isReduction =
    isOfPosition && intent.side === closingSide && intent.quantity.lessThanOrEqualTo(position.quantity);
  if (isReduction) return ok(markRiskApproved(intent));
  const given = `${intent.side} ${intent.quantity.toFixed()} ${intent.symbol}`;
  const allowed = `${position.side} ${position.quantity.toFixed()}`;
  return err(new AitraderError('NOT_A_REDUCTION', { symbol: position.symbol, given, allowed }));
}

function breakerRefusal(breaker: BreakerPosition): AitraderError | null {
  if (breaker.status === 'closed') return null;
  const remedy =
    breaker.resetAt === null
      ? 'Allow it again with `aitrader resume`.'
      : `It ends by itself at ${new Date(breaker.resetAt).toISOString()}, or with \`aitrader resume\`.`;
  return new AitraderError('OPENING_PAUSED', { reason: breaker.reason, remedy });
}

function stopRefusal(intent: OrderIntent, facts: RiskFacts): AitraderError | null {
  const { entryPrice, stopPrice } = facts;
  const guards =
    stopPrice !== null && (intent.side === 'buy' ? stopPrice.lessThan(entryPrice) : stopPrice.greaterThan(entryPrice));
  if (guards) return null;
  const stop = stopPrice?.toFixed() ?? 'none';
  return new AitraderError('STOP_MISSING', { symbol: intent.symbol, given: entryPrice.toFixed(), stop });
}

function countRefusal(facts: RiskFacts, limits: RiskLimits): AitraderError | null {
  const isNewPosition = facts.exposureInSymbol.isZero();
  if (!isNewPosition || facts.openPositions < limits.maxOpenPositions) return null;
  return new AitraderError('POSITION_LIMIT', { given: facts.openPositions, allowed: limits.maxOpenPositions });
}

function sizeRefusal(intent: OrderIntent, facts: RiskFacts, limits: RiskLimits): AitraderError | null {
  const { symbol } = intent;
  if (facts.leverage > limits.maxLeverage) {
    return new AitraderError('LEVERAGE_LIMIT', { symbol, given: facts.leverage, allowed: limits.maxLeverage });
  }
  const added = notional(facts.entryPrice, intent.quantity);
  const inSymbol = facts.exposureInSymbol.plus(added);
  const maxPosition = shareOf(facts.equity, limits.maxPositionPct);
  if (maxPosition?.lessThan(inSymbol)) {
    return new AitraderError('POSITION_TOO_LARGE', {
      symbol,
      given: inSymbol.toFixed(),
      allowed: maxPosition.toFixed(),
    });
  }
  const total = facts.exposure.plus(added);
  const maxExposure = shareOf(facts.equity, limits.maxExposurePct);
  if (maxExposure?.lessThan(total)) {
    return new AitraderError('EXPOSURE_LIMIT', { given: total.toFixed(), allowed: maxExposure.toFixed() });
  }
  return null;
}

function shareOf(equity: Money, percent: Decimal | null): Decimal | null {
  return percent === null ? null : Decimal.max(equity, 0).times(percent).dividedBy(100);
}
