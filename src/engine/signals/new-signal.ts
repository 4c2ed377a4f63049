import type { SignalId, TraderId, UserId } from '../../domain/ids.ts';
import type { Market } from '../../domain/instrument.ts';
import type { Signal } from '../../domain/signal.ts';
import type { FilterMatch } from '../../ports/filter-sandbox.ts';

/** What a match does not say of itself. */
export interface MatchContext {
  readonly id: SignalId;
  readonly userId: UserId;
  readonly traderId: TraderId;
  readonly market: Market;
  /** The last price at the check, as market data. */
  readonly price: number;
  /** The moment of the check, milliseconds UTC. */
  readonly checkedAt: number;
  /** How long after the check the match may still be acted on. */
  readonly lifeMs: number;
  readonly now: number;
}

/** A match as a signal that nobody has looked at yet. */
export function newSignal(match: FilterMatch, context: MatchContext): Signal {
  const { id, userId, traderId, market, price, checkedAt, lifeMs, now } = context;
  return {
    id,
    userId,
    traderId,
    market,
    symbol: match.symbol,
    side: match.side,
    conditions: match.conditions,
    confidence: match.confidence,
    score: match.score,
    stopLoss: match.stopLoss,
    takeProfit: match.takeProfit,
    plots: match.plots,
    metadata: match.metadata,
    price,
    checkedAt,
    expiresAt: checkedAt + lifeMs,
    state: { status: 'pending', reason: 'matched' },
    createdAt: now,
    updatedAt: now,
  };
}
