import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/decimal.ts';
import { atoms, atomsDecimal } from '../atoms.ts';
import { MAX_COUNT, Scale } from './scale.ts';

const unit = fc.constantFrom('0.00000001', '0.00001', '0.0001', '0.01', '0.25', '1', '100').map((text) => atoms(text));
const count = fc.integer({ min: 1, max: 10_000_000_000 });

describe('a scale', () => {
  it('counts whole units of an amount exactly, and nothing between two of them', () => {
    fc.assert(
      fc.property(unit, count, fc.bigInt({ min: 1n, max: 99n }), (size, ticks, off) => {
        const scale = new Scale(size, size);
        expect(scale.ticks(scale.price(ticks))).toBe(ticks);
        expect(scale.steps(scale.quantity(ticks))).toBe(ticks);
        if (off % size !== 0n) expect(scale.ticks(scale.price(ticks) + off)).toBeNaN();
      }),
    );
  });

  it('refuses what a Float64 cannot count', () => {
    const scale = new Scale(1n, 1n);
    expect(scale.ticks(BigInt(MAX_COUNT))).toBe(MAX_COUNT);
    expect(scale.ticks(BigInt(MAX_COUNT) + 1n)).toBeNaN();
    expect(() => scale.marketTicks(1e9)).toThrow(/price/);
    expect(() => scale.marketTicks(NaN)).toThrow(/price/);
    expect(() => scale.marketSteps(-1)).toThrow(/quantity/);
  });

  it('values price x quantity cut for a trade and raised for a lock, as exact decimals say', () => {
    fc.assert(
      fc.property(fc.tuple(unit, unit), count, count, ([tick, step], ticks, steps) => {
        const scale = new Scale(tick, step);
        const exact = atomsDecimal(scale.price(ticks)).times(atomsDecimal(scale.quantity(steps)));
        const round = (rounding: 2 | 3): bigint => atoms(exact.toDecimalPlaces(8, rounding));
        expect(scale.notional(ticks, steps)).toBe(round(Decimal.ROUND_FLOOR));
        expect(scale.notionalRaised(ticks, steps)).toBe(round(Decimal.ROUND_CEIL));
      }),
    );
  });

  it('buys the most steps that funds pay for', () => {
    fc.assert(
      fc.property(
        fc.tuple(unit, unit),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.bigInt(0n, 10n ** 16n),
        ([tick, step], ticks, funds) => {
          const scale = new Scale(tick, step);
          const steps = scale.affordableSteps(funds, ticks);
          fc.pre(steps < 1e12);
          expect(scale.notional(ticks, steps) <= funds).toBe(true);
          const exactNext = scale.price(ticks) * scale.quantity(steps + 1);
          expect(exactNext > funds * atoms('1')).toBe(true);
        },
      ),
    );
  });

  it('reads market prices to the nearest tick', () => {
    const scale = new Scale(atoms('0.1'), atoms('0.001'));
    expect(scale.marketTicks(63_250.1)).toBe(632_501);
    expect(scale.marketSteps(0.3)).toBe(300);
    expect(scale.fractionalTicks(atoms('63250.15'))).toBe(632_501.5);
  });
});
