import { describe, expect, it } from 'vitest';

import { simulatedInstrument } from './instruments.ts';
import { symbolProfiles } from './profiles.ts';

const MARKETS = ['spot', 'futures'] as const;

const INSTRUMENTS = symbolProfiles(500).flatMap((profile) =>
  MARKETS.map((market) =>
    simulatedInstrument({
      ...profile,
      ...{ market, tick: profile.tick[market], step: profile.step[market] },
      ...{ minNotional: profile.minNotional[market], listedAt: 0 },
    }),
  ),
);

describe('simulated instruments', () => {
  it('have leverage brackets without gaps, whose maintenance margin is continuous', () => {
    const futures = INSTRUMENTS.filter(({ market }) => market === 'futures');
    for (const { symbol, futures: terms } of futures) {
      const brackets = terms?.leverageBrackets ?? [];
      expect(brackets.length, symbol).toBeGreaterThan(3);
      expect(brackets[0]?.notionalFloor.isZero()).toBe(true);
      for (const [i, bracket] of brackets.entries()) {
        expect(bracket.notionalCap.greaterThan(bracket.notionalFloor), symbol).toBe(true);
        const before = brackets[i - 1];
        if (before === undefined) continue;
        const at = bracket.notionalFloor;
        const marginOf = (of: typeof bracket) =>
          at.times(of.maintenanceMarginRate).minus(of.maintenanceAmount).toFixed();
        expect(before.notionalCap.equals(at), symbol).toBe(true);
        expect(marginOf(bracket), symbol).toBe(marginOf(before));
        expect(bracket.maxLeverage).toBeLessThan(before.maxLeverage);
      }
    }
  });

  it('allow an order of usual size: bounds lie around it, on tick and step', () => {
    for (const { symbol, rules } of INSTRUMENTS) {
      const profile = symbolProfiles([symbol])[0];
      const price = profile?.referencePrice ?? 0;
      expect(rules.price.max?.greaterThan(price * 5), symbol).toBe(true);
      expect(rules.price.max?.modulo(rules.tick).isZero(), symbol).toBe(true);
      expect(rules.quantity.max?.times(price).greaterThan(1e6), symbol).toBe(true);
      expect(rules.quantity.min?.times(price).lessThan(100), symbol).toBe(true);
      expect(rules.quantity.max?.modulo(rules.step).isZero(), symbol).toBe(true);
      expect(rules.marketQuantity.max?.modulo(rules.step).isZero(), symbol).toBe(true);
    }
  });
});
