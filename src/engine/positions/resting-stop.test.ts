import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal, decimal, price, quantity, ZERO_QUANTITY } from '../../domain/decimal.ts';
import type { Price } from '../../domain/decimal.ts';
import { applyFill } from '../../domain/position/ledger.ts';
import { fee, fill } from '../../testkit/builders/fills.ts';
import { exchangeRules, instrument } from '../../testkit/builders/instruments.ts';
import { openedPosition } from '../../testkit/builders/positions.ts';
import { correctStop, restingStop } from './resting-stop.ts';
import type { RestingStop } from './resting-stop.ts';

const rules = exchangeRules({ step: quantity('0.001') });
const TERMS = { instrument: instrument({ rules }), locked: ZERO_QUANTITY };
const STOP = price('98');

describe('the stop that is to rest at the exchange', () => {
  it('follows every fill of the position, fees in base taken off', () => {
    const entry = fill({ quantity: '1', fee: fee('BTC', '0.0005', '100') });
    let position = openedPosition(entry);
    const wanted = (): string | undefined => restingStop(position, STOP, TERMS)?.quantity.toFixed();
    expect(wanted()).toBe('0.999');
    position = applyFill(position, fill({ quantity: '0.5', venueTradeId: '2' }), 'manual').position;
    expect(wanted()).toBe('1.499');
    position = applyFill(position, fill({ side: 'sell', quantity: '1.2', venueTradeId: '3' }), 'target').position;
    expect(wanted()).toBe('0.299');
  });

  it.each(['spot', 'futures'] as const)('leaves on %s what other exits need for themselves', (market) => {
    const of = (locked: string) =>
      restingStop(openedPosition(fill({ market })), STOP, { ...TERMS, locked: quantity(locked) });
    expect(of('0.4')?.quantity.toFixed()).toBe('0.6');
    expect(of('0')).toEqual({ side: 'sell', quantity: quantity('1'), triggerPrice: STOP });
  });

  it('is none where the exchange would not take it', () => {
    expect(restingStop(openedPosition(fill({ quantity: '0.05' })), STOP, TERMS)).toBeNull();
  });
});

describe('the correction of a resting stop', () => {
  const stop = (size: string, at: string, side: 'buy' | 'sell' = 'sell'): RestingStop => ({
    side,
    quantity: quantity(size),
    triggerPrice: price(at),
  });
  const correct = (wanted: RestingStop | null, resting: RestingStop | null, leastMove = '0') =>
    correctStop(wanted, resting, decimal(leastMove));

  it('places, keeps, replaces and cancels', () => {
    expect(correct(stop('1', '98'), null)).toEqual({ action: 'place', stop: stop('1', '98') });
    expect(correct(stop('1', '98'), stop('1', '98'))).toEqual({ action: 'keep' });
    expect(correct(stop('0.5', '98'), stop('1', '98'))).toEqual({ action: 'replace', stop: stop('0.5', '98') });
    expect(correct(stop('1', '98.5'), stop('1', '98'))).toEqual({ action: 'replace', stop: stop('1', '98.5') });
    expect(correct(null, stop('1', '98'))).toEqual({ action: 'cancel' });
    expect(correct(null, null)).toEqual({ action: 'keep' });
  });

  it('waits with a trailing stop until the move is worth an order', () => {
    expect(correct(stop('1', '98.4'), stop('1', '98'), '0.5')).toEqual({ action: 'keep' });
    expect(correct(stop('1', '98.5'), stop('1', '98'), '0.5').action).toBe('replace');
  });

  it('never moves the trigger back', () => {
    const at = fc.integer({ min: 9_000, max: 11_000 }).map((ticks) => new Decimal(ticks).dividedBy(100).toFixed());
    const size = fc.constantFrom('1', '2');
    const side = fc.constantFrom('buy' as const, 'sell' as const);
    fc.assert(
      fc.property(at, at, size, side, (...[from, to, amount, direction]) => {
        const correction = correct(stop(amount, to, direction), stop('1', from, direction));
        const trigger: Price = 'stop' in correction ? correction.stop.triggerPrice : price(from);
        expect(direction === 'sell' ? trigger.gte(from) : trigger.lte(from)).toBe(true);
      }),
    );
  });
});
