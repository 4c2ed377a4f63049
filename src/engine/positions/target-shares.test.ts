import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, money, price, quantity } from '../../domain/decimal.ts';
import type { Quantity } from '../../domain/decimal.ts';
import type { PositionTarget } from '../../domain/position/position.ts';
import { exchangeRules } from '../../testkit/builders/instruments.ts';
import { targetShares } from './target-shares.ts';

const target = (part: Decimal): PositionTarget => ({ price: price('100'), part, orderId: null, reachedAt: null });
const thirds = [1, 2, 3].map(() => target(new Decimal(1).dividedBy(3)));
const coarse = exchangeRules({ step: quantity('1'), notional: { min: money('100'), max: null } });
const texts = (shares: readonly Quantity[]): string[] => shares.map((share) => share.toFixed());

describe('the shares of targets', () => {
  it('are equal thirds where the step allows, with the rest on the last', () => {
    expect(texts(targetShares(quantity('3'), thirds, { market: 'spot', rules: coarse }))).toEqual(['1', '1', '1']);
    expect(texts(targetShares(quantity('5'), thirds, { market: 'spot', rules: coarse }))).toEqual(['1', '1', '3']);
  });

  it('go to the last where the exchange would not take them', () => {
    const rules = exchangeRules({ step: quantity('1'), notional: { min: money('200'), max: null } });
    expect(texts(targetShares(quantity('5'), thirds, { market: 'spot', rules }))).toEqual(['0', '0', '5']);
    expect(texts(targetShares(quantity('5'), thirds, { market: 'futures', rules }))).toEqual(['1', '1', '3']);
  });

  it('add up to exactly the position', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 });
    const steps = fc.constantFrom('0.00001', '0.03', '1');
    fc.assert(
      fc.property(weights, steps, fc.integer({ min: 1, max: 1_000_000 }), (parts, step, count) => {
        const rules = exchangeRules({ step: quantity(step) });
        const entered = new Decimal(count).times(step) as Quantity;
        const whole = parts.reduce((sum, part) => sum + part, 0);
        const targets = parts.map((part) => target(new Decimal(part).dividedBy(whole)));
        const shares = targetShares(entered, targets, { market: 'spot', rules });
        const sum = shares.reduce((total, share) => total.plus(share), new Decimal(0));
        expect(sum.toFixed()).toBe(entered.toFixed());
        expect(shares.every((share) => share.modulo(step).isZero() && !share.isNegative())).toBe(true);
      }),
    );
  });
});
