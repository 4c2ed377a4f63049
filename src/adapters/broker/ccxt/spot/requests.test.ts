import { describe, expect, it } from 'vitest';
import { price, quantity } from '../../../../domain/decimal.ts';
import { asId } from '../../../../domain/ids.ts';
import type { OrderIntent, OrderTerms } from '../../../../domain/order/order.ts';
import { markRiskApproved } from '../../../../domain/risk-approval.ts';
import type { Submission } from '../../../../ports/broker.ts';
import { orderIntent } from '../../../../testkit/builders/orders.ts';
import { ocoParams, orderParams } from './requests.ts';

function submission(fields: Partial<OrderIntent>): Submission {
  return { intent: markRiskApproved(orderIntent(fields)), clientOrderId: asId('atestone'), attempt: 1 };
}

const COMMON = {
  ...{ symbol: 'BTCUSDT', side: 'BUY', quantity: '1', newClientOrderId: 'atestone' },
  ...{ newOrderRespType: 'FULL', selfTradePreventionMode: 'EXPIRE_TAKER' },
};
const last = { triggerSource: 'last' } as const;

describe('a spot order', () => {
  it.each<[OrderTerms, object]>([
    [{ type: 'market' }, { type: 'MARKET' }],
    [
      { type: 'limit', price: price('10.5'), timeInForce: 'IOC', postOnly: false },
      { type: 'LIMIT', price: '10.5', timeInForce: 'IOC' },
    ],
    [
      { type: 'limit', price: price('10'), timeInForce: 'GTC', postOnly: true },
      { type: 'LIMIT_MAKER', price: '10' },
    ],
    [
      { type: 'stop_market', triggerPrice: price('9'), ...last },
      { type: 'STOP_LOSS', stopPrice: '9' },
    ],
    [
      { type: 'stop_limit', triggerPrice: price('9'), price: price('8.9'), timeInForce: 'GTC', ...last },
      { type: 'STOP_LOSS_LIMIT', stopPrice: '9', price: '8.9', timeInForce: 'GTC' },
    ],
    [
      { type: 'take_profit', triggerPrice: price('12'), price: null, ...last },
      { type: 'TAKE_PROFIT', stopPrice: '12' },
    ],
    [
      { type: 'take_profit', triggerPrice: price('12'), price: price('11'), ...last },
      { type: 'TAKE_PROFIT_LIMIT', stopPrice: '12', price: '11', timeInForce: 'GTC' },
    ],
    [
      { type: 'trailing_stop', trailingDeltaBps: 150, activationPrice: null, ...last },
      { type: 'STOP_LOSS', trailingDelta: 150 },
    ],
    [
      { type: 'trailing_stop', trailingDeltaBps: 150, activationPrice: price('12'), ...last },
      { type: 'TAKE_PROFIT', trailingDelta: 150, stopPrice: '12' },
    ],
  ])('is written as the venue reads it: %o', (terms, expected) => {
    expect(orderParams(submission({ terms }))).toEqual({ ...COMMON, ...expected });
  });

  it('never holds an exponent', () => {
    const params = orderParams(submission({ quantity: quantity('0.000000001') }));
    expect(params['quantity']).toBe('0.000000001');
  });

  it('is refused with a trigger that spot does not know', () => {
    const terms = { type: 'stop_market', triggerPrice: price('9'), triggerSource: 'mark' } as const;
    expect(() => orderParams(submission({ terms }))).toThrow('mark price');
  });
});

describe('a list of a stop and a target', () => {
  const list = { id: asId('0list0000000000000000001'), kind: 'oco' } as OrderIntent['list'];
  const stop = (fields: Partial<OrderIntent> = {}): Submission => ({
    ...submission({ list, side: 'sell', terms: { type: 'stop_market', triggerPrice: price('9'), ...last }, ...fields }),
    clientOrderId: asId('ateststop'),
  });
  const target = (fields: Partial<OrderIntent> = {}): Submission =>
    submission({
      ...{ list, side: 'sell' },
      terms: { type: 'limit', price: price('12'), timeInForce: 'GTC', postOnly: false },
      ...fields,
    });

  it('names the legs by their place, whatever their order', () => {
    const expected = {
      ...{ symbol: 'BTCUSDT', side: 'SELL', quantity: '1', listClientOrderId: '0list0000000000000000001' },
      ...{ aboveType: 'LIMIT_MAKER', abovePrice: '12', aboveClientOrderId: 'atestone' },
      ...{ belowType: 'STOP_LOSS', belowStopPrice: '9', belowClientOrderId: 'ateststop' },
      ...{ newOrderRespType: 'RESULT', selfTradePreventionMode: 'EXPIRE_TAKER' },
    };
    expect(ocoParams([stop(), target()])).toEqual(expected);
    expect(ocoParams([target(), stop()])).toEqual(expected);
  });

  it('puts the stop of a purchase above', () => {
    const params = ocoParams([stop({ side: 'buy' }), target({ side: 'buy' })]);
    expect([params['aboveType'], params['belowType']]).toEqual(['STOP_LOSS', 'LIMIT_MAKER']);
  });

  it.each([
    ['one order', () => [stop()]],
    ['two stops', () => [stop(), stop()]],
    ['two targets', () => [target(), target()]],
    ['different units', () => [stop(), target({ quantity: quantity('2') })]],
    ['different sides', () => [stop(), target({ side: 'buy' })]],
    ['orders of no list', () => [stop({ list: null }), target({ list: null })]],
  ])('is refused as %s', (_, submissions) => {
    expect(() => ocoParams(submissions())).toThrow(/list/);
  });
});
