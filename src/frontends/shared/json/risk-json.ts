import type { Decimal } from '../../../domain/decimal.ts';
import { notional, ZERO_MONEY } from '../../../domain/decimal.ts';
import type { Position } from '../../../domain/position/position.ts';
import type { CircuitBreakerState, RiskEvent } from '../../../domain/risk.ts';
import type { EngineHandle } from '../../../ports/engine-handle.ts';
import type { RiskForm } from '../wire/forms.ts';
import { openingJson } from './account-json.ts';
import { amountText, ratioNumber } from './figures.ts';
import { priceNow } from './position-json.ts';

/** What is stored about risk. */
export interface StoredRisk {
  /** Null before the first figures of a day. */
  readonly breaker: CircuitBreakerState | null;
  /** Newest first. */
  readonly events: readonly RiskEvent[];
}

/** What the open positions are worth together; one without a price counts as at its entry. */
function exposure(open: readonly Position[], engine: EngineHandle): Decimal {
  const markets = new Map(engine.markets().map((row) => [row.symbol, row]));
  return open.reduce<Decimal>((sum, position) => {
    const price = priceNow(position, markets.get(position.symbol) ?? null);
    return sum.plus(price === null ? position.openCost : notional(price, position.quantity));
  }, ZERO_MONEY);
}

/** How near the limits are, as the API gives it. */
export function riskJson(engine: EngineHandle, { breaker, events }: StoredRisk): RiskForm {
  const status = engine.status();
  const open = engine.positions().filter(({ state }) => state.status === 'open');
  return {
    opening: openingJson(status.breaker),
    equity: amountText(status.equity),
    dailyPnl: amountText(status.dailyPnl),
    dailyPnlPct: ratioNumber(status.dailyPnlPct),
    day: breaker && {
      startedAt: breaker.dayStart,
      equity: amountText(breaker.dayStartEquity),
      trades: breaker.dailyTrades,
      wins: breaker.dailyWins,
      losses: breaker.dailyLosses,
    },
    consecutiveLosses: breaker?.consecutiveLosses ?? 0,
    exposure: amountText(exposure(open, engine)),
    positionsOpen: open.length,
    positionsUnguarded: open.filter(({ protection }) => protection.guard === 'none').length,
    events: events.map(({ id, type, severity, message, at }) => ({ id, type, severity, message, at })),
  };
}
