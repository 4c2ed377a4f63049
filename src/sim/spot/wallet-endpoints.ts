import { atomsText } from '../../matching/atoms.ts';
import type { MarketData } from '../data/market-data.ts';
import type { Desk } from '../state/desk.ts';
import type { Endpoint, VenueCall } from '../transport/endpoint.ts';

/** What clients ask for on the way: coins, margin pairs, the COIN-M market (which is empty here). */
export function walletEndpoints(desk: Desk, data: MarketData): Endpoint[] {
  const common = { market: 'spot', method: 'GET', weight: 1 } as const;
  return [
    { ...common, path: '/sapi/v1/system/status', security: 'none', handle: () => ({ status: 0, msg: 'normal' }) },
    {
      ...common,
      path: '/sapi/v1/capital/config/getall',
      security: 'signed',
      weight: 10,
      handle: (call) => coins(desk, data, call),
    },
    { ...common, path: '/sapi/v1/margin/allPairs', security: 'key', handle: () => marginPairs(data) },
    {
      ...common,
      path: '/sapi/v1/margin/isolated/allPairs',
      security: 'signed',
      weight: 10,
      handle: () => marginPairs(data),
    },
    { ...common, path: '/sapi/v1/asset/tradeFee', security: 'signed', handle: () => tradeFees(data) },
    {
      ...common,
      market: 'futures',
      path: '/dapi/v1/exchangeInfo',
      security: 'none',
      handle: ({ nowMs }) => emptyMarket(nowMs),
    },
    { ...common, market: 'futures', path: '/dapi/v1/ping', security: 'none', handle: () => ({}) },
    {
      ...common,
      market: 'futures',
      path: '/dapi/v1/time',
      security: 'none',
      handle: ({ nowMs }) => ({ serverTime: nowMs }),
    },
  ];
}

/** https://developers.binance.com/docs/wallet/capital/all-coins-info */
function coins(desk: Desk, data: MarketData, { accountId }: VenueCall): object[] {
  const instruments = data.symbols.flatMap((symbol) => [symbol.instrument('spot'), symbol.instrument('futures')]);
  const assets = new Set(instruments.flatMap((found) => (found === null ? [] : [found.base, found.quote])));
  const balances = new Map(desk.balances(accountId).map((balance) => [balance.asset, balance]));
  return [...assets].map((coin) => ({
    coin,
    depositAllEnable: true,
    withdrawAllEnable: true,
    name: coin,
    free: atomsText(balances.get(coin)?.free ?? 0n),
    locked: atomsText(balances.get(coin)?.locked ?? 0n),
    freeze: '0',
    withdrawing: '0',
    ipoing: '0',
    ipoable: '0',
    storage: '0',
    isLegalMoney: false,
    trading: true,
    networkList: [network(coin)],
  }));
}

function network(coin: string): object {
  return {
    network: coin,
    coin,
    withdrawIntegerMultiple: '0.00000001',
    isDefault: true,
    depositEnable: true,
    withdrawEnable: true,
    depositDesc: '',
    withdrawDesc: '',
    specialTips: '',
    name: coin,
    resetAddressStatus: false,
    addressRegex: '^[0-9A-Za-z]{25,62}$',
    memoRegex: '',
    withdrawFee: '0.0001',
    withdrawMin: '0.001',
    withdrawMax: '9999999',
    withdrawInternalMin: '0.00000001',
    depositDust: '0.00000001',
    minConfirm: 1,
    unLockConfirm: 0,
    sameAddress: false,
    withdrawTag: false,
    estimatedArrivalTime: 5,
    busy: false,
    contractAddressUrl: '',
    contractAddress: '',
  };
}

/** https://developers.binance.com/docs/margin_trading/market-data/Get-All-Cross-Margin-Pairs */
function marginPairs(data: MarketData): object[] {
  return data.of('spot').flatMap((symbol, index) => {
    const instrument = symbol.instrument('spot');
    if (instrument === null) return [];
    const { base, quote } = instrument;
    return [
      {
        id: index + 1,
        symbol: symbol.symbol,
        base,
        quote,
        isMarginTrade: true,
        isBuyAllowed: true,
        isSellAllowed: true,
      },
    ];
  });
}

function tradeFees(data: MarketData): object[] {
  return data.of('spot').map(({ symbol }) => ({ symbol, makerCommission: '0.001', takerCommission: '0.001' }));
}

function emptyMarket(nowMs: number): object {
  return { timezone: 'UTC', serverTime: nowMs, rateLimits: [], exchangeFilters: [], symbols: [] };
}
