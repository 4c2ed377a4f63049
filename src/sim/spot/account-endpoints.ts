import { atomsNumber, atomsText, ONE } from '../../matching/atoms.ts';
import type { MarketData } from '../data/market-data.ts';
import { symbolOf } from '../data/symbol-query.ts';
import type { Desk } from '../state/desk.ts';
import { FEES } from '../state/desk.ts';
import type { Endpoint, VenueCall } from '../transport/endpoint.ts';
import { endpointsOf } from '../transport/endpoint.ts';
import { tradeAnswer } from './order-answers.ts';

const ACCOUNT_UID = 354_937_868;

/** The account endpoints of spot. https://developers.binance.com/docs/binance-spot-api-docs/rest-api/account-endpoints */
export function spotAccountEndpoints(desk: Desk, data: MarketData): Endpoint[] {
  const make = endpointsOf('spot', 'signed');
  return [
    make('GET /api/v3/account', { weight: 20, webSocketMethod: 'account.status' }, (call) => account(desk, call)),
    make('GET /api/v3/myTrades', { weight: 20, webSocketMethod: 'myTrades' }, (call) => myTrades(desk, data, call)),
    make('GET /api/v3/account/commission', { weight: 20, webSocketMethod: 'account.commission' }, (call) =>
      commission(data, call),
    ),
  ];
}

function commissionRates(): { maker: number; taker: number } {
  return { maker: atomsNumber(FEES.spot.makerRate), taker: atomsNumber(FEES.spot.takerRate) };
}

function account(desk: Desk, { params, accountId, nowMs }: VenueCall): object {
  const { maker, taker } = commissionRates();
  const omitsZero = params.flag('omitZeroBalances');
  const balances = desk.balances(accountId).filter(({ free, locked }) => !omitsZero || free + locked > 0n);
  return {
    makerCommission: Math.round(maker * 10_000),
    takerCommission: Math.round(taker * 10_000),
    buyerCommission: 0,
    sellerCommission: 0,
    commissionRates: {
      maker: maker.toFixed(8),
      taker: taker.toFixed(8),
      buyer: '0.00000000',
      seller: '0.00000000',
    },
    canTrade: true,
    canWithdraw: true,
    canDeposit: true,
    brokered: false,
    requireSelfTradePrevention: false,
    preventSor: false,
    updateTime: desk.updatedAt(accountId) || nowMs,
    accountType: 'SPOT',
    balances: balances.map(({ asset, free, locked }) => ({ asset, free: atomsText(free), locked: atomsText(locked) })),
    permissions: ['SPOT'],
    uid: ACCOUNT_UID,
  };
}

function myTrades(desk: Desk, data: MarketData, { params, accountId }: VenueCall): object[] {
  const { symbol } = symbolOf(data, 'spot', params);
  const orderId = params.optionalInteger('orderId');
  const fromId = params.optionalInteger('fromId');
  const startMs = params.optionalInteger('startTime') ?? 0;
  const endMs = params.optionalInteger('endTime') ?? Infinity;
  const limit = params.limit('limit', { fallback: 500, max: 1_000 });
  const fills = desk
    .history(accountId)
    .fills.filter(({ order }) => order.symbol === symbol && (orderId === null || order.orderId === orderId))
    .filter(({ publicTradeId, fill }) => publicTradeId >= (fromId ?? 0) && fill.time >= startMs && fill.time <= endMs);
  const isFromStart = fromId !== null || params.has('startTime');
  return (isFromStart ? fills.slice(0, limit) : fills.slice(-limit)).map(tradeAnswer);
}

function commission(data: MarketData, { params }: VenueCall): object {
  const { symbol } = symbolOf(data, 'spot', params);
  const { maker, taker } = commissionRates();
  const { feeToken } = FEES.spot;
  const rates = { maker: maker.toFixed(8), taker: taker.toFixed(8), buyer: '0.00000000', seller: '0.00000000' };
  const none = { maker: '0.00000000', taker: '0.00000000', buyer: '0.00000000', seller: '0.00000000' };
  return {
    symbol,
    standardCommission: rates,
    specialCommission: none,
    taxCommission: none,
    discount: {
      enabledForAccount: feeToken !== null,
      enabledForSymbol: true,
      discountAsset: feeToken?.asset ?? 'BNB',
      discount: atomsText(ONE - (feeToken?.discount ?? 0n)),
    },
  };
}
