import { describe, expect, it } from 'vitest';
import { fee, fill } from '../testkit/builders/fills.ts';
import { openedPosition } from '../testkit/builders/positions.ts';
import { money, price, quantity } from './decimal.ts';
import { asId } from './ids.ts';
import { applyFill, applyFunding, closeAsDust, removeVanished } from './position/ledger.ts';
import type { Position } from './position/position.ts';
import { tradeOf } from './trade.ts';

const future = { market: 'futures' } as const;
const sold = (units: string, at: string, time: number): ReturnType<typeof fill> =>
  fill({
    ...future,
    side: 'sell',
    venueTradeId: `s${time}`,
    quantity: units,
    price: at,
    fee: fee('USDT', '0.5'),
    time,
  });

function closed(): Position {
  const entry = fill({ ...future, quantity: '2', price: '100', fee: fee('USDT', '1'), time: 1 });
  const added = fill({
    ...future,
    venueTradeId: '2',
    quantity: '2',
    price: '110',
    fee: fee('BNB', '0.01', '100'),
    time: 2,
  });
  const opened = applyFill(openedPosition(entry), added, 'signal').position;
  const half = applyFill(opened, sold('1', '120', 3), 'target').position;
  const funded = applyFunding(half, money('-0.25'), 4);
  return applyFill(funded, sold('3', '100', 5), 'stop').position;
}

const id = asId<ReturnType<typeof tradeOf>['id']>('trade');

describe('the trade that a position was', () => {
  it('has volume-weighted prices, and a profit net of fees and funding against all that was entered', () => {
    const trade = tradeOf(closed(), id, ['RSI crossed up']);
    expect(trade).toMatchObject({
      side: 'long',
      reason: 'stop',
      entryTime: 1,
      exitTime: 5,
      conditions: ['RSI crossed up'],
    });
    expect(trade.entryPrice.toFixed()).toBe('105');
    expect(trade.exitPrice?.toFixed()).toBe('105');
    expect(trade.quantity.toFixed()).toBe('4');
    expect(trade.fees.toFixed()).toBe('3');
    expect(trade.funding.toFixed()).toBe('-0.25');
    expect(trade.pnl.toFixed()).toBe('-3.25');
    expect(trade.pnlPct.toFixed(6)).toBe('-0.773810');
    expect(trade.exits.map((exit) => [exit.reason, exit.grossPnl.toFixed()])).toEqual([
      ['target', '15'],
      ['stop', '-15'],
    ]);
  });

  it('ends with its last exit, also when the dust is booked later', () => {
    const dusty = applyFill(
      openedPosition(fill({ ...future, quantity: '1.1' })),
      sold('1', '100', 50),
      'time_limit',
    ).position;
    const trade = tradeOf(closeAsDust(dusty, 'time_limit', 99), id, []);
    expect(trade).toMatchObject({ exitTime: 50, reason: 'time_limit', dust: { quantity: quantity('0.1') } });
  });

  it('has no exit price when nothing was sold', () => {
    const trade = tradeOf(removeVanished(openedPosition(), quantity('1'), 9), id, []);
    expect(trade).toMatchObject({ exitPrice: null, exitTime: 9, reason: 'external', entryPrice: price('100') });
  });

  it('says that it was liquidated', () => {
    const taken = applyFill(openedPosition(fill(future)), sold('1', '50', 2), 'liquidation').position;
    expect(tradeOf(taken, id, [])).toMatchObject({ reason: 'liquidation', dust: null });
  });

  it('is not made of an open position', () => {
    expect(() => tradeOf(openedPosition(), id, [])).toThrow(/while it is open/);
  });
});
