import { describe, expect, it } from 'vitest';
import { fill } from '../testkit/builders/fills.ts';
import { fillKey } from './fill.ts';
import { asId } from './ids.ts';

describe('the key of a fill', () => {
  it('differs by market, symbol, trade and order, and by nothing else', () => {
    const one = fill();
    const others = [
      fill({ market: 'futures' }),
      fill({ symbol: asId('ETHUSDT') }),
      fill({ venueTradeId: '2' }),
      fill({ venueOrderId: asId('8') }),
    ];
    expect(new Set([one, ...others].map(fillKey)).size).toBe(5);
    expect(fillKey(fill({ price: '7', quantity: '9', side: 'sell', time: 3 }))).toBe(fillKey(one));
  });
});
