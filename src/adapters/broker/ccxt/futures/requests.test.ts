import { describe, expect, it } from 'vitest';
import { price } from '../../../../domain/decimal.ts';
import { asId } from '../../../../domain/ids.ts';
import type { OrderIntent, OrderTerms } from '../../../../domain/order/order.ts';
import { markRiskApproved } from '../../../../domain/risk-approval.ts';
import type { Submission } from '../../../../ports/broker.ts';
import { orderIntent } from '../../../../testkit/builders/orders.ts';
import { algoParams, orderParams } from './requests.ts';

function submission(fields: Partial<OrderIntent>): Submission {
  const intent = markRiskApproved(orderIntent({ market: 'futures', ...fields }));
  return { intent, clientOrderId: asId('atestone'), attempt: 1 };
}

const COMMON = {
  ...{ symbol: 'BTCUSDT', side: 'BUY', quantity: '1', newOrderRespType: 'RESULT' },
  selfTradePreventionMode: 'EXPIRE_TAKER',
};
const last = { triggerSource: 'last' } as const;
const mark = { triggerSource: 'mark' } as const;

describe('a futures order', () => {
  it.each<[OrderTerms, object]>([
    [{ type: 'market' }, { type: 'MARKET' }],
    [
      { type: 'limit', price: price('10.5'), timeInForce: 'FOK', postOnly: false },
      { type: 'LIMIT', price: '10.5', timeInForce: 'FOK' },
    ],
    [
      { type: 'limit', price: price('10'), timeInForce: 'GTC', postOnly: true },
      { type: 'LIMIT', price: '10', timeInForce: 'GTX' },
    ],
  ])('is written as the venue reads it: %o', (terms, expected) => {
    expect(orderParams(submission({ terms }))).toEqual({ ...COMMON, newClientOrderId: 'atestone', ...expected });
  });

  it('says that it may only reduce, and says nothing when it may open', () => {
    expect(orderParams(submission({ reduceOnly: true }))['reduceOnly']).toBe('true');
    expect(orderParams(submission({}))).not.toHaveProperty('reduceOnly');
    const terms: OrderTerms = { type: 'stop_market', triggerPrice: price('9'), ...last };
    expect(algoParams(submission({ terms, reduceOnly: true }))['reduceOnly']).toBe('true');
  });

  it.each<[OrderTerms, object]>([
    [
      { type: 'stop_market', triggerPrice: price('9'), ...mark },
      { type: 'STOP_MARKET', triggerPrice: '9', workingType: 'MARK_PRICE' },
    ],
    [
      { type: 'stop_limit', triggerPrice: price('9'), price: price('8.9'), timeInForce: 'GTC', ...last },
      { type: 'STOP', triggerPrice: '9', price: '8.9', timeInForce: 'GTC', workingType: 'CONTRACT_PRICE' },
    ],
    [
      { type: 'take_profit', triggerPrice: price('12'), price: null, ...last },
      { type: 'TAKE_PROFIT_MARKET', triggerPrice: '12', workingType: 'CONTRACT_PRICE' },
    ],
    [
      { type: 'take_profit', triggerPrice: price('12'), price: price('11'), ...last },
      { type: 'TAKE_PROFIT', triggerPrice: '12', price: '11', timeInForce: 'GTC', workingType: 'CONTRACT_PRICE' },
    ],
    [
      { type: 'trailing_stop', trailingDeltaBps: 150, activationPrice: price('12'), ...last },
      { type: 'TRAILING_STOP_MARKET', callbackRate: '1.5', activatePrice: '12', workingType: 'CONTRACT_PRICE' },
    ],
  ])('with a condition goes to the algo service: %o', (terms, expected) => {
    expect(() => orderParams(submission({ terms }))).toThrow('no order of this service');
    const own = { algoType: 'CONDITIONAL', clientAlgoId: 'atestone' };
    expect(algoParams(submission({ terms }))).toEqual({ ...COMMON, ...own, ...expected });
  });
});
