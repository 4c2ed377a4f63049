import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { arbitraryBalance, arbitraryPosition, arbitraryTrade } from '../../../testkit/builders/arbitrary-holdings.ts';
import { arbitraryOrder } from '../../../testkit/builders/arbitrary-orders.ts';
import { arbitrarySignal, arbitraryTrader } from '../../../testkit/builders/arbitrary-signals.ts';
import { openedPosition } from '../../../testkit/builders/positions.ts';
import { pendingOrder } from '../../../testkit/builders/orders.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import { asId } from '../../../domain/ids.ts';
import type { AccountId } from '../../../domain/ids.ts';
import { balanceJson } from '../../shared/json/account-json.ts';
import { orderJson } from '../../shared/json/order-json.ts';
import { positionJson } from '../../shared/json/position-json.ts';
import { signalJson } from '../../shared/json/signal-json.ts';
import { tradeJson } from '../../shared/json/trade-json.ts';
import { traderJson } from '../../shared/json/trader-json.ts';
import type { OrderForm, PositionForm } from '../../shared/wire/forms.ts';
import { readOrder } from './read-order.ts';
import { readPosition } from './read-position.ts';
import { readSignal } from './read-signal.ts';
import { readBalance } from './read-status.ts';
import { readTrade } from './read-trade.ts';
import { readTrader } from './read-trader.ts';

const ACCOUNT = asId<AccountId>('main');
const NO_NAMES = new Map<never, string>();

/** What went over the wire. */
function sent<Form>(form: Form): Form {
  return JSON.parse(JSON.stringify(form)) as Form;
}

/** Figures that are calculated anew agree to twelve digits; all else to the letter. */
function expectSame(form: object, again: object, calculated: readonly string[]): void {
  for (const name of calculated) {
    const [one, other] = [form, again].map((each) => Number((each as Record<string, unknown>)[name]));
    expect(other).toBeCloseTo(one ?? NaN, 12 - Math.ceil(Math.log10(Math.max(1, Math.abs(one ?? 0)))));
  }
  const others = (each: object) =>
    Object.fromEntries(Object.entries(each).filter(([name]) => !calculated.includes(name)));
  expect(others(again)).toEqual(others(form));
}

/** Such as markets have. */
function isPrice(cost: Decimal, quantity: Decimal): boolean {
  if (!quantity.greaterThan(0)) return false;
  const price = cost.dividedBy(quantity);
  return price.greaterThan('0.000001') && price.lessThan('1000000000');
}

describe('what the API tells, read back', () => {
  it('signals are the same again', () => {
    fc.assert(
      fc.property(arbitrarySignal, (signal) => {
        const form = sent(signalJson(signal, NO_NAMES));
        expect(sent(signalJson(readSignal(form), NO_NAMES))).toEqual(form);
      }),
    );
  });

  it('traders are the same again', () => {
    fc.assert(
      fc.property(arbitraryTrader, (trader) => {
        const facts = { filter: null, funnel: null, nextCheckAt: 5 };
        // A first reading brings durations to whole seconds.
        const first = sent(traderJson(trader, facts));
        const form = sent(traderJson(readTrader(first).trader, facts));
        expect(sent(traderJson(readTrader(form).trader, facts))).toEqual(form);
      }),
    );
  });

  it('orders are the same again, in every state and of every type', () => {
    fc.assert(
      fc.property(arbitraryOrder, (order) => {
        const { filledNotional, filledQuantity } = order.execution;
        fc.pre(filledQuantity.isZero() || isPrice(filledNotional, filledQuantity));
        const form = sent(orderJson(order, NO_NAMES));
        expectSame(form, sent(orderJson(readOrder(form, ACCOUNT), NO_NAMES)), ['averagePrice']);
      }),
    );
  });

  it('positions are the same again', () => {
    fc.assert(
      fc.property(arbitraryPosition, (position) => {
        fc.pre(isPrice(position.openCost, position.quantity));
        const form = sent(positionJson(position, NO_NAMES, null));
        const read = readPosition(form, { accountId: ACCOUNT, quoteAsset: 'USDT' });
        expectSame(form, sent(positionJson(read, NO_NAMES, null)), ['entryPrice', 'realizedPnl']);
      }),
    );
  });

  it('trades and balances are the same again', () => {
    fc.assert(
      fc.property(arbitraryTrade, arbitraryBalance, (trade, balance) => {
        const form = sent(tradeJson(trade, NO_NAMES));
        expect(sent(tradeJson(readTrade(form, ACCOUNT), NO_NAMES))).toEqual(form);
        const asset = sent(balanceJson(balance));
        const { total: _total, ...parts } = sent(balanceJson(readBalance(asset)));
        expect(asset).toMatchObject(parts);
      }),
    );
  });

  it('a guard that this version does not know is none, and a status is unknown', () => {
    const positionForm: PositionForm = { ...positionJson(openedPosition(), NO_NAMES, null), guard: 'prayer' };
    const read = readPosition(positionForm, { accountId: ACCOUNT, quoteAsset: 'USDT' });
    expect(read.protection.guard).toBe('none');
    const orderForm: OrderForm = { ...orderJson(pendingOrder(), NO_NAMES), status: 'teleported' };
    expect(readOrder(orderForm, ACCOUNT).state).toMatchObject({ status: 'unknown', cause: 'teleported' });
  });
});
