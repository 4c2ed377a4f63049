import { describe, expect, it } from 'vitest';

import type { Balance } from '../../domain/account.ts';
import { decimal } from '../../domain/decimal.ts';
import { asId } from '../../domain/ids.ts';
import { fill } from '../../testkit/builders/fills.ts';
import { openedPosition } from '../../testkit/builders/positions.ts';
import { accountFunds } from './funds.ts';

const quote = (free: string, locked = '0'): Balance => ({
  ...{ accountId: asId('account'), asset: 'USDT', updatedAt: 0 },
  ...{ free: decimal(free), locked: decimal(locked) },
});
const long = openedPosition(fill({ market: 'futures', price: '100', quantity: '3' }));
const held = openedPosition(fill({ market: 'spot', price: '100', quantity: '3' }));

describe('what an account is worth', () => {
  it('is on spot the cash and the units at the market', () => {
    const { equity, freeCash, exposure } = accountFunds(quote('700', '50'), [held], () => 110);
    expect([equity, freeCash, exposure].map((each) => each.toFixed())).toEqual(['1080', '700', '330']);
  });

  it('is on futures the wallet and the profit that is not realised', () => {
    const { equity, exposure } = accountFunds(quote('700', '300'), [long], () => 110);
    expect([equity, exposure].map((each) => each.toFixed())).toEqual(['1030', '330']);
  });

  it('counts the margin of futures as bound once, whether the venue has told it yet or not', () => {
    const told = accountFunds(quote('700', '300'), [long], () => 100);
    const untold = accountFunds(quote('1000'), [long], () => 100);
    expect(told.freeCash.toFixed()).toBe('700');
    expect(untold.freeCash.toFixed()).toBe('700');
  });

  it('leaves what losses and orders bind at the venue bound', () => {
    expect(accountFunds(quote('620', '380'), [long], () => 80).freeCash.toFixed()).toBe('620');
  });

  it.each([NaN, 0, -1, Infinity])('values a position without a usable price (%s) at its entry', (last) => {
    expect(accountFunds(quote('700'), [held], () => last).equity.toFixed()).toBe('1000');
  });

  it('is nothing while no balance is known', () => {
    expect(accountFunds(undefined, [], () => 100).equity.toFixed()).toBe('0');
  });
});
