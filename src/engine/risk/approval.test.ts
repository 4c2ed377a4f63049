import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Decimal, money, price, quantity } from '../../domain/decimal.ts';
import { asId } from '../../domain/ids.ts';
import type { BreakerPosition, RiskLimits } from '../../domain/risk.ts';
import { fill } from '../../testkit/builders/fills.ts';
import { orderIntent } from '../../testkit/builders/orders.ts';
import { openedPosition } from '../../testkit/builders/positions.ts';
import { approveEntry, approveReduction } from './approval.ts';
import type { RiskFacts } from './approval.ts';

const OPEN: BreakerPosition = { status: 'closed' };
const LIMITS: RiskLimits = {
  maxDailyLossPct: new Decimal(5),
  maxConsecutiveLosses: 3,
  cooldownMs: 0,
  maxOpenPositions: 3,
  maxExposurePct: new Decimal(200),
  maxPositionPct: new Decimal(50),
  maxLeverage: 5,
};
const FACTS: RiskFacts = {
  equity: money('10000'),
  openPositions: 0,
  exposure: money('0'),
  exposureInSymbol: money('0'),
  entryPrice: price('100'),
  stopPrice: price('98'),
  leverage: 1,
};

function refusalOf(facts: Partial<RiskFacts>, breaker = OPEN, size = '1'): string | null {
  const verdict = approveEntry(
    orderIntent({ quantity: quantity(size) }),
    { ...FACTS, ...facts },
    { limits: LIMITS, breaker },
  );
  return verdict.ok ? null : verdict.error.code;
}

describe('the approval of an entry', () => {
  it('lets an order pass that breaks no limit, as it is', () => {
    const intent = orderIntent();
    const verdict = approveEntry(intent, FACTS, { limits: LIMITS, breaker: OPEN });
    expect(verdict).toEqual({ ok: true, value: intent });
  });

  it.each<{ order: string; facts: Partial<RiskFacts>; size: string; code: string | null }>([
    { order: 'no stop', facts: { stopPrice: null }, size: '1', code: 'STOP_MISSING' },
    { order: 'a stop on the winning side', facts: { stopPrice: price('100') }, size: '1', code: 'STOP_MISSING' },
    { order: 'as many positions as allowed', facts: { openPositions: 3 }, size: '1', code: 'POSITION_LIMIT' },
    {
      order: 'more of a position that is open',
      facts: { openPositions: 3, exposureInSymbol: money('10') },
      size: '1',
      code: null,
    },
    { order: 'too much leverage', facts: { leverage: 6 }, size: '1', code: 'LEVERAGE_LIMIT' },
    { order: 'exactly the largest position', facts: {}, size: '50', code: null },
    { order: 'more than the largest position', facts: {}, size: '50.01', code: 'POSITION_TOO_LARGE' },
    { order: 'exactly the whole exposure', facts: { exposure: money('19900') }, size: '1', code: null },
    {
      order: 'more than the whole exposure',
      facts: { exposure: money('19900.01') },
      size: '1',
      code: 'EXPOSURE_LIMIT',
    },
    { order: 'an account without equity', facts: { equity: money('-5') }, size: '1', code: 'POSITION_TOO_LARGE' },
  ])('judges $order', ({ facts, size, code }) => {
    expect(refusalOf(facts, OPEN, size)).toBe(code);
  });

  it('refuses every entry while opening is stopped, and says how it ends', () => {
    const breaker = { status: 'tripped', cause: 'kill_switch', reason: 'enough', since: 0, resetAt: null } as const;
    const verdict = approveEntry(orderIntent(), FACTS, { limits: LIMITS, breaker });
    expect(verdict.ok ? null : [verdict.error.code, verdict.error.hint]).toEqual([
      'OPENING_PAUSED',
      'Allow it again with `aitrader resume`.',
    ]);
  });

  it('never lets positions together exceed a limit, in whatever order they are asked for', () => {
    const asked = fc.array(fc.record({ size: fc.integer({ min: 1, max: 80 }), isNew: fc.boolean() }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(asked, (entries) => {
        const held: number[] = [];
        for (const { size, isNew } of entries) {
          const own = isNew || held.length === 0 ? 0 : (held[0] ?? 0);
          const exposure = held.reduce((total, each) => total + each, 0);
          const facts = {
            openPositions: held.length,
            exposure: money(String(exposure)),
            exposureInSymbol: money(String(own)),
          };
          if (refusalOf(facts, OPEN, String(size)) !== null) continue;
          if (own === 0) held.push(size * 100);
          else held[0] = own + size * 100;
        }
        expect(held.length).toBeLessThanOrEqual(3);
        expect(Math.max(0, ...held)).toBeLessThanOrEqual(5000);
        expect(held.reduce((total, each) => total + each, 0)).toBeLessThanOrEqual(20000);
      }),
    );
  });
});

describe('the approval of a reduction', () => {
  const position = openedPosition(fill({ quantity: '2' }));

  it('lets a part and the whole pass, and nothing that would do more than close', () => {
    const closing = (size: string): boolean =>
      approveReduction(orderIntent({ side: 'sell', leg: 'exit', quantity: quantity(size) }), position).ok;
    expect(closing('0.5')).toBe(true);
    expect(closing(position.quantity.toFixed())).toBe(true);
    expect(closing(position.quantity.plus('0.00000001').toFixed())).toBe(false);
  });

  it('refuses the wrong side and another symbol', () => {
    const size = quantity('1');
    expect(approveReduction(orderIntent({ side: 'buy', quantity: size }), position).ok).toBe(false);
    const other = orderIntent({ side: 'sell', symbol: asId('ETHUSDT'), quantity: size });
    expect(approveReduction(other, position).ok).toBe(false);
  });
});
