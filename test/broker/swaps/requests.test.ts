/** What is sent, held against what the library itself makes of the same order. */
import type { Exchange } from 'ccxt';
import { describe, expect, it } from 'vitest';

import { orderParams as bybitParams } from '../../../src/adapters/broker/ccxt/swaps/bybit/requests.ts';
import { orderAction } from '../../../src/adapters/broker/ccxt/swaps/hyperliquid/requests.ts';
import { algoParams, orderParams as okxParams } from '../../../src/adapters/broker/ccxt/swaps/okx/requests.ts';
import { RefusedHere } from '../../../src/adapters/broker/ccxt/connection/failures.ts';
import { isConditional } from '../../../src/adapters/broker/ccxt/orders.ts';
import { decimal, price, quantity } from '../../../src/domain/decimal.ts';
import { asId } from '../../../src/domain/ids.ts';
import type { OrderSide, OrderTerms } from '../../../src/domain/order/order.ts';
import { markRiskApproved } from '../../../src/domain/risk-approval.ts';
import { loadCcxtVenue } from '../../../src/modes/assets.ts';
import type { Submission } from '../../../src/ports/broker.ts';
import { orderIntent } from '../../../src/testkit/builders/orders.ts';

const ID = 'a1x2y0order000000000000000001e01';
const CLOID = '0x1234567890abcdef1234567890abcdef';

function submission(terms: OrderTerms, side: OrderSide, symbol: string, reduceOnly = false): Submission {
  const intent = orderIntent({
    market: 'futures',
    symbol: asId(symbol),
    side,
    quantity: quantity('0.5'),
    terms,
    reduceOnly,
  });
  return { intent: markRiskApproved(intent), clientOrderId: asId(ID), attempt: 1 };
}

const last = { triggerPrice: price('27000.5'), triggerSource: 'last' } as const;
const TERMS: readonly (readonly [string, OrderTerms])[] = [
  ['market', { type: 'market' }],
  ['limit', { type: 'limit', price: price('27001'), timeInForce: 'GTC', postOnly: false }],
  ['post-only limit', { type: 'limit', price: price('27001'), timeInForce: 'GTC', postOnly: true }],
  ['immediate limit', { type: 'limit', price: price('27001'), timeInForce: 'IOC', postOnly: false }],
  ['fill-or-kill limit', { type: 'limit', price: price('27001'), timeInForce: 'FOK', postOnly: false }],
  ['stop', { type: 'stop_market', ...last }],
  ['stop limit', { type: 'stop_limit', ...last, price: price('26990'), timeInForce: 'GTC' }],
  ['target', { type: 'take_profit', ...last, price: null }],
  ['target limit', { type: 'take_profit', ...last, price: price('26990') }],
];
const SIDES = ['buy', 'sell'] as const;
const CASES = TERMS.flatMap(([name, terms]) => SIDES.map((side) => [`${side} ${name}`, terms, side] as const));

/** What the library would put into the body of the request. */
type Written = Readonly<Record<string, unknown>>;

interface Library extends Exchange {
  createOrderRequest(...order: unknown[]): Written;
}

async function libraryOf(venue: string, market: Written): Promise<Library> {
  const Venue = (await loadCcxtVenue(venue)) as new (config: object) => Library;
  const exchange = new Venue({ apiKey: 'k', secret: 's', password: 'p' });
  const common = { type: 'swap', swap: true, spot: false, contract: true, linear: true, inverse: false, active: true };
  exchange.setMarkets([{ ...common, base: 'BTC', ...market }] as never);
  return exchange;
}

const priceOf = (terms: OrderTerms): number | undefined =>
  'price' in terms && terms.price !== null ? terms.price.toNumber() : undefined;
const isLimit = (terms: OrderTerms): boolean => priceOf(terms) !== undefined;

describe('an order for Bybit is what ccxt would send, and says besides who is meant by it', () => {
  const market = {
    id: 'BTCUSDT',
    symbol: 'BTC/USDT:USDT',
    quote: 'USDT',
    settle: 'USDT',
    precision: { amount: 0.001, price: 0.1 },
  };

  it.each(CASES)('%s', async (_, terms, side) => {
    const library = await libraryOf('bybit', market);
    const rises = (side === 'buy') === (terms.type !== 'take_profit');
    const trigger = isConditional(terms) ? { ...conditionOf(terms), triggerDirection: rises ? 'above' : 'below' } : {};
    const own = { clientOrderId: ID, positionIdx: 0, smpType: 'CancelTaker', reduceOnly: true };
    const limit = terms.type === 'limit' ? { timeInForce: terms.timeInForce, postOnly: terms.postOnly } : {};
    const resting = isConditional(terms) && isLimit(terms) ? { timeInForce: 'GTC' } : {};
    const params = { ...own, ...trigger, ...limit, ...resting };
    const kind = isLimit(terms) ? 'limit' : 'market';
    const wanted = library.createOrderRequest(market.symbol, kind, side, 0.5, priceOf(terms), params);
    expect(bybitParams(submission(terms, side, 'BTCUSDT', true))).toEqual(wanted);
  });

  it('has no trailing stops: they belong to the position there', () => {
    const trailing = {
      type: 'trailing_stop',
      trailingDeltaBps: 100,
      activationPrice: null,
      triggerSource: 'last',
    } as const;
    expect(() => bybitParams(submission(trailing, 'sell', 'BTCUSDT'))).toThrow(RefusedHere);
  });

  function conditionOf(terms: OrderTerms): Written {
    return 'triggerPrice' in terms ? { triggerPrice: terms.triggerPrice.toFixed(), triggerBy: 'LastPrice' } : {};
  }
});

describe('an order for OKX is what ccxt would send', () => {
  const market = {
    id: 'BTC-USDT-SWAP',
    symbol: 'BTC/USDT:USDT',
    quote: 'USDT',
    settle: 'USDT',
    contractSize: 0.01,
    precision: { amount: 0.1, price: 0.1 },
  };
  const okx = { size: '50', marginMode: 'isolated' } as const;

  it.each(CASES)('%s', async (_, terms, side) => {
    const library = await libraryOf('okx', market);
    const isTarget = terms.type === 'take_profit';
    const trigger =
      'triggerPrice' in terms ? { [isTarget ? 'takeProfitPrice' : 'stopLossPrice']: terms.triggerPrice.toFixed() } : {};
    const isPostOnly = terms.type === 'limit' && terms.postOnly;
    const limit = isPostOnly ? { postOnly: true } : terms.type === 'limit' ? { timeInForce: terms.timeInForce } : {};
    const ids = isConditional(terms) ? { algoClOrdId: ID, clOrdId: ID } : { clOrdId: ID, stpMode: 'cancel_taker' };
    const params = { ...trigger, ...limit, ...ids, reduceOnly: true, tdMode: 'isolated' };
    const kind = isLimit(terms) ? 'limit' : 'market';
    const wanted = library.createOrderRequest(market.symbol, kind, side, 50, priceOf(terms), params);
    const sent = submission(terms, side, market.id, true);
    expect(isConditional(terms) ? algoParams(sent, okx) : okxParams(sent, okx)).toEqual(wanted);
  });

  it('trails by a fraction', async () => {
    const library = await libraryOf('okx', market);
    const trailing = {
      type: 'trailing_stop',
      trailingDeltaBps: 150,
      activationPrice: null,
      triggerSource: 'last',
    } as const;
    const params = { trailingPercent: '1.5', algoClOrdId: ID, clOrdId: ID, reduceOnly: true, tdMode: 'isolated' };
    const { ordType, callbackRatio } = library.createOrderRequest(
      market.symbol,
      'market',
      'sell',
      50,
      undefined,
      params,
    );
    expect(algoParams(submission(trailing, 'sell', market.id, true), okx)).toMatchObject({ ordType, callbackRatio });
  });
});

describe('an order for Hyperliquid is what ccxt would sign', () => {
  const market = {
    id: '3',
    baseId: '3',
    symbol: 'BTC/USDC:USDC',
    quote: 'USDC',
    settle: 'USDC',
    precision: { amount: 0.001, price: 1 },
  };
  const asset = { index: 3, coin: 'BTC', symbol: 'BTCUSDC', sizeDecimals: 3 };
  const mid = decimal('27100');

  it.each(CASES.filter(([name]) => !name.includes('fill-or-kill')))('%s', async (_, terms, side) => {
    const library = await libraryOf('hyperliquid', market);
    const isTarget = terms.type === 'take_profit';
    const triggerPx = 'triggerPrice' in terms ? (side === 'buy' ? '27001' : '27000') : undefined;
    const trigger = triggerPx === undefined ? {} : { [isTarget ? 'takeProfitPrice' : 'stopLossPrice']: triggerPx };
    const limit = terms.type === 'limit' ? { timeInForce: terms.postOnly ? 'alo' : terms.timeInForce } : {};
    const kind = isLimit(terms) ? 'limit' : 'market';
    const params = {
      ...trigger,
      ...limit,
      reduceOnly: true,
      clientOrderId: CLOID,
      slippage: terms.type === 'market' ? '0.05' : '0.1',
    };
    const reference = String(priceOf(terms) ?? triggerPx ?? mid.toFixed());
    const wanted = library.createOrderRequest(market.symbol, kind, side, 0.5, reference, params);
    const action = orderAction(submission(terms, side, asset.symbol, true), { asset, cloid: CLOID, mid });
    const [order] = action['orders'] as Written[];
    // Prices that are reached by a distance may be rounded to either side.
    expect({ ...order, p: Math.round(Number(order?.['p'])) }).toEqual({
      ...wanted,
      p: expect.closeTo(Number(wanted['p']), -1) as number,
    });
    if (isLimit(terms)) expect(order?.['p']).toBe(wanted['p']);
    // What is signed depends on the order of the members.
    expect(Object.keys(order ?? {})).toEqual(Object.keys(wanted));
  });

  it.each([
    ['fill-or-kill', { type: 'limit', price: price('27001'), timeInForce: 'FOK', postOnly: false }],
    ['a trailing stop', { type: 'trailing_stop', trailingDeltaBps: 100, activationPrice: null, triggerSource: 'mark' }],
    ['a price of six digits', { type: 'limit', price: price('27001.5'), timeInForce: 'GTC', postOnly: false }],
  ] as const)('has no %s', (_, terms) => {
    expect(() => orderAction(submission(terms, 'sell', asset.symbol), { asset, cloid: CLOID, mid })).toThrow(
      RefusedHere,
    );
  });

  it('has no market order without a price to send it at', () => {
    const sent = submission({ type: 'market' }, 'sell', asset.symbol);
    expect(() => orderAction(sent, { asset, cloid: CLOID, mid: null })).toThrow('no price');
  });
});
