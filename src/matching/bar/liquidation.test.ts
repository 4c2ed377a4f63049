import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Decimal, decimal } from '../../domain/decimal.ts';
import type { Money, Price, Quantity } from '../../domain/decimal.ts';
import { atoms } from '../atoms.ts';
import { FUTURES_TERMS, futuresInstrument, spotInstrument } from '../../testkit/matching/builders.ts';
import { BarMatcher } from './bar-matcher.ts';
import type { BarColumns, BarEvent, ExitPlan } from './bar-types.ts';
import { liquidationOf } from './liquidation.ts';

const SIDE = fc.constantFrom('long' as const, 'short' as const);
const HUNDREDTHS = fc.integer({ min: 100, max: 10_000_000 });

describe('a liquidation price', () => {
  it('is the first price on the tick at which the margin is no more than the maintenance margin', () => {
    const drawn = fc.record({ side: SIDE, price: HUNDREDTHS, thousandths: fc.nat(100_000), leverage: fc.nat(49) });
    fc.assert(
      fc.property(drawn, ({ side, price, thousandths, leverage }) => {
        const [entry, quantity] = [new Decimal(price).dividedBy(100), new Decimal(thousandths + 1).dividedBy(1_000)];
        const cost = entry.times(quantity);
        const stake = { side, base: 'BTC', quantity: atoms(quantity), cost: atoms(cost.toDecimalPlaces(8)) };
        const found = liquidationOf(futuresInstrument(), stake, leverage + 1);
        const bracket = FUTURES_TERMS.leverageBrackets[cost.lessThan(50_000) ? 0 : 1];
        const surplusAt = (mark: Decimal): Decimal => {
          const gain = mark
            .minus(entry)
            .times(quantity)
            .times(side === 'long' ? 1 : -1);
          const maintenance = mark.times(quantity).times(bracket?.maintenanceMarginRate ?? 0);
          return cost
            .dividedBy(leverage + 1)
            .plus(gain)
            .minus(maintenance.minus(bracket?.maintenanceAmount ?? 0));
        };
        if (found === null) {
          expect(surplusAt(new Decimal('0.01')).greaterThan(0)).toBe(true);
          return;
        }
        const tick = side === 'long' ? 0.01 : -0.01;
        expect(surplusAt(found.price).lessThan(Math.abs(tick) * 1.1 * quantity.toNumber() + 1e-6)).toBe(true);
        expect(surplusAt(found.price.minus(tick)).lessThan(1e-6)).toBe(true);
        expect(surplusAt(found.price.plus(tick)).greaterThan(-1e-6)).toBe(true);
      }),
    );
  });

  it('is the bankruptcy price where the venue has told no brackets, and none on spot', () => {
    const stake = { side: 'long' as const, base: 'BTC', quantity: atoms('2'), cost: atoms('200') };
    const bare = futuresInstrument({ futures: { ...FUTURES_TERMS, leverageBrackets: [] } });
    expect(liquidationOf(bare, stake, 10)).toEqual({ price: decimal('90'), bankruptcy: decimal('90') });
    expect(liquidationOf(bare, stake, 1)).toBeNull();
    expect(liquidationOf(spotInstrument(), stake, 1)).toBeNull();
  });
});

/** Bars of one symbol from rows of open, high, low, close. */
function bars(...rows: readonly (readonly [number, number, number, number])[]): BarColumns {
  const column = (at: 0 | 1 | 2 | 3) => Float64Array.from(rows, (row) => row[at]);
  const time = Float64Array.from(rows, (_, index) => index * 60_000);
  return { time, open: column(0), high: column(1), low: column(2), close: column(3) };
}

/** A position of 10 at 100 with a margin of 100, asked for after the first close: its exits, and the cash at the end. */
function ride(columns: BarColumns, side: 'long' | 'short', exits: Partial<ExitPlan> = {}) {
  const events: BarEvent[] = [];
  const [balance, none] = [new Decimal(1_000) as Money, new Decimal(0)];
  const onEvent = (event: BarEvent): number => events.push(event);
  const terms = {
    market: 'futures',
    balance,
    leverage: 10,
    feeBps: none,
    slippageBps: none,
    maxPositions: null,
  } as const;
  const matcher = new BarMatcher({ ...terms, onEvent }, [{ instrument: futuresInstrument(), columns }]);
  const plan = { stop: null, targets: [], trailing: null, breakEvenAt: null, maxHoldMs: null, ...exits };
  const quantity = (): Quantity => new Decimal(10) as Quantity;
  matcher.next();
  matcher.enter({ symbol: 'BTCUSDT', side, isReversal: false, quantity, exits: () => plan, tag: 'x' });
  while (matcher.next());
  const left = events.flatMap((event) => (event.type === 'exit' ? [[event.reason, event.price.toNumber()]] : []));
  return { exits: left, cash: matcher.account.cashBalance.toNumber() };
}

describe('a position with leverage', () => {
  const start = [100, 100, 100, 100] as const;
  const stop = (price: number) => ({ stop: new Decimal(price) as Price });

  it('loses its margin and no more when a bar reaches its liquidation price', () => {
    expect(ride(bars(start, start, [100, 101, 90.3, 95]), 'long')).toEqual({ exits: [['liquidation', 90]], cash: 900 });
    expect(ride(bars(start, start, [100, 101, 90.4, 95]), 'long').exits).toEqual([]);
    expect(ride(bars(start, start, [100, 109.7, 99, 105]), 'short').cash).toBe(900);
    expect(ride(bars(start, start, [50, 60, 40, 55]), 'long').cash).toBe(900);
  });

  it('is stopped first by a stop that is nearer, unless a gap leaves nothing of its margin', () => {
    expect(ride(bars(start, start, [100, 101, 80, 95]), 'long', stop(95)).exits).toEqual([['stop', 95]]);
    expect(ride(bars(start, start, [90.2, 91, 80, 85]), 'long', stop(95)).exits).toEqual([['stop', 90.2]]);
    expect(ride(bars(start, start, [89, 91, 80, 85]), 'long', stop(95)).exits).toEqual([['liquidation', 90]]);
    expect(ride(bars(start, start, [100, 101, 80, 95]), 'long', stop(90.1)).exits).toEqual([['liquidation', 90]]);
  });
});
