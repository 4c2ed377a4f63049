import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, decimal, price } from '../../domain/decimal.ts';
import { parseLevel } from '../../domain/levels.ts';
import { exchangeRules } from '../../testkit/builders/instruments.ts';
import { placeLevels } from './place-levels.ts';
import type { SettledExits } from './settle-exits.ts';

const EXITS: SettledExits = {
  stopLoss: parseLevel('2%'),
  stopIsDefault: false,
  targets: [],
  trailing: null,
  breakEven: null,
  maxHoldMs: null,
  atr: null,
};

const rules = exchangeRules({ tick: price('0.05') });
const long = { side: 'long', from: price('99.99'), at: 0, rules } as const;
const short = { ...long, side: 'short' } as const;

describe('placed levels', () => {
  it('round stops away from the price and targets towards it, for either side', () => {
    const exits = { ...EXITS, targets: [{ at: parseLevel('3%'), part: decimal('1') }] };
    const of = (anchor: typeof long | typeof short) => {
      const { stopPrice, plan } = placeLevels(exits, anchor);
      return [stopPrice.toFixed(), plan.targets[0]?.price.toFixed()];
    };
    expect(of(long)).toEqual(['97.95', '102.95']);
    expect(of(short)).toEqual(['102', '97']);
  });

  it('measure R by the stop as it is placed', () => {
    const exits = { ...EXITS, breakEven: parseLevel('1r'), targets: [{ at: parseLevel('2r'), part: decimal('1') }] };
    const { risk, plan } = placeLevels(exits, { ...long, from: price('100') });
    expect([risk.toFixed(), plan.breakEvenAt?.toFixed(), plan.targets[0]?.price.toFixed()]).toEqual([
      '2',
      '102',
      '104',
    ]);
  });

  it('put targets in the order in which they are reached, with their parts', () => {
    const targets = [
      { at: parseLevel('5%'), part: decimal('0.2') },
      { at: parseLevel('1%'), part: decimal('0.8') },
    ];
    for (const anchor of [long, short]) {
      expect(placeLevels({ ...EXITS, targets }, anchor).plan.targets.map(({ part }) => part.toFixed())).toEqual([
        '0.8',
        '0.2',
      ]);
    }
  });

  it('keep a stop where the fill has gone beyond it', () => {
    const exits = { ...EXITS, stopLoss: parseLevel('99') };
    expect(placeLevels(exits, { ...long, from: price('98') }).stopPrice.toFixed()).toBe('99');
  });

  it('lie on the tick and at least one tick above zero, however far the distance', () => {
    const basisPoints = fc.integer({ min: 1, max: 30_000 });
    fc.assert(
      fc.property(basisPoints, basisPoints, fc.constantFrom(long, short), (stopBps, targetBps, anchor) => {
        const { stopPrice, plan } = placeLevels(
          {
            ...EXITS,
            stopLoss: { kind: 'percent', percent: new Decimal(stopBps).dividedBy(100) },
            targets: [{ at: { kind: 'percent', percent: new Decimal(targetBps).dividedBy(100) }, part: decimal('1') }],
          },
          anchor,
        );
        for (const level of [stopPrice, ...plan.targets.map((target) => target.price)]) {
          expect(level.modulo('0.05').isZero() && level.greaterThanOrEqualTo('0.05')).toBe(true);
        }
      }),
    );
  });
});
