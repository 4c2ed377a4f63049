import { atomsText } from '../../matching/atoms.ts';
import type { MarketData } from '../data/market-data.ts';
import type { Desk } from '../state/desk.ts';
import type { Endpoint, VenueCall } from '../transport/endpoint.ts';
import { endpointsOf } from '../transport/endpoint.ts';

/** What clients ask for on the way: coins, margin pairs, the COIN-M market (which is empty here). */
export function walletEndpoints(desk: Desk, data: MarketData): Endpoint[] {
  const open = endpointsOf('spot', 'none');
  const signed = endpointsOf('spot', 'signed');
  const coinMargined = endpointsOf('futures', 'none');
  return [
    open('GET /sapi/v1/system/status', { weight: 1 }, () => ({ status: 0, msg: 'normal' })),
    signed('GET /sapi/v1/capital/config/getall', { weight: 10 }, (call) => coins(desk, data, call)),
    endpointsOf('spot', 'key')('GET /sapi/v1/margin/allPairs', { weight: 1 }, () =>
      marginPairs(data).map((pair, index) => ({ id: index + 1, ...pair })),
    ),
    signed('GET /sapi/v1/margin/isolated/allPairs', { weight: 10 }, () => marginPairs(data)),
    signed('GET /sapi/v1/asset/tradeFee', { weight: 1 }, () => tradeFees(data)),
    coinMargined('GET /dapi/v1/exchangeInfo', { weight: 1 }, ({ nowMs }) => emptyMarket(nowMs)),
    coinMargined('GET /dapi/v1/ping', { weight: 1 }, () => ({})),
    coinMargined('GET /dapi/v1/time', { weight: 1 }, ({ nowMs }) => ({ serverTime: nowMs })),
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

/** https://developers.binance.com/docs/margin_trading/market-data/Get-All-Isolated-Margin-Symbol; cross pairs have ids. */
function marginPairs(data: MarketData): object[] {
  return data.of('spot').flatMap((symbol) => {
    const instrument = symbol.instrument('spot');
    if (instrument === null) return [];
    const { base, quote } = instrument;
    return [
      {
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
