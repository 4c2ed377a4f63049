/** What clients ask of the wallet, margin and COIN-M services on the way. */
import { keys, listOf, of } from './shape.ts';
import type { AnswerShape } from './spot.ts';

const WALLET = 'https://developers.binance.com/docs/wallet';
const MARGIN = 'https://developers.binance.com/docs/margin_trading/market-data';
const COIN_MARGINED = 'https://developers.binance.com/docs/derivatives/coin-margined-futures/market-data/rest-api';

const network = keys({
  ...of('text', 'network coin name depositDesc withdrawDesc specialTips addressRegex memoRegex'),
  ...of('text', 'contractAddressUrl contractAddress'),
  ...of('decimal', 'withdrawIntegerMultiple withdrawFee withdrawMin withdrawMax withdrawInternalMin depositDust'),
  ...of('boolean', 'isDefault depositEnable withdrawEnable resetAddressStatus sameAddress withdrawTag busy'),
  ...of('integer', 'minConfirm unLockConfirm estimatedArrivalTime'),
});

const pair = keys({
  ...of('text', 'symbol base quote'),
  ...of('boolean', 'isMarginTrade isBuyAllowed isSellAllowed'),
});

/** The answers of paths below `/sapi` and `/dapi`. */
export const WALLET_ANSWERS: readonly AnswerShape[] = [
  {
    endpoint: 'GET /sapi/v1/system/status',
    params: {},
    shape: keys({ status: 'integer', msg: 'text' }),
    docs: `${WALLET}/others/system-status`,
    isPublic: true,
  },
  {
    endpoint: 'GET /sapi/v1/capital/config/getall',
    params: {},
    shape: listOf(
      keys({
        ...of('text', 'coin name'),
        ...of('decimal', 'free locked freeze withdrawing ipoing ipoable storage'),
        ...of('boolean', 'depositAllEnable withdrawAllEnable isLegalMoney trading'),
        networkList: listOf(network),
      }),
    ),
    docs: `${WALLET}/capital/all-coins-info`,
  },
  {
    endpoint: 'GET /sapi/v1/margin/allPairs',
    params: {},
    shape: listOf(
      keys({
        id: 'integer',
        ...of('text', 'symbol base quote'),
        ...of('boolean', 'isMarginTrade isBuyAllowed isSellAllowed'),
      }),
    ),
    docs: `${MARGIN}/Get-All-Cross-Margin-Pairs`,
  },
  {
    endpoint: 'GET /sapi/v1/margin/isolated/allPairs',
    params: {},
    shape: listOf(pair),
    docs: `${MARGIN}/Get-All-Isolated-Margin-Symbol`,
  },
  {
    endpoint: 'GET /sapi/v1/asset/tradeFee',
    params: {},
    shape: listOf(keys({ symbol: 'text', ...of('decimal', 'makerCommission takerCommission') })),
    docs: `${WALLET}/asset/trade-fee`,
  },
  {
    endpoint: 'GET /dapi/v1/exchangeInfo',
    params: {},
    shape: keys({
      timezone: 'text',
      serverTime: 'integer',
      ...of(listOf('null'), 'rateLimits exchangeFilters symbols'),
    }),
    docs: `${COIN_MARGINED}/Exchange-Information`,
    isPublic: true,
  },
  {
    endpoint: 'GET /dapi/v1/ping',
    params: {},
    shape: keys({}),
    docs: `${COIN_MARGINED}/Test-Connectivity`,
    isPublic: true,
  },
  {
    endpoint: 'GET /dapi/v1/time',
    params: {},
    shape: keys({ serverTime: 'integer' }),
    docs: `${COIN_MARGINED}/Check-Server-time`,
    isPublic: true,
  },
];
