import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fill } from '../../testkit/builders/fills.ts';
import { openedPosition } from '../../testkit/builders/positions.ts';
import { price } from '../decimal.ts';
import { asId } from '../ids.ts';
import type { Position } from './position.ts';
import { isTighterOrEqual, withoutGuard, withPriceSeen, withProtection } from './protection.ts';

const long = openedPosition();
const short = openedPosition(fill({ market: 'futures', side: 'sell' }));

const guarded = (position: Position, at: string): Position =>
  withProtection(position, { guard: 'local', stopPrice: price(at), cause: 'test' }, 1);

describe('the protection of a position', () => {
  it('is missing at first, though it is known where the stop belongs', () => {
    const opened = openedPosition(fill(), { stopPrice: price('95') });
    expect(opened.protection).toMatchObject({ guard: 'none', stopPrice: price('95') });
  });

  it('tightens: upwards for a long, downwards for a short', () => {
    expect(guarded(guarded(long, '95'), '96').protection.stopPrice).toEqual(price('96'));
    expect(() => guarded(guarded(long, '95'), '94.99')).toThrow(/94.99 is looser than the one at 95/);
    expect(guarded(guarded(short, '105'), '104').protection.stopPrice).toEqual(price('104'));
    expect(() => guarded(guarded(short, '105'), '105.01')).toThrow(/looser/);
  });

  it('may change its guard at the same price', () => {
    expect(guarded(guarded(short, '105'), '105').protection.guard).toBe('local');
    const local = guarded(long, '95');
    const venue = withProtection(local, { guard: 'venue', stopPrice: price('95'), stopOrderId: asId('stop') }, 2);
    expect(venue).toMatchObject({ protection: { guard: 'venue' }, updatedAt: 2 });
  });

  it('remembers where the lost stop belongs, and takes none looser than that', () => {
    const lost = withoutGuard(guarded(long, '95'), 'cancelled by the exchange', 7);
    expect(lost.protection).toEqual({
      guard: 'none',
      since: 7,
      cause: 'cancelled by the exchange',
      stopPrice: price('95'),
    });
    expect(() => guarded(lost, '90')).toThrow(/looser/);
    expect(guarded(lost, '95').protection.guard).toBe('local');
  });

  it('never ends looser than any stop that was accepted on the way', () => {
    const stops = fc.array(fc.integer({ min: 1, max: 200 }));
    fc.assert(
      fc.property(fc.constantFrom(long, short), stops, (position, prices) => {
        let current = position;
        for (const candidate of prices) {
          const before = current;
          if (isTighterOrEqual(current, price(String(candidate)))) current = guarded(current, String(candidate));
          const stop = before.protection.stopPrice;
          if (stop !== null) {
            const moved = Number(current.protection.stopPrice) - Number(stop);
            expect(position.side === 'long' ? moved : -moved).toBeGreaterThanOrEqual(0);
          }
        }
      }),
    );
  });
});

describe('the prices that a position has seen', () => {
  it('are kept as the best and the worst for its side', () => {
    const prices = fc.array(fc.integer({ min: 1, max: 200 }));
    fc.assert(
      fc.property(prices, (seen) => {
        const after = (position: Position): Position =>
          seen.reduce((current, at) => withPriceSeen(current, price(String(at))), position);
        const [high, low] = [Math.max(100, ...seen), Math.min(100, ...seen)];
        expect([Number(after(long).bestPrice), Number(after(long).worstPrice)]).toEqual([high, low]);
        expect([Number(after(short).bestPrice), Number(after(short).worstPrice)]).toEqual([low, high]);
      }),
    );
  });

  it('leave the position as it is when they are neither', () => {
    for (const position of [long, short]) expect(withPriceSeen(position, price('100'))).toBe(position);
  });
});
