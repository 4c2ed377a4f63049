import { describe, expect, it } from 'vitest';

import { quantity } from '../domain/decimal.ts';
import { unitsLeft } from './units-left.ts';

/** @param signed fills of others: above zero they buy */
function left(side: 'long' | 'short', signed: readonly number[], { foreign = '0', held = '' } = {}): string {
  const sum = signed.reduce((total, each) => total + (side === 'long' ? each : -each), 2 + Number(foreign));
  const fills = signed.map((each) => {
    return { side: each > 0 ? 'buy' : 'sell', quantity: quantity(String(Math.abs(each))) } as const;
  });
  const known = { foreign: quantity(foreign), held: quantity(held === '' ? String(Math.max(0, sum)) : held), fills };
  return unitsLeft({ side, quantity: quantity('2') }, known).toFixed();
}

describe('what is left of two units', () => {
  it('is what others have not taken, theirs going first', () => {
    expect(left('long', [])).toBe('2');
    expect(left('long', [-0.5])).toBe('1.5');
    expect(left('long', [-0.5], { foreign: '1' })).toBe('2');
    expect(left('long', [-1.5], { foreign: '1' })).toBe('1.5');
    expect(left('short', [0.5])).toBe('1.5');
  });

  it('does not come back when others add again', () => {
    expect(left('long', [-0.5, 3])).toBe('1.5');
    expect(left('long', [3, -0.5])).toBe('2');
  });

  it('is nothing once the position was closed or turned, whoever opened another one', () => {
    expect(left('long', [-2, 1])).toBe('0');
    expect(left('long', [-3, 5])).toBe('0');
    expect(left('short', [3, -2], { foreign: '1' })).toBe('0');
  });

  it('leaves others what they have added where fills are missing', () => {
    expect(left('long', [], { held: '0.5' })).toBe('0.5');
    expect(left('long', [0.5], { held: '0.5' })).toBe('0');
    expect(left('long', [0.5], { held: '1' })).toBe('0.5');
    expect(left('long', [-1], { held: '1.5' })).toBe('1.5');
  });
});
