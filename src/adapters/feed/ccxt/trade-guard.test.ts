import { describe, expect, it } from 'vitest';

import { asId } from '../../../domain/ids.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import { TradeGuard } from './trade-guard.ts';

const BTC = asId<VenueSymbol>('BTCUSDT');
const ETH = asId<VenueSymbol>('ETHUSDT');
const NOW = 1_700_000_000_000;

describe('a trade guard', () => {
  it('numbers the trades of each symbol as they come, whatever ids they have', () => {
    const guard = new TradeGuard();
    const admit = (symbol: VenueSymbol, id: string | undefined) => guard.admit(symbol, { id, timestamp: NOW }, NOW);
    expect([admit(BTC, 'f00d'), admit(BTC, '2'), admit(ETH, '2'), admit(BTC, undefined)]).toEqual([1, 2, 1, 3]);
  });

  it('lets no trade pass twice, as venues repeat some to whoever subscribes again', () => {
    const guard = new TradeGuard();
    for (let id = 0; id < 400; id += 1) guard.admit(BTC, { id: String(id), timestamp: NOW }, NOW);
    for (let id = 0; id < 400; id += 1) {
      expect(guard.admit(BTC, { id: String(id), timestamp: NOW }, NOW)).toBeNull();
    }
    expect(guard.admit(BTC, { id: '400', timestamp: NOW }, NOW)).toBe(401);
  });

  it.each([
    ['of another time than the last one', NOW - 1, NOW],
    ['of long ago', NOW, NOW + 15_001],
    ['without a time', undefined, NOW],
  ])('lets no trade pass that is %s', (_, timestamp, now) => {
    const guard = new TradeGuard();
    guard.admit(BTC, { id: '1', timestamp: NOW }, NOW);
    expect(guard.admit(BTC, { id: '2', timestamp }, now)).toBeNull();
  });

  it('does not judge the age where the time of the venue is not known', () => {
    expect(new TradeGuard().admit(BTC, { id: '1', timestamp: 5 }, NaN)).toBe(1);
  });
});
