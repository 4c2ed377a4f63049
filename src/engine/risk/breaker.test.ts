import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Decimal, money } from '../../domain/decimal.ts';
import { asId } from '../../domain/ids.ts';
import type { UserId } from '../../domain/ids.ts';
import type { CircuitBreakerState, RiskLimits } from '../../domain/risk.ts';
import { DAY_MS, HOUR_MS } from '../../domain/time.ts';
import { equityMarked, kill, newBreaker, passTime, pause, resume, tradeClosed } from './breaker.ts';

const DAY = Date.UTC(2026, 0, 5);
const NOON = DAY + 12 * HOUR_MS;
const USER = asId<UserId>('user');
const LIMITS: RiskLimits = {
  maxDailyLossPct: new Decimal(5),
  maxConsecutiveLosses: 3,
  cooldownMs: 4 * HOUR_MS,
  maxOpenPositions: 20,
  maxExposurePct: null,
  maxPositionPct: null,
  maxLeverage: 5,
};

function atNoon(): CircuitBreakerState {
  return newBreaker(USER, NOON, money('10000'));
}

function lose(state: CircuitBreakerState, times: number, at = NOON): CircuitBreakerState {
  return Array.from({ length: times }).reduce<CircuitBreakerState>(
    (each) => tradeClosed(each, money('-1'), { limits: LIMITS, at }).state,
    state,
  );
}

describe('the circuit breaker', () => {
  it('warns at 2, 3 and 4 % of daily loss and stops opening at 5 %', () => {
    let state = atNoon();
    const heard: string[] = [];
    for (const equity of ['9900', '9800', '9750', '9700', '9600', '9501', '9500']) {
      const outcome = equityMarked(state, money(equity), { limits: LIMITS, at: NOON });
      state = outcome.state;
      heard.push(...outcome.notices.map((notice) => `${equity} ${notice.type}`));
    }
    expect(heard).toEqual([
      '9800 drawdown_warning',
      '9700 drawdown_warning',
      '9600 drawdown_warning',
      '9500 circuit_breaker_triggered',
    ]);
    expect(state.breaker).toMatchObject({ status: 'tripped', cause: 'daily_loss', resetAt: DAY + DAY_MS });
  });

  it('keeps a daily loss of the late evening stopped for the whole cooldown', () => {
    const at = DAY + DAY_MS - 60_000;
    const { state } = equityMarked(atNoon(), money('9000'), { limits: LIMITS, at });
    expect(passTime(state, DAY + DAY_MS, money('9000')).state.breaker.status).toBe('tripped');
    expect(passTime(state, at + LIMITS.cooldownMs, money('9000')).state.breaker.status).toBe('closed');
  });

  it('is tripped once by a daily loss, however close to midnight, and tells it once', () => {
    let state = atNoon();
    const heard: string[] = [];
    for (let second = 0; second < 90; second += 1) {
      const at = DAY + DAY_MS - 60_000 + second * 1_000;
      for (const outcome of [passTime(state, at, money('9000')), null]) {
        const { state: after, notices } = outcome ?? equityMarked(state, money('9000'), { limits: LIMITS, at });
        state = after;
        heard.push(...notices.map(({ type }) => type));
      }
    }
    expect(heard).toEqual(['circuit_breaker_triggered']);
    expect(state.breaker).toMatchObject({ resetAt: DAY + DAY_MS - 60_000 + LIMITS.cooldownMs });
  });

  it.each(['nothing else', 'a kill'])(
    'stays open after a resume from a daily loss and %s, until as much again is lost',
    (and) => {
      const context = { limits: LIMITS, at: NOON };
      const lost = equityMarked(atNoon(), money('9400'), context).state;
      const stopped = and === 'a kill' ? kill(lost, 'enough', NOON).state : lost;
      const resumed = resume(stopped, context).state;
      const marked = equityMarked(resumed, money('9400'), context).state;
      expect(marked.breaker.status).toBe('closed');
      expect(equityMarked(marked, money('8931'), context).state.breaker.status).toBe('closed');
      expect(equityMarked(marked, money('8930'), context).state.breaker.status).toBe('tripped');
    },
  );

  it('stops after three losses in a row and goes on when the cooldown is over, with a new streak', () => {
    const state = lose(atNoon(), 3);
    expect(state.breaker).toMatchObject({ cause: 'consecutive_losses', resetAt: NOON + LIMITS.cooldownMs });
    expect(passTime(state, NOON + LIMITS.cooldownMs - 1, money('9997')).state).toEqual(state);
    const later = passTime(state, NOON + LIMITS.cooldownMs, money('9997'));
    expect(later.state).toMatchObject({ breaker: { status: 'closed' }, consecutiveLosses: 0 });
    expect(later.notices.map((notice) => notice.type)).toEqual(['circuit_breaker_reset']);
    expect(lose(later.state, 2).breaker.status).toBe('closed');
  });

  it('counts a win as the end of a streak and a result of zero as neither', () => {
    const two = lose(atNoon(), 2);
    const even = tradeClosed(two, money('0'), { limits: LIMITS, at: NOON }).state;
    expect(even.consecutiveLosses).toBe(2);
    const won = tradeClosed(even, money('0.01'), { limits: LIMITS, at: NOON }).state;
    expect(won).toMatchObject({ consecutiveLosses: 0, dailyTrades: 4, dailyWins: 1, dailyLosses: 2 });
  });

  it('never lets time end a pause or a kill', () => {
    for (const stopped of [pause(atNoon(), 'lunch', NOON), kill(atNoon(), 'enough', NOON).state]) {
      const later = passTime(stopped, NOON + 30 * DAY_MS, money('10000')).state;
      expect(later.breaker).toEqual(stopped.breaker);
      expect(resume(later, { limits: LIMITS, at: later.updatedAt }).state.breaker.status).toBe('closed');
    }
  });

  it('never lets a pause or a trip weaken a kill', () => {
    const killed = kill(atNoon(), 'enough', NOON).state;
    expect(pause(killed, 'lunch', NOON).breaker).toEqual(killed.breaker);
    expect(equityMarked(killed, money('1'), { limits: LIMITS, at: NOON }).state.breaker).toEqual(killed.breaker);
    expect(lose(killed, 5).breaker).toEqual(killed.breaker);
  });

  it('starts each UTC day from its own equity', () => {
    const state = equityMarked(atNoon(), money('9600'), { limits: LIMITS, at: NOON }).state;
    const next = passTime(state, DAY + DAY_MS, money('9600')).state;
    expect(next).toMatchObject({ dayStart: DAY + DAY_MS, dailyTrades: 0, consecutiveLosses: 0 });
    expect(equityMarked(next, money('9300'), { limits: LIMITS, at: DAY + DAY_MS }).state.breaker.status).toBe('closed');
  });

  it('is tripped exactly while a limit is broken and its time is not over, whatever happens', () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('trade' as const), pnl: fc.integer({ min: -300, max: 300 }) }),
      fc.record({ type: fc.constant('equity' as const), equity: fc.integer({ min: 8000, max: 12000 }) }),
      fc.record({ type: fc.constant('time' as const), hours: fc.integer({ min: 0, max: 30 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let state = atNoon();
        let at = NOON;
        let equity = money('10000');
        for (const each of steps) {
          const before = state;
          if (each.type === 'time') {
            at += each.hours * HOUR_MS;
            state = passTime(state, at, equity).state;
          } else if (each.type === 'equity') {
            equity = money(String(each.equity));
            state = equityMarked(state, equity, { limits: LIMITS, at }).state;
            const isBroken = state.dailyPnlPct.lessThanOrEqualTo(-5);
            if (isBroken) expect(state.breaker.status).toBe('tripped');
          } else {
            state = tradeClosed(state, money(String(each.pnl)), { limits: LIMITS, at }).state;
            if (state.consecutiveLosses >= 3 && each.pnl < 0) expect(state.breaker.status).toBe('tripped');
          }
          const wasReset = before.breaker.status === 'tripped' && state.breaker.status === 'closed';
          if (wasReset && before.breaker.status === 'tripped') {
            expect(each.type).toBe('time');
            expect(before.breaker.resetAt).not.toBeNull();
            expect(before.breaker.resetAt).toBeLessThanOrEqual(at);
          }
        }
      }),
    );
  });
});
