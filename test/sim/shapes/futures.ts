/** What USD-M futures answer and send, key by key. Links: https://developers.binance.com/docs/derivatives/usds-margined-futures */
import type { Shape } from './shape.ts';
import { anyOf, keys, listOf, of } from './shape.ts';
import type { AnswerShape, StreamShape } from './spot.ts';
import { klineMessage, klineRow } from './spot.ts';

const DOCS = 'https://developers.binance.com/docs/derivatives/usds-margined-futures';
const MARKET = `${DOCS}/market-data/rest-api`;
const TRADE = `${DOCS}/trade/rest-api`;
const ACCOUNT = `${DOCS}/account/rest-api`;
const STREAMS = `${DOCS}/websocket-market-streams`;
const level: Shape = { tuple: ['decimal', 'decimal'] };

const filter = anyOf(
  keys({ filterType: 'text', ...of('decimal', 'minPrice maxPrice tickSize') }),
  keys({ filterType: 'text', ...of('decimal', 'minQty maxQty stepSize') }),
  keys({ filterType: 'text', limit: 'integer' }),
  keys({ filterType: 'text', notional: 'decimal' }),
  keys({ filterType: 'text', ...of('decimal', 'multiplierUp multiplierDown multiplierDecimal') }),
);

const symbolInfo = keys({
  ...of('text', 'symbol pair contractType status baseAsset quoteAsset marginAsset underlyingType'),
  ...of(
    'integer',
    'deliveryDate onboardDate pricePrecision quantityPrecision baseAssetPrecision quotePrecision settlePlan',
  ),
  ...of('decimal', 'maintMarginPercent requiredMarginPercent triggerProtect liquidationFee marketTakeBound'),
  underlyingSubType: listOf('text'),
  filters: listOf(filter),
  ...of(listOf('text'), 'orderTypes timeInForce'),
});

const orderCommon = {
  ...of('integer', 'orderId goodTillDate updateTime'),
  ...of(
    'text',
    'symbol status clientOrderId timeInForce type side positionSide workingType origType priceMatch selfTradePreventionMode',
  ),
  ...of('decimal', 'price origQty executedQty stopPrice'),
  ...of('boolean', 'reduceOnly closePosition priceProtect'),
} as const;
/** As captured in August 2026: without avgPrice and cumQuote. */
const action = keys({ ...orderCommon, cumQty: 'decimal' });
const order = keys({ ...orderCommon, ...of('decimal', 'avgPrice cumQuote'), time: 'integer' });

const algoCommon = {
  ...of('integer', 'algoId createTime updateTime triggerTime goodTillDate'),
  ...of('text', 'clientAlgoId algoType orderType symbol side positionSide timeInForce algoStatus'),
  ...of('text', 'selfTradePreventionMode workingType priceMatch'),
  ...of('decimal', 'quantity triggerPrice price'),
  icebergQuantity: 'null',
  ...of('boolean', 'closePosition priceProtect reduceOnly'),
} as const;
const algo = keys({
  ...algoCommon,
  ...of('text', 'actualOrderId tpOrderType'),
  ...of('decimal', 'actualPrice tpTriggerPrice tpPrice slTriggerPrice slPrice'),
});
const done = keys({ code: 'integer', msg: 'text' });

const walletKeys = of(
  'decimal',
  'walletBalance unrealizedProfit marginBalance maintMargin initialMargin positionInitialMargin openOrderInitialMargin crossWalletBalance crossUnPnl availableBalance maxWithdrawAmount',
);
const totals = of(
  'decimal',
  'totalInitialMargin totalMaintMargin totalWalletBalance totalUnrealizedProfit totalMarginBalance totalPositionInitialMargin totalOpenOrderInitialMargin totalCrossWalletBalance totalCrossUnPnl availableBalance maxWithdrawAmount',
);
const balance = listOf(
  keys({
    ...of('text', 'accountAlias asset'),
    ...of('decimal', 'balance crossWalletBalance crossUnPnl availableBalance maxWithdrawAmount'),
    marginAvailable: 'boolean',
    updateTime: 'integer',
  }),
);
const priceKline: Shape = {
  tuple: [
    'integer',
    'decimal',
    'decimal',
    'decimal',
    'decimal',
    'decimal',
    'integer',
    'decimal',
    'integer',
    'decimal',
    'decimal',
    'decimal',
  ],
};

const LIMIT = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '58000' };
const STOP = {
  algoType: 'CONDITIONAL',
  symbol: 'BTCUSDT',
  side: 'SELL',
  type: 'STOP_MARKET',
  triggerPrice: '58000',
  closePosition: 'true',
};

/** Asked in this order, by an account that has a position, an order `shape-1`, fills and income. */
export const FUTURES_ANSWERS: readonly AnswerShape[] = [
  { endpoint: 'GET /fapi/v1/ping', params: {}, shape: keys({}), docs: `${MARKET}`, isPublic: true },
  {
    endpoint: 'GET /fapi/v1/time',
    params: {},
    shape: keys({ serverTime: 'integer' }),
    docs: `${MARKET}/Check-Server-Time`,
    isPublic: true,
  },
  {
    endpoint: 'GET /fapi/v1/exchangeInfo',
    params: {},
    shape: keys({
      ...of('text', 'timezone futuresType'),
      serverTime: 'integer',
      rateLimits: listOf(keys({ ...of('text', 'rateLimitType interval'), ...of('integer', 'intervalNum limit') })),
      exchangeFilters: listOf('text'),
      assets: listOf(keys({ asset: 'text', marginAvailable: 'boolean', autoAssetExchange: anyOf('decimal', 'null') })),
      symbols: listOf(symbolInfo),
    }),
    docs: `${MARKET}/Exchange-Information`,
    isPublic: true,
  },
  {
    endpoint: 'GET /fapi/v1/depth',
    params: { symbol: 'BTCUSDT', limit: 5 },
    shape: keys({ ...of('integer', 'lastUpdateId E T'), ...of(listOf(level), 'bids asks') }),
    docs: `${MARKET}/Order-Book`,
    isPublic: true,
  },
  {
    endpoint: 'GET /fapi/v1/rpiDepth',
    params: { symbol: 'BTCUSDT', limit: 1_000 },
    shape: keys({ ...of('integer', 'lastUpdateId E T'), ...of(listOf(level), 'bids asks') }),
    docs: `${MARKET}/Order-Book-RPI`,
    isPublic: true,
  },
  ...['trades', 'historicalTrades'].map((name) => ({
    endpoint: `GET /fapi/v1/${name}`,
    params: { symbol: 'BTCUSDT' },
    shape: listOf(
      keys({
        ...of('integer', 'id time'),
        ...of('decimal', 'price qty quoteQty'),
        ...of('boolean', 'isBuyerMaker isRPITrade'),
      }),
    ),
    docs: `${MARKET}/Recent-Trades-List`,
    isPublic: true,
  })),
  {
    endpoint: 'GET /fapi/v1/aggTrades',
    params: { symbol: 'BTCUSDT' },
    shape: listOf(keys({ ...of('integer', 'a f l T'), ...of('decimal', 'p q nq'), m: 'boolean' })),
    docs: `${MARKET}/Compressed-Aggregate-Trades-List`,
    isPublic: true,
  },
  {
    endpoint: 'GET /fapi/v1/klines',
    params: { symbol: 'BTCUSDT', interval: '1m', limit: 3 },
    shape: listOf(klineRow),
    docs: `${MARKET}/Kline-Candlestick-Data`,
    isPublic: true,
  },
  {
    endpoint: 'GET /fapi/v1/continuousKlines',
    params: { pair: 'BTCUSDT', contractType: 'PERPETUAL', interval: '1m', limit: 3 },
    shape: listOf(klineRow),
    docs: `${MARKET}/Continuous-Contract-Kline-Candlestick-Data`,
    isPublic: true,
  },
  {
    endpoint: 'GET /fapi/v1/markPriceKlines',
    params: { symbol: 'BTCUSDT', interval: '1m', limit: 3 },
    shape: listOf(priceKline),
    docs: `${MARKET}/Mark-Price-Kline-Candlestick-Data`,
    isPublic: true,
  },
  {
    endpoint: 'GET /fapi/v1/indexPriceKlines',
    params: { pair: 'BTCUSDT', interval: '1m', limit: 3 },
    shape: listOf(priceKline),
    docs: `${MARKET}/Index-Price-Kline-Candlestick-Data`,
    isPublic: true,
  },
  {
    endpoint: 'GET /fapi/v1/premiumIndexKlines',
    params: { symbol: 'BTCUSDT', interval: '1m', limit: 3 },
    shape: listOf(priceKline),
    docs: `${MARKET}/Premium-Index-Kline-Data`,
    isPublic: true,
  },
  {
    endpoint: 'GET /fapi/v1/premiumIndex',
    params: { symbol: 'BTCUSDT' },
    shape: keys({
      symbol: 'text',
      ...of('decimal', 'markPrice indexPrice estimatedSettlePrice lastFundingRate interestRate'),
      ...of('integer', 'nextFundingTime time'),
    }),
    docs: `${MARKET}/Mark-Price`,
    isPublic: true,
  },
  {
    endpoint: 'GET /fapi/v1/fundingRate',
    params: { symbol: 'BTCUSDT', limit: 2 },
    shape: listOf(keys({ symbol: 'text', fundingTime: 'integer', ...of('decimal', 'fundingRate markPrice') })),
    docs: `${MARKET}/Get-Funding-Rate-History`,
    isPublic: true,
  },
  {
    endpoint: 'GET /fapi/v1/fundingInfo',
    params: {},
    shape: listOf(
      keys({
        symbol: 'text',
        ...of('decimal', 'adjustedFundingRateCap adjustedFundingRateFloor'),
        fundingIntervalHours: 'integer',
        disclaimer: 'boolean',
        updateTime: anyOf('integer', 'null'),
      }),
    ),
    docs: `${MARKET}/Get-Funding-Rate-Info`,
    isPublic: true,
  },
  {
    endpoint: 'GET /fapi/v1/ticker/24hr',
    params: { symbol: 'BTCUSDT' },
    shape: keys({
      symbol: 'text',
      ...of(
        'decimal',
        'priceChange priceChangePercent weightedAvgPrice lastPrice lastQty openPrice highPrice lowPrice volume quoteVolume',
      ),
      ...of('integer', 'openTime closeTime firstId lastId count'),
    }),
    docs: `${MARKET}/24hr-Ticker-Price-Change-Statistics`,
    isPublic: true,
  },
  ...['v1', 'v2'].map((version) => ({
    endpoint: `GET /fapi/${version}/ticker/price`,
    params: {},
    shape: listOf(keys({ symbol: 'text', price: 'decimal', time: 'integer' })),
    docs: `${MARKET}/Symbol-Price-Ticker-v2`,
    isPublic: true,
  })),
  {
    endpoint: 'GET /fapi/v1/ticker/bookTicker',
    params: { symbol: 'BTCUSDT' },
    shape: keys({
      symbol: 'text',
      ...of('decimal', 'bidPrice bidQty askPrice askQty'),
      ...of('integer', 'time lastUpdateId'),
    }),
    docs: `${MARKET}/Symbol-Order-Book-Ticker`,
    isPublic: true,
  },
  {
    endpoint: 'GET /fapi/v1/openInterest',
    params: { symbol: 'BTCUSDT' },
    shape: keys({ symbol: 'text', openInterest: 'decimal', time: 'integer' }),
    docs: `${MARKET}/Open-Interest`,
    isPublic: true,
  },
  { endpoint: 'POST /fapi/v1/order', params: LIMIT, shape: action, docs: `${TRADE}/New-Order` },
  {
    endpoint: 'POST /fapi/v1/order',
    params: { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01', newOrderRespType: 'RESULT' },
    shape: action,
    docs: `${TRADE}/New-Order`,
  },
  { endpoint: 'POST /fapi/v1/order/test', params: LIMIT, shape: keys({}), docs: `${TRADE}/New-Order-Test` },
  {
    endpoint: 'PUT /fapi/v1/order',
    params: { ...LIMIT, origClientOrderId: 'shape-1', price: '57000' },
    shape: action,
    docs: `${TRADE}/Modify-Order`,
  },
  {
    endpoint: 'GET /fapi/v1/order',
    params: { symbol: 'BTCUSDT', origClientOrderId: 'shape-1' },
    shape: order,
    docs: `${TRADE}/Query-Order`,
  },
  {
    endpoint: 'GET /fapi/v1/openOrder',
    params: { symbol: 'BTCUSDT', origClientOrderId: 'shape-1' },
    shape: order,
    docs: `${TRADE}/Query-Current-Open-Order`,
  },
  { endpoint: 'GET /fapi/v1/openOrders', params: {}, shape: listOf(order), docs: `${TRADE}/Current-All-Open-Orders` },
  {
    endpoint: 'GET /fapi/v1/allOrders',
    params: { symbol: 'BTCUSDT' },
    shape: listOf(order),
    docs: `${TRADE}/All-Orders`,
  },
  {
    endpoint: 'POST /fapi/v1/batchOrders',
    params: { batchOrders: JSON.stringify([LIMIT, { ...LIMIT, quantity: '0' }]) },
    shape: { tuple: [action, done] },
    docs: `${TRADE}/Place-Multiple-Orders`,
  },
  {
    endpoint: 'PUT /fapi/v1/batchOrders',
    params: { batchOrders: JSON.stringify([{ ...LIMIT, origClientOrderId: 'shape-1', price: '57100' }]) },
    shape: { tuple: [action] },
    docs: `${TRADE}/Modify-Multiple-Orders`,
  },
  {
    endpoint: 'DELETE /fapi/v1/batchOrders',
    params: { symbol: 'BTCUSDT', origClientOrderIdList: JSON.stringify(['shape-1', 'not-there']) },
    shape: { tuple: [action, done] },
    docs: `${TRADE}/Cancel-Multiple-Orders`,
  },
  { endpoint: 'POST /fapi/v1/order', params: { ...LIMIT, newClientOrderId: 'shape-2' }, shape: action, docs: TRADE },
  {
    endpoint: 'DELETE /fapi/v1/order',
    params: { symbol: 'BTCUSDT', origClientOrderId: 'shape-2' },
    shape: action,
    docs: `${TRADE}/Cancel-Order`,
  },
  {
    endpoint: 'POST /fapi/v1/algoOrder',
    params: { ...STOP, clientAlgoId: 'shape-algo' },
    shape: keys({ ...algoCommon, ...of('text', 'activatePrice callbackRate') }),
    docs: `${TRADE}/New-Algo-Order`,
  },
  {
    endpoint: 'GET /fapi/v1/algoOrder',
    params: { clientAlgoId: 'shape-algo' },
    shape: algo,
    docs: `${TRADE}/Query-Algo-Order`,
  },
  {
    endpoint: 'GET /fapi/v1/openAlgoOrders',
    params: {},
    shape: listOf(algo),
    docs: `${TRADE}/Current-All-Algo-Open-Orders`,
  },
  {
    endpoint: 'GET /fapi/v1/allAlgoOrders',
    params: { symbol: 'BTCUSDT' },
    shape: listOf(algo),
    docs: `${TRADE}/Query-All-Algo-Orders`,
  },
  {
    endpoint: 'DELETE /fapi/v1/algoOrder',
    params: { clientAlgoId: 'shape-algo' },
    shape: keys({ algoId: 'integer', ...of('text', 'clientAlgoId code msg') }),
    docs: `${TRADE}/Cancel-Algo-Order`,
  },
  {
    endpoint: 'DELETE /fapi/v1/allOpenOrders',
    params: { symbol: 'BTCUSDT' },
    shape: done,
    docs: `${TRADE}/Cancel-All-Open-Orders`,
  },
  {
    endpoint: 'DELETE /fapi/v1/algoOpenOrders',
    params: { symbol: 'BTCUSDT' },
    shape: done,
    docs: `${TRADE}/Cancel-All-Algo-Open-Orders`,
  },
  {
    endpoint: 'GET /fapi/v3/account',
    params: {},
    shape: keys({
      ...totals,
      assets: listOf(keys({ asset: 'text', ...walletKeys, updateTime: 'integer' })),
      positions: listOf(
        keys({
          ...of('text', 'symbol positionSide'),
          ...of(
            'decimal',
            'positionAmt unrealizedProfit isolatedMargin notional isolatedWallet initialMargin maintMargin',
          ),
          updateTime: 'integer',
        }),
      ),
    }),
    docs: `${ACCOUNT}/Account-Information-V3`,
  },
  {
    endpoint: 'GET /fapi/v2/account',
    params: {},
    shape: keys({
      ...of('integer', 'feeTier updateTime tradeGroupId'),
      ...of('boolean', 'feeBurn canTrade canDeposit canWithdraw multiAssetsMargin'),
      ...totals,
      assets: listOf(keys({ asset: 'text', ...walletKeys, marginAvailable: 'boolean', updateTime: 'integer' })),
      positions: listOf(
        keys({
          ...of('text', 'symbol positionSide'),
          ...of(
            'decimal',
            'initialMargin maintMargin unrealizedProfit positionInitialMargin openOrderInitialMargin leverage entryPrice breakEvenPrice maxNotional positionAmt notional isolatedWallet bidNotional askNotional',
          ),
          isolated: 'boolean',
          updateTime: 'integer',
        }),
      ),
    }),
    docs: `${ACCOUNT}/Account-Information-V2`,
  },
  { endpoint: 'GET /fapi/v3/balance', params: {}, shape: balance, docs: `${ACCOUNT}/Futures-Account-Balance-V3` },
  { endpoint: 'GET /fapi/v2/balance', params: {}, shape: balance, docs: `${ACCOUNT}/Futures-Account-Balance-V2` },
  {
    endpoint: 'GET /fapi/v3/positionRisk',
    params: {},
    shape: listOf(
      keys({
        ...of('text', 'symbol positionSide marginAsset'),
        ...of(
          'decimal',
          'positionAmt entryPrice breakEvenPrice markPrice unRealizedProfit liquidationPrice isolatedMargin notional isolatedWallet initialMargin maintMargin positionInitialMargin openOrderInitialMargin bidNotional askNotional',
        ),
        ...of('integer', 'adl updateTime'),
      }),
    ),
    docs: `${TRADE}/Position-Information-V3`,
  },
  {
    endpoint: 'GET /fapi/v2/positionRisk',
    params: {},
    shape: listOf(
      keys({
        ...of('text', 'symbol marginType isAutoAddMargin positionSide'),
        ...of(
          'decimal',
          'positionAmt entryPrice breakEvenPrice markPrice unRealizedProfit liquidationPrice leverage maxNotionalValue isolatedMargin notional isolatedWallet',
        ),
        updateTime: 'integer',
      }),
    ),
    docs: `${TRADE}/Position-Information-V2`,
  },
  {
    endpoint: 'GET /fapi/v1/leverageBracket',
    params: { symbol: 'BTCUSDT' },
    shape: listOf(
      keys({
        symbol: 'text',
        notionalCoef: 'number',
        brackets: listOf(
          keys({
            ...of('integer', 'bracket initialLeverage'),
            ...of('number', 'notionalCap notionalFloor maintMarginRatio cum'),
          }),
        ),
      }),
    ),
    docs: `${ACCOUNT}/Notional-and-Leverage-Brackets`,
  },
  {
    endpoint: 'GET /fapi/v1/userTrades',
    params: { symbol: 'BTCUSDT' },
    shape: listOf(
      keys({
        ...of('text', 'symbol pair side commissionAsset positionSide marginAsset'),
        ...of('integer', 'id orderId time'),
        ...of('decimal', 'price qty realizedPnl quoteQty commission baseQty'),
        ...of('boolean', 'buyer maker'),
      }),
    ),
    docs: `${TRADE}/Account-Trade-List`,
  },
  {
    endpoint: 'GET /fapi/v1/income',
    params: {},
    shape: listOf(
      keys({
        ...of('text', 'symbol incomeType asset info tradeId'),
        income: 'decimal',
        ...of('integer', 'time tranId'),
      }),
    ),
    docs: `${ACCOUNT}/Get-Income-History`,
  },
  {
    endpoint: 'GET /fapi/v1/commissionRate',
    params: { symbol: 'BTCUSDT' },
    shape: keys({ symbol: 'text', ...of('decimal', 'makerCommissionRate takerCommissionRate rpiCommissionRate') }),
    docs: `${ACCOUNT}/User-Commission-Rate`,
  },
  {
    endpoint: 'GET /fapi/v1/accountConfig',
    params: {},
    shape: keys({
      ...of('integer', 'feeTier updateTime tradeGroupId'),
      ...of('boolean', 'canTrade canDeposit canWithdraw dualSidePosition multiAssetsMargin'),
    }),
    docs: `${ACCOUNT}/Account-Config`,
  },
  {
    endpoint: 'GET /fapi/v1/symbolConfig',
    params: { symbol: 'BTCUSDT' },
    shape: listOf(
      keys({
        ...of('text', 'symbol marginType'),
        isAutoAddMargin: 'boolean',
        leverage: 'integer',
        maxNotionalValue: 'decimal',
      }),
    ),
    docs: `${ACCOUNT}/Symbol-Config`,
  },
  {
    endpoint: 'GET /fapi/v1/positionSide/dual',
    params: {},
    shape: keys({ dualSidePosition: 'boolean' }),
    docs: `${ACCOUNT}/Get-Current-Position-Mode`,
  },
  {
    endpoint: 'GET /fapi/v1/multiAssetsMargin',
    params: {},
    shape: keys({ multiAssetsMargin: 'boolean' }),
    docs: `${ACCOUNT}/Get-Current-Multi-Assets-Mode`,
  },
  {
    endpoint: 'GET /fapi/v1/feeBurn',
    params: {},
    shape: keys({ feeBurn: 'boolean' }),
    docs: `${ACCOUNT}/Get-BNB-Burn-Status`,
  },
  {
    endpoint: 'POST /fapi/v1/leverage',
    params: { symbol: 'BTCUSDT', leverage: 11 },
    shape: keys({ symbol: 'text', leverage: 'integer', maxNotionalValue: 'decimal' }),
    docs: `${TRADE}/Change-Initial-Leverage`,
  },
  {
    endpoint: 'POST /fapi/v1/marginType',
    params: { symbol: 'ETHUSDT', marginType: 'ISOLATED' },
    shape: done,
    docs: `${TRADE}/Change-Margin-Type`,
  },
  {
    endpoint: 'POST /fapi/v1/order',
    params: { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.1' },
    shape: action,
    docs: `${TRADE}/New-Order`,
  },
  {
    endpoint: 'POST /fapi/v1/positionMargin',
    params: { symbol: 'ETHUSDT', amount: '1', type: 1 },
    shape: keys({ ...of('number', 'amount'), ...of('integer', 'code type'), msg: 'text' }),
    docs: `${TRADE}/Modify-Isolated-Position-Margin`,
  },
  {
    endpoint: 'POST /fapi/v1/listenKey',
    params: {},
    shape: keys({ listenKey: 'text' }),
    docs: `${DOCS}/user-data-streams/Start-User-Data-Stream`,
  },
  {
    endpoint: 'PUT /fapi/v1/listenKey',
    params: {},
    shape: keys({ listenKey: 'text' }),
    docs: `${DOCS}/user-data-streams/Keepalive-User-Data-Stream`,
  },
  {
    endpoint: 'DELETE /fapi/v1/listenKey',
    params: {},
    shape: keys({}),
    docs: `${DOCS}/user-data-streams/Close-User-Data-Stream`,
  },
];

/** Asked of an account without orders and positions. */
export const EMPTY_ACCOUNT_ANSWERS: readonly AnswerShape[] = [
  {
    endpoint: 'POST /fapi/v1/positionSide/dual',
    params: { dualSidePosition: 'true' },
    shape: done,
    docs: `${TRADE}/Change-Position-Mode`,
  },
];

const futuresDepth = keys({ ...of('text', 'e s ps'), ...of('integer', 'E T U u pu st'), ...of(listOf(level), 'b a') });
const markPrice = keys({ ...of('text', 'e s'), ...of('decimal', 'p ap P i r'), ...of('integer', 'E T st') });
const miniTicker = keys({ ...of('text', 'e s ps'), ...of('integer', 'E st'), ...of('decimal', 'c o h l v q') });

const dayTicker = keys({
  ...of('text', 'e s ps'),
  ...of('decimal', 'p P w c Q o h l v q'),
  ...of('integer', 'E O C F L n st'),
});
const forceOrder = keys({
  e: 'text',
  E: 'integer',
  o: keys({ ...of('text', 's S o f X ps'), ...of('decimal', 'q p ap l z'), ...of('integer', 'T st') }),
});

/** Of `!contractInfo`, where the brackets stay as they are. https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams/Contract-Info-Stream */
export const CONTRACT_INFO = keys({ ...of('text', 'e s ps ct cs'), ...of('integer', 'E dt ot st') });

/** Market streams, by their names; `st` and `ps` since mid-2026. */
export const FUTURES_STREAMS: readonly (StreamShape & { readonly route: 'public' | 'market' })[] = [
  {
    route: 'public',
    stream: 'btcusdt@trade',
    shape: keys({ ...of('text', 'e s X'), ...of('integer', 'E T t st'), ...of('decimal', 'p q'), m: 'boolean' }),
    docs: `${STREAMS}/Important-WebSocket-Change-Notice`,
  },
  {
    route: 'public',
    stream: 'btcusdt@bookTicker',
    shape: keys({ ...of('text', 'e s ps'), ...of('integer', 'u T E st'), ...of('decimal', 'b B a A') }),
    docs: `${STREAMS}/Individual-Symbol-Book-Ticker-Streams`,
  },
  {
    route: 'public',
    stream: '!bookTicker',
    shape: keys({ ...of('text', 'e s ps'), ...of('integer', 'u T E st'), ...of('decimal', 'b B a A') }),
    docs: `${STREAMS}/All-Book-Tickers-Stream`,
  },
  { route: 'public', stream: 'btcusdt@depth@100ms', shape: futuresDepth, docs: `${STREAMS}/Diff-Book-Depth-Streams` },
  { route: 'public', stream: 'btcusdt@depth10', shape: futuresDepth, docs: `${STREAMS}/Partial-Book-Depth-Streams` },
  {
    route: 'market',
    stream: 'btcusdt@aggTrade',
    shape: keys({ ...of('text', 'e s'), ...of('integer', 'E a f l T st'), ...of('decimal', 'p q nq'), m: 'boolean' }),
    docs: `${STREAMS}/Aggregate-Trade-Streams`,
  },
  { route: 'market', stream: 'btcusdt@kline_1m', shape: klineMessage, docs: `${STREAMS}/Kline-Candlestick-Streams` },
  {
    route: 'market',
    stream: 'btcusdt@ticker',
    shape: dayTicker,
    docs: `${STREAMS}/Individual-Symbol-Ticker-Streams`,
  },
  { route: 'market', stream: '!ticker@arr', shape: listOf(dayTicker), docs: `${STREAMS}/All-Market-Tickers-Streams` },
  {
    route: 'market',
    stream: 'btcusdt@miniTicker',
    shape: miniTicker,
    docs: `${STREAMS}/Individual-Symbol-Mini-Ticker-Stream`,
  },
  {
    route: 'market',
    stream: '!miniTicker@arr',
    shape: listOf(miniTicker),
    docs: `${STREAMS}/All-Market-Mini-Tickers-Stream`,
  },
  { route: 'market', stream: 'btcusdt@markPrice@1s', shape: markPrice, docs: `${STREAMS}/Mark-Price-Stream` },
  {
    route: 'market',
    stream: '!markPrice@arr@1s',
    shape: listOf(markPrice),
    docs: `${STREAMS}/Mark-Price-Stream-for-All-market`,
  },
  {
    route: 'market',
    stream: 'btcusdt@forceOrder',
    shape: forceOrder,
    docs: `${STREAMS}/Liquidation-Order-Streams`,
  },
  {
    route: 'market',
    stream: '!forceOrder@arr',
    shape: forceOrder,
    docs: `${STREAMS}/All-Market-Liquidation-Order-Streams`,
  },
];

const EVENTS = `${DOCS}/user-data-streams`;

/** Account events of the private stream. */
export const FUTURES_EVENTS: Readonly<Record<string, { readonly shape: Shape; readonly docs: string }>> = {
  ORDER_TRADE_UPDATE: {
    shape: keys({
      e: 'text',
      ...of('integer', 'E T'),
      o: keys({
        ...of('text', 's c S o f x X N wt ot ps V pm'),
        ...of('decimal', 'q p ap sp l z L n b a rp er'),
        ...of('integer', 'i T t si ss gtd'),
        ...of('boolean', 'm R cp pP'),
      }),
    }),
    docs: `${EVENTS}/Event-Order-Update`,
  },
  TRADE_LITE: {
    shape: keys({ ...of('text', 'e s c S'), ...of('integer', 'E T t i'), ...of('decimal', 'q p L l'), m: 'boolean' }),
    docs: `${EVENTS}/Event-Trade-Lite`,
  },
  ACCOUNT_UPDATE: {
    shape: keys({
      e: 'text',
      ...of('integer', 'E T'),
      a: keys(
        {
          m: 'text',
          B: listOf(keys({ a: 'text', ...of('decimal', 'wb cw bc') })),
          P: listOf(keys({ ...of('text', 's ma mt ps'), ...of('decimal', 'pa ep bep cr up iw') })),
        },
        { S: 'text' },
      ),
    }),
    docs: `${EVENTS}/Event-Balance-and-Position-Update`,
  },
  ALGO_UPDATE: {
    shape: keys({
      e: 'text',
      ...of('integer', 'E T'),
      o: keys(
        {
          ...of('text', 'caid at o s S ps f X ai act V wt pm rm'),
          ...of('integer', 'aid tt gtd'),
          ...of('decimal', 'q ap aq tp p'),
          ...of('boolean', 'cp pP R'),
        },
        of('text', 'AP cr'),
      ),
    }),
    docs: `${EVENTS}/Event-Algo-Order-Update`,
  },
  ACCOUNT_CONFIG_UPDATE: {
    shape: keys({ e: 'text', ...of('integer', 'E T'), ac: keys({ s: 'text', l: 'integer' }) }),
    docs: `${EVENTS}/Event-Account-Configuration-Update-previous-Leverage-Update`,
  },
  MARGIN_CALL: {
    shape: keys(
      { e: 'text', E: 'integer', p: listOf(keys({ ...of('text', 's ps mt'), ...of('decimal', 'pa iw mp up mm') })) },
      { cw: 'decimal' },
    ),
    docs: `${EVENTS}/Event-Margin-Call`,
  },
};
