import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, decimal, money, price, quantity, ZERO_QUANTITY } from '../../domain/decimal.ts';
import type { Quantity } from '../../domain/decimal.ts';
import { parseLevel } from '../../domain/levels.ts';
import { applyFill } from '../../domain/position/ledger.ts';
import type { Position } from '../../domain/position/position.ts';
import type { Result } from '../../lib/result.ts';
import { fill } from '../../testkit/builders/fills.ts';
import { exchangeRules, instrument } from '../../testkit/builders/instruments.ts';
import { openedPosition } from '../../testkit/builders/positions.ts';
import { partToClose, tightenedStop, withEditedPlan } from './edit.ts';
import type { EditTerms } from './edit.ts';

const TERMS: EditTerms = {
  instrument: instrument({ rules: exchangeRules({ step: quantity('0.01') }) }),
  atr: null,
  exitsInFlight: ZERO_QUANTITY,
  last: price('104'),
};

/** A long of so much, entered at 100 with a stop at 98. */
function longOf(size: string): Position {
  return openedPosition(fill({ quantity: size }), { stopPrice: price('98'), initialRisk: decimal('2') });
}

function outcome(result: Result<{ toFixed(): string }, { code: string }>): string {
  return result.ok ? result.value.toFixed() : result.error.code;
}

describe('closing a part', () => {
  it.each([
    ['0.5', '1', '0.5'],
    ['0.333', '1', '0.33'],
    ['1', '1.005', '1'],
    // 0.04 at 104 could not be sold any more.
    ['0.96', '1', '1'],
    ['0.01', '1', 'QUANTITY_OUT_OF_RANGE'],
    ['0', '1', 'PART_INVALID'],
    ['1.01', '1', 'PART_INVALID'],
  ])('of %s of %s sells %s', (part, size, expected) => {
    expect(outcome(partToClose(longOf(size), decimal(part), TERMS))).toBe(expected);
  });

  it.each([
    ['1', '1', 'EXIT_UNDER_WAY'],
    ['0.5', '1', 'EXIT_UNDER_WAY'],
    ['1', '0.4', '0.6'],
  ])('of %s while an exit of %s is under way sells %s', (part, flying, expected) => {
    const terms = { ...TERMS, exitsInFlight: quantity(flying) };
    expect(outcome(partToClose(longOf('1'), decimal(part), terms))).toBe(expected);
  });

  it('never sells more than is open and not on its way already', () => {
    const hundredths = fc.integer({ min: 1, max: 1_000 }).map((value) => new Decimal(value).dividedBy(100));
    const minimum = fc.constantFrom(null, money('5'), money('60'));
    fc.assert(
      fc.property(hundredths, hundredths, hundredths, minimum, (...[size, flying, part, min]) => {
        const rules = exchangeRules({ step: quantity('0.01'), notional: { min, max: null } });
        const exitsInFlight = Decimal.min(size, flying) as Quantity;
        const terms = { ...TERMS, instrument: instrument({ rules }), exitsInFlight };
        const result = partToClose(longOf(size.toFixed()), Decimal.min(part, 1), terms);
        if (result.ok) expect(result.value.plus(exitsInFlight).lte(size)).toBe(true);
      }),
    );
  });
});

describe('editing a stop', () => {
  it.each([
    ['99', '99'],
    ['98', '98'],
    ['97.99', 'STOP_LOOSENED'],
    ['2%', '98'],
    ['1%', '99'],
    ['105', '105'],
    ['1atr', 'ATR_UNKNOWN'],
  ])('to %s gives %s', (level, expected) => {
    expect(outcome(tightenedStop(longOf('1'), parseLevel(level), TERMS))).toBe(expected);
  });
});

describe('editing the plan', () => {
  it('lets new targets share what is open', () => {
    const sold = fill({ side: 'sell', quantity: '0.5', venueTradeId: '2' });
    const { position } = applyFill(longOf('2'), sold, 'manual');
    const takeProfit = ['3r', '110'].map((at) => ({ at: parseLevel(at), part: null }));
    const edited = withEditedPlan(position, { takeProfit }, TERMS);
    const targets = edited.ok ? edited.value.plan.targets : [];
    expect(targets.map((target) => [target.price.toFixed(), target.part.toFixed()])).toEqual([
      ['106', '0.375'],
      ['110', '0.375'],
    ]);
  });

  it('leaves alone what the change does not name', () => {
    const edited = withEditedPlan(longOf('1'), { trailing: parseLevel('1%') }, TERMS);
    if (!edited.ok) throw edited.error;
    expect(edited.value.plan).toEqual({ ...longOf('1').plan, trailing: parseLevel('1%') });
    expect(withEditedPlan(edited.value, { trailing: null }, TERMS)).toEqual({ ok: true, value: longOf('1') });
    expect(withEditedPlan(edited.value, {}, TERMS)).toEqual({ ok: true, value: edited.value });
  });

  it.each([
    [{ trailing: parseLevel('104') }, 'LEVEL_UNSUITABLE'],
    [{ trailing: parseLevel('100%') }, 'LEVEL_UNSUITABLE'],
    [{ trailing: parseLevel('1atr') }, 'ATR_UNKNOWN'],
    [{ takeProfit: [{ at: parseLevel('103'), part: null }] }, 'TARGET_WRONG_SIDE'],
    [{ takeProfit: [{ at: parseLevel('1atr'), part: null }] }, 'ATR_UNKNOWN'],
    [{ takeProfit: [{ at: parseLevel('110'), part: decimal('2') }] }, 'TARGET_PARTS_INVALID'],
  ])('refuses %j', (change, code) => {
    const edited = withEditedPlan(longOf('1'), change, TERMS);
    expect(edited.ok ? null : edited.error.code).toBe(code);
  });
});
