import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Ticker } from '../../domain/candle.ts';
import { decimal, Decimal, price, quantity } from '../../domain/decimal.ts';
import { asId } from '../../domain/ids.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { PositionSide } from '../../domain/position/position.ts';
import { withPriceSeen } from '../../domain/position/protection.ts';
import { unrealizedPnl } from '../../domain/position/ledger.ts';
import { fill } from '../../testkit/builders/fills.ts';
import { openedPosition } from '../../testkit/builders/positions.ts';
import { filterPositions } from './filter-position.ts';

const BTC = asId<VenueSymbol>('BTCUSDT');
const AT = Date.UTC(2025, 0, 6, 12);
const MINUTE = 60_000;

function at(last: number): { at: number; clockTimeframe: '5m'; tickers: ReadonlyMap<VenueSymbol, Ticker> } {
  const nothing = { open: NaN, high: NaN, low: NaN, volume: NaN, quoteVolume: NaN, changePct: NaN };
  const ticker = { symbol: BTC, time: AT, last, bid: NaN, ask: NaN, mark: NaN, ...nothing };
  return { at: AT, clockTimeframe: '5m', tickers: new Map([[BTC, ticker]]) };
}

function positionOf(side: PositionSide, entry: number, openedAt = AT - MINUTE) {
  const order = side === 'long' ? 'buy' : 'sell';
  const entryFill = fill({ market: 'futures', side: order, price: String(entry), quantity: '2', time: openedAt });
  return openedPosition(entryFill, { stopPrice: price('5'), initialRisk: decimal('4') });
}

describe('a position as its filter sees it', () => {
  it('has the profit that the books say, in per cent of the entry and in R', () => {
    const cents = fc.integer({ min: 100, max: 1_000_000 }).map((each) => each / 100);
    fc.assert(
      fc.property(fc.constantFrom<PositionSide>('long', 'short'), cents, cents, (side, entry, last) => {
        const position = positionOf(side, entry);
        const seen = filterPositions([{ position, conditions: ['why'] }], at(last)).get(BTC);
        const pnl = unrealizedPnl(position, price(new Decimal(last))).toNumber();
        expect(seen?.profitPct).toBeCloseTo((100 * pnl) / (entry * 2), 6);
        expect(seen?.profitR).toBeCloseTo(pnl / 2 / 4, 6);
        expect(seen).toMatchObject({ side, entryPrice: entry, stopLoss: 5, conditions: ['why'] });
      }),
    );
  });

  it('remembers the best profit, and never less than that of now', () => {
    const was = withPriceSeen(positionOf('short', 100), price('80'));
    const maxAt = (last: number) =>
      filterPositions([{ position: was, conditions: [] }], at(last)).get(BTC)?.maxProfitPct;
    expect(maxAt(90)).toBe(20);
    expect(maxAt(70)).toBe(30);
  });

  it.each([
    ['at the open of a candle that just closed', AT - 5 * MINUTE, 1],
    ['within that candle', AT - 1, 1],
    ['at the moment of the check', AT, 0],
    ['within the candle before', AT - 5 * MINUTE - 1, 2],
    ['after the moment of the check', AT + 3, 0],
  ])('counts the candles that closed since an entry %s', (_when, openedAt, bars) => {
    const position = positionOf('long', 100, openedAt);
    expect(filterPositions([{ position, conditions: [] }], at(100)).get(BTC)?.bars).toBe(bars);
  });

  it('says NaN for what is not known', () => {
    const position = openedPosition(fill({ quantity: quantity('1').toFixed() }));
    const seen = filterPositions([{ position, conditions: [] }], { ...at(1), tickers: new Map() }).get(BTC);
    expect(seen).toMatchObject({ profitPct: NaN, profitR: NaN, stopLoss: NaN, maxProfitPct: 0 });
  });
});
