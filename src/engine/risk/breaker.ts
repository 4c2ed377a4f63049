import { Decimal, ZERO, ZERO_MONEY } from '../../domain/decimal.ts';
import type { Money } from '../../domain/decimal.ts';
import type { UserId } from '../../domain/ids.ts';
import type { CircuitBreakerState, RiskEvent, RiskLimits } from '../../domain/risk.ts';
import { DAY_MS, nextUtcMidnight } from '../../domain/time.ts';

/** What happened to the breaker that a person should hear of; the engine gives it an id and stores it. */
export type RiskNotice = Pick<RiskEvent, 'type' | 'severity' | 'message'>;

export interface BreakerOutcome {
  readonly state: CircuitBreakerState;
  readonly notices: readonly RiskNotice[];
}

/** Shares of the daily loss limit at which a warning is given: 2, 3 and 4 % of a limit of 5 %. */
const WARNING_SHARES = [0.4, 0.6, 0.8];

function dayStartOf(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS;
}

/** A breaker that lets positions be opened, on its first day. */
export function newBreaker(userId: UserId, at: number, equity: Money): CircuitBreakerState {
  return {
    userId,
    breaker: { status: 'closed' },
    dayStart: dayStartOf(at),
    dayStartEquity: equity,
    dailyPnl: ZERO_MONEY,
    dailyPnlPct: ZERO,
    dailyTrades: 0,
    dailyWins: 0,
    dailyLosses: 0,
    consecutiveLosses: 0,
    updatedAt: at,
  };
}

/**
 * Lets time pass: a new UTC day starts its figures and streaks anew, and a trip whose time is over is reset. Pause and kill
 * stay until the user resumes.
 */
export function passTime(state: CircuitBreakerState, at: number, equity: Money): BreakerOutcome {
  const isNewDay = dayStartOf(at) > state.dayStart;
  const today = isNewDay ? { ...newBreaker(state.userId, at, equity), breaker: state.breaker } : state;
  const { breaker } = today;
  if (breaker.status === 'closed' || breaker.resetAt === null || at < breaker.resetAt)
    return { state: today, notices: [] };
  return reset(today, at, 'its time is over');
}

/**
 * The user allows opening again, whatever had stopped it. The losing streak starts anew, and a loss of the day that has
 * reached its limit is measured anew from the equity now: the trip would follow at once, but a further loss still ends in one.
 */
export function resume(state: CircuitBreakerState, { limits, at }: BreakerContext): BreakerOutcome {
  if (state.breaker.status === 'closed') return { state, notices: [] };
  const isLost = state.dailyPnlPct.negated().greaterThanOrEqualTo(limits.maxDailyLossPct);
  const dayStartEquity = state.dayStartEquity.plus(state.dailyPnl) as Money;
  const measured = isLost ? { ...state, dayStartEquity, dailyPnl: ZERO_MONEY, dailyPnlPct: ZERO } : state;
  return reset(measured, at, 'resumed by the user');
}

function reset(state: CircuitBreakerState, at: number, why: string): BreakerOutcome {
  return {
    state: { ...state, breaker: { status: 'closed' }, consecutiveLosses: 0, updatedAt: at },
    notices: [{ type: 'circuit_breaker_reset', severity: 'info', message: `positions may be opened again: ${why}` }],
  };
}

/** The user stops opening. A kill or a trip that is stronger stays in place. */
export function pause(state: CircuitBreakerState, reason: string, at: number): CircuitBreakerState {
  if (state.breaker.status === 'tripped' && state.breaker.resetAt === null) return state;
  const breaker = { status: 'tripped', cause: 'paused_by_user', reason, since: at, resetAt: null } as const;
  return { ...state, breaker, updatedAt: at };
}

/** The kill switch: nothing is opened until the user resumes. */
export function kill(state: CircuitBreakerState, reason: string, at: number): BreakerOutcome {
  const breaker = { status: 'tripped', cause: 'kill_switch', reason, since: at, resetAt: null } as const;
  return {
    state: { ...state, breaker, updatedAt: at },
    notices: [{ type: 'kill_switch_activated', severity: 'critical', message: `kill switch: ${reason}` }],
  };
}

/**
 * Counts a closed trade. As many losses in a row as the limit says stop opening for the cooldown.
 * @param pnl net result; zero is neither win nor loss
 */
export function tradeClosed(state: CircuitBreakerState, pnl: Money, context: BreakerContext): BreakerOutcome {
  const isLoss = pnl.isNegative() && !pnl.isZero();
  const isWin = pnl.greaterThan(0);
  const consecutiveLosses = isLoss ? state.consecutiveLosses + 1 : isWin ? 0 : state.consecutiveLosses;
  const counted: CircuitBreakerState = {
    ...state,
    dailyTrades: state.dailyTrades + 1,
    dailyWins: state.dailyWins + (isWin ? 1 : 0),
    dailyLosses: state.dailyLosses + (isLoss ? 1 : 0),
    consecutiveLosses,
    updatedAt: context.at,
  };
  if (!isLoss || consecutiveLosses < context.limits.maxConsecutiveLosses) return { state: counted, notices: [] };
  const reason = `${consecutiveLosses} losses in a row`;
  const outcome = trip(
    counted,
    { cause: 'consecutive_losses', reason, resetAt: context.at + context.limits.cooldownMs },
    context,
  );
  return {
    state: outcome.state,
    notices: [{ type: 'consecutive_loss', severity: 'warning', message: reason }, ...outcome.notices],
  };
}

export interface BreakerContext {
  readonly limits: RiskLimits;
  readonly at: number;
}

/**
 * Marks the account to the market. The loss of the day is measured against the equity at its start, open positions
 * included; at the limit opening stops until the next day, or for the cooldown if that is longer.
 */
export function equityMarked(state: CircuitBreakerState, equity: Money, context: BreakerContext): BreakerOutcome {
  const dailyPnl = equity.minus(state.dayStartEquity) as Money;
  const base = state.dayStartEquity;
  const dailyPnlPct = base.greaterThan(0) ? dailyPnl.dividedBy(base).times(100) : lossOfNothing(dailyPnl);
  const marked = { ...state, dailyPnl, dailyPnlPct, updatedAt: context.at };
  const lossPct = dailyPnlPct.negated();
  const limitPct = context.limits.maxDailyLossPct;
  if (lossPct.lessThan(limitPct)) return { state: marked, notices: warnings(state, marked, limitPct) };
  const reason = `daily loss ${lossPct.toFixed(2)} %, the limit is ${limitPct.toFixed()} %`;
  const resetAt = Math.max(nextUtcMidnight(context.at), context.at + context.limits.cooldownMs);
  return trip(marked, { cause: 'daily_loss', reason, resetAt }, context);
}

/** Without equity at the start of the day any loss is a whole one. */
function lossOfNothing(dailyPnl: Money): Decimal {
  return dailyPnl.isNegative() ? new Decimal(-100) : ZERO;
}

/** The warnings whose mark lies between the loss before and the loss now. */
function warnings(before: CircuitBreakerState, now: CircuitBreakerState, limitPct: Decimal): RiskNotice[] {
  const passed = WARNING_SHARES.map((share) => limitPct.times(share)).filter((mark) => {
    const threshold = mark.negated();
    return now.dailyPnlPct.lessThanOrEqualTo(threshold) && before.dailyPnlPct.greaterThan(threshold);
  });
  const deepest = passed.at(-1);
  if (deepest === undefined) return [];
  const message = `daily loss has passed ${deepest.toFixed()} %; opening stops at ${limitPct.toFixed()} %`;
  return [{ type: 'drawdown_warning', severity: 'warning', message }];
}

interface Trip {
  readonly cause: 'daily_loss' | 'consecutive_losses';
  readonly reason: string;
  readonly resetAt: number;
}

/** Stops opening. What already stops it for longer, or for the same loss of the day, stays as it is. */
function trip(state: CircuitBreakerState, { cause, reason, resetAt }: Trip, { at }: BreakerContext): BreakerOutcome {
  const { breaker } = state;
  const isHeldLonger = breaker.status === 'tripped' && (breaker.resetAt === null || breaker.resetAt >= resetAt);
  // Its end moves with the time of the mark near midnight; it is not another trip each second.
  const isHeld = breaker.status === 'tripped' && breaker.cause === 'daily_loss' && cause === 'daily_loss';
  if (isHeldLonger || isHeld) return { state, notices: [] };
  const message = `opening stops: ${reason}`;
  return {
    state: { ...state, breaker: { status: 'tripped', cause, reason, since: at, resetAt }, updatedAt: at },
    notices: [{ type: 'circuit_breaker_triggered', severity: 'critical', message }],
  };
}
