/** What spot answers and sends, key by key. Links: https://developers.binance.com/docs/binance-spot-api-docs */
import type { Shape } from './shape.ts';
import { anyOf, keys, listOf, of } from './shape.ts';

const DOCS = 'https://developers.binance.com/docs/binance-spot-api-docs';
const level: Shape = { tuple: ['decimal', 'decimal'] };

export interface AnswerShape {
  readonly endpoint: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly shape: Shape;
  readonly docs: string;
  readonly isPublic?: boolean;
}

export interface StreamShape {
  readonly stream: string;
  readonly shape: Shape;
  readonly docs: string;
}

const rateLimit = keys({ ...of('text', 'rateLimitType interval'), ...of('integer', 'intervalNum limit') });

const spotFilter = anyOf(
  keys({ filterType: 'text', ...of('decimal', 'minPrice maxPrice tickSize') }),
  keys({ filterType: 'text', ...of('decimal', 'minQty maxQty stepSize') }),
  keys({ filterType: 'text', limit: 'integer' }),
  keys({
    filterType: 'text',
    ...of('integer', 'minTrailingAboveDelta maxTrailingAboveDelta minTrailingBelowDelta maxTrailingBelowDelta'),
  }),
  keys({
    filterType: 'text',
    ...of('decimal', 'bidMultiplierUp bidMultiplierDown askMultiplierUp askMultiplierDown'),
    avgPriceMins: 'integer',
  }),
  keys({
    filterType: 'text',
    ...of('decimal', 'minNotional maxNotional'),
    ...of('boolean', 'applyMinToMarket applyMaxToMarket'),
    avgPriceMins: 'integer',
  }),
  keys({ filterType: 'text', maxNumOrders: 'integer' }),
  keys({ filterType: 'text', maxNumOrderLists: 'integer' }),
  keys({ filterType: 'text', maxNumAlgoOrders: 'integer' }),
  keys({ filterType: 'text', maxNumOrderAmends: 'integer' }),
);

const spotSymbol = keys({
  ...of('text', 'symbol status baseAsset quoteAsset defaultSelfTradePreventionMode'),
  ...of(
    'integer',
    'baseAssetPrecision quotePrecision quoteAssetPrecision baseCommissionPrecision quoteCommissionPrecision',
  ),
  orderTypes: listOf('text'),
  ...of('boolean', 'icebergAllowed ocoAllowed otoAllowed opoAllowed quoteOrderQtyMarketAllowed allowTrailingStop'),
  ...of(
    'boolean',
    'cancelReplaceAllowed amendAllowed pegInstructionsAllowed isSpotTradingAllowed isMarginTradingAllowed',
  ),
  filters: listOf(spotFilter),
  permissions: listOf('text'),
  permissionSets: listOf(listOf('text')),
  allowedSelfTradePreventionModes: listOf('text'),
});

const dayStatistics = {
  symbol: 'text',
  ...of(
    'decimal',
    'priceChange priceChangePercent weightedAvgPrice openPrice highPrice lowPrice lastPrice volume quoteVolume',
  ),
  ...of('integer', 'openTime closeTime firstId lastId count'),
} as const;

export const klineRow: Shape = {
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

const bookTicker = keys({ symbol: 'text', ...of('decimal', 'bidPrice bidQty askPrice askQty') });

const orderProgress = {
  ...of('decimal', 'price origQty executedQty origQuoteOrderQty cummulativeQuoteQty'),
  ...of('text', 'status timeInForce type side selfTradePreventionMode'),
} as const;
const orderIds = { ...of('text', 'symbol clientOrderId'), ...of('integer', 'orderId orderListId') } as const;
const conditional = { stopPrice: 'decimal', ...of('integer', 'trailingDelta trailingTime') } as const;

const order = keys(
  {
    ...orderIds,
    ...orderProgress,
    ...of('decimal', 'stopPrice icebergQty'),
    ...of('integer', 'time updateTime workingTime'),
    isWorking: 'boolean',
  },
  of('integer', 'trailingDelta trailingTime'),
);
const newOrderResult = { ...orderIds, transactTime: 'integer', ...orderProgress, workingTime: 'integer' } as const;
const fill = keys({ ...of('decimal', 'price qty commission'), commissionAsset: 'text', tradeId: 'integer' });
const cancelled = keys(
  { ...orderIds, origClientOrderId: 'text', transactTime: 'integer', ...orderProgress },
  conditional,
);
const listBody = {
  ...of('text', 'contingencyType listStatusType listOrderStatus listClientOrderId symbol'),
  ...of('integer', 'orderListId transactionTime'),
  orders: listOf(keys({ ...of('text', 'symbol clientOrderId'), orderId: 'integer' })),
} as const;
const rates = keys(of('decimal', 'maker taker buyer seller'));

const LIMIT = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '58000' };

/** Asked in this order, by an account that has an order `shape-1`, fills and an order list. */
export const SPOT_ANSWERS: readonly AnswerShape[] = [
  {
    endpoint: 'GET /api/v3/ping',
    params: {},
    shape: keys({}),
    docs: `${DOCS}/rest-api/general-endpoints`,
    isPublic: true,
  },
  {
    endpoint: 'GET /api/v3/time',
    params: {},
    shape: keys({ serverTime: 'integer' }),
    docs: `${DOCS}/rest-api/general-endpoints`,
    isPublic: true,
  },
  {
    endpoint: 'GET /api/v3/exchangeInfo',
    params: {},
    shape: keys({
      timezone: 'text',
      serverTime: 'integer',
      rateLimits: listOf(rateLimit),
      exchangeFilters: listOf('text'),
      symbols: listOf(spotSymbol),
    }),
    docs: `${DOCS}/rest-api/general-endpoints#exchange-information`,
    isPublic: true,
  },
  {
    endpoint: 'GET /api/v3/depth',
    params: { symbol: 'BTCUSDT', limit: 5 },
    shape: keys({ lastUpdateId: 'integer', bids: listOf(level), asks: listOf(level) }),
    docs: `${DOCS}/rest-api/market-data-endpoints#order-book`,
    isPublic: true,
  },
  ...['trades', 'historicalTrades'].map((name) => ({
    endpoint: `GET /api/v3/${name}`,
    params: { symbol: 'BTCUSDT' },
    shape: listOf(
      keys({
        ...of('integer', 'id time'),
        ...of('decimal', 'price qty quoteQty'),
        ...of('boolean', 'isBuyerMaker isBestMatch'),
      }),
    ),
    docs: `${DOCS}/rest-api/market-data-endpoints#recent-trades-list`,
    isPublic: true,
  })),
  {
    endpoint: 'GET /api/v3/aggTrades',
    params: { symbol: 'BTCUSDT' },
    shape: listOf(keys({ ...of('integer', 'a f l T'), ...of('decimal', 'p q'), ...of('boolean', 'm M') })),
    docs: `${DOCS}/rest-api/market-data-endpoints#compressedaggregate-trades-list`,
    isPublic: true,
  },
  ...['klines', 'uiKlines'].map((name) => ({
    endpoint: `GET /api/v3/${name}`,
    params: { symbol: 'BTCUSDT', interval: '1m', limit: 3 },
    shape: listOf(klineRow),
    docs: `${DOCS}/rest-api/market-data-endpoints#klinecandlestick-data`,
    isPublic: true,
  })),
  {
    endpoint: 'GET /api/v3/avgPrice',
    params: { symbol: 'BTCUSDT' },
    shape: keys({ ...of('integer', 'mins closeTime'), price: 'decimal' }),
    docs: `${DOCS}/rest-api/market-data-endpoints#current-average-price`,
    isPublic: true,
  },
  {
    endpoint: 'GET /api/v3/ticker/24hr',
    params: { symbol: 'BTCUSDT' },
    shape: keys({ ...dayStatistics, ...of('decimal', 'prevClosePrice lastQty bidPrice bidQty askPrice askQty') }),
    docs: `${DOCS}/rest-api/market-data-endpoints#24hr-ticker-price-change-statistics`,
    isPublic: true,
  },
  {
    endpoint: 'GET /api/v3/ticker/price',
    params: {},
    shape: listOf(keys({ symbol: 'text', price: 'decimal' })),
    docs: `${DOCS}/rest-api/market-data-endpoints#symbol-price-ticker`,
    isPublic: true,
  },
  {
    endpoint: 'GET /api/v3/ticker/bookTicker',
    params: { symbol: 'BTCUSDT' },
    shape: bookTicker,
    docs: `${DOCS}/rest-api/market-data-endpoints#symbol-order-book-ticker`,
    isPublic: true,
  },
  {
    endpoint: 'GET /api/v3/ticker',
    params: { symbol: 'BTCUSDT', windowSize: '4h' },
    shape: keys(dayStatistics),
    docs: `${DOCS}/rest-api/market-data-endpoints#rolling-window-price-change-statistics`,
    isPublic: true,
  },
  {
    endpoint: 'POST /api/v3/order',
    params: { ...LIMIT, newOrderRespType: 'ACK' },
    shape: keys({ ...orderIds, transactTime: 'integer' }),
    docs: `${DOCS}/rest-api/trading-endpoints#new-order-trade`,
  },
  {
    endpoint: 'POST /api/v3/order',
    params: { ...LIMIT, newOrderRespType: 'RESULT' },
    shape: keys(newOrderResult),
    docs: `${DOCS}/rest-api/trading-endpoints#new-order-trade`,
  },
  {
    endpoint: 'POST /api/v3/order',
    params: { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01' },
    shape: keys({ ...newOrderResult, fills: listOf(fill) }),
    docs: `${DOCS}/rest-api/trading-endpoints#new-order-trade`,
  },
  {
    endpoint: 'POST /api/v3/order',
    params: {
      symbol: 'BTCUSDT',
      side: 'SELL',
      type: 'STOP_LOSS',
      quantity: '0.01',
      trailingDelta: 100,
      newOrderRespType: 'FULL',
      newClientOrderId: 'shape-trailing',
    },
    shape: keys({ ...newOrderResult, ...conditional, fills: listOf(fill) }),
    docs: `${DOCS}/rest-api/trading-endpoints#new-order-trade`,
  },
  {
    endpoint: 'POST /api/v3/order/test',
    params: LIMIT,
    shape: keys({}),
    docs: `${DOCS}/rest-api/trading-endpoints#test-new-order-trade`,
  },
  {
    endpoint: 'GET /api/v3/order',
    params: { symbol: 'BTCUSDT', origClientOrderId: 'shape-1' },
    shape: order,
    docs: `${DOCS}/rest-api/account-endpoints#query-order-user_data`,
  },
  {
    endpoint: 'GET /api/v3/openOrders',
    params: { symbol: 'BTCUSDT' },
    shape: listOf(order),
    docs: `${DOCS}/rest-api/account-endpoints#current-open-orders-user_data`,
  },
  {
    endpoint: 'GET /api/v3/allOrders',
    params: { symbol: 'BTCUSDT' },
    shape: listOf(order),
    docs: `${DOCS}/rest-api/account-endpoints#all-orders-user_data`,
  },
  {
    endpoint: 'POST /api/v3/order/cancelReplace',
    params: {
      ...LIMIT,
      price: '57000',
      cancelReplaceMode: 'STOP_ON_FAILURE',
      cancelOrigClientOrderId: 'shape-1',
      newOrderRespType: 'RESULT',
    },
    shape: keys({
      ...of('text', 'cancelResult newOrderResult'),
      cancelResponse: cancelled,
      newOrderResponse: keys(newOrderResult),
    }),
    docs: `${DOCS}/rest-api/trading-endpoints#cancel-an-existing-order-and-send-a-new-order-trade`,
  },
  {
    endpoint: 'DELETE /api/v3/order',
    params: { symbol: 'BTCUSDT', origClientOrderId: 'shape-trailing' },
    shape: cancelled,
    docs: `${DOCS}/rest-api/trading-endpoints#cancel-order-trade`,
  },
  {
    endpoint: 'POST /api/v3/orderList/oco',
    params: {
      symbol: 'BTCUSDT',
      side: 'SELL',
      quantity: '0.01',
      listClientOrderId: 'shape-list',
      aboveType: 'LIMIT_MAKER',
      abovePrice: '62000',
      belowType: 'STOP_LOSS_LIMIT',
      belowStopPrice: '58000',
      belowPrice: '57900',
      belowTimeInForce: 'GTC',
    },
    shape: keys({ ...listBody, orderReports: listOf(keys(newOrderResult, conditional)) }),
    docs: `${DOCS}/rest-api/trading-endpoints#new-order-list---oco-trade`,
  },
  {
    endpoint: 'POST /api/v3/order/oco',
    params: {
      ...{ symbol: 'BTCUSDT', side: 'SELL', quantity: '0.01', price: '62000' },
      ...{ stopPrice: '58000', stopLimitPrice: '57900', stopLimitTimeInForce: 'GTC' },
    },
    shape: keys({ ...listBody, orderReports: listOf(keys(newOrderResult, conditional)) }),
    docs: `${DOCS}/rest-api/trading-endpoints#new-oco---deprecated-trade`,
  },
  {
    endpoint: 'GET /api/v3/orderList',
    params: { origClientOrderId: 'shape-list' },
    shape: keys(listBody),
    docs: `${DOCS}/rest-api/account-endpoints#query-order-list-user_data`,
  },
  {
    endpoint: 'GET /api/v3/openOrderList',
    params: {},
    shape: listOf(keys(listBody)),
    docs: `${DOCS}/rest-api/account-endpoints#query-open-order-lists-user_data`,
  },
  {
    endpoint: 'GET /api/v3/allOrderList',
    params: {},
    shape: listOf(keys(listBody)),
    docs: `${DOCS}/rest-api/account-endpoints#query-all-order-lists-user_data`,
  },
  {
    endpoint: 'DELETE /api/v3/orderList',
    params: { symbol: 'BTCUSDT', listClientOrderId: 'shape-list' },
    shape: keys({ ...listBody, orderReports: listOf(cancelled) }),
    docs: `${DOCS}/rest-api/trading-endpoints#cancel-order-list-trade`,
  },
  {
    endpoint: 'DELETE /api/v3/openOrders',
    params: { symbol: 'BTCUSDT' },
    shape: listOf(cancelled),
    docs: `${DOCS}/rest-api/trading-endpoints#cancel-all-open-orders-on-a-symbol-trade`,
  },
  {
    endpoint: 'GET /api/v3/account',
    params: {},
    shape: keys({
      ...of('integer', 'makerCommission takerCommission buyerCommission sellerCommission updateTime uid'),
      commissionRates: rates,
      ...of('boolean', 'canTrade canWithdraw canDeposit brokered requireSelfTradePrevention preventSor'),
      accountType: 'text',
      balances: listOf(keys({ asset: 'text', ...of('decimal', 'free locked') })),
      permissions: listOf('text'),
    }),
    docs: `${DOCS}/rest-api/account-endpoints#account-information-user_data`,
  },
  {
    endpoint: 'GET /api/v3/myTrades',
    params: { symbol: 'BTCUSDT' },
    shape: listOf(
      keys({
        ...of('text', 'symbol commissionAsset'),
        ...of('integer', 'id orderId orderListId time'),
        ...of('decimal', 'price qty quoteQty commission'),
        ...of('boolean', 'isBuyer isMaker isBestMatch'),
      }),
    ),
    docs: `${DOCS}/rest-api/account-endpoints#account-trade-list-user_data`,
  },
  {
    endpoint: 'GET /api/v3/account/commission',
    params: { symbol: 'BTCUSDT' },
    shape: keys({
      symbol: 'text',
      ...of(rates, 'standardCommission specialCommission taxCommission'),
      discount: keys({
        ...of('boolean', 'enabledForAccount enabledForSymbol'),
        discountAsset: 'text',
        discount: 'decimal',
      }),
    }),
    docs: `${DOCS}/rest-api/account-endpoints#query-commission-rates-user_data`,
  },
];

export const klineMessage = keys({
  ...of('text', 'e s'),
  E: 'integer',
  k: keys({
    ...of('integer', 't T f L n'),
    ...of('text', 's i'),
    ...of('decimal', 'o c h l v q V Q B'),
    x: 'boolean',
  }),
});

/** Market streams, by their names. */
export const SPOT_STREAMS: readonly StreamShape[] = [
  {
    stream: 'btcusdt@trade',
    shape: keys({ ...of('text', 'e s'), ...of('integer', 'E t T'), ...of('decimal', 'p q'), ...of('boolean', 'm M') }),
    docs: `${DOCS}/web-socket-streams#trade-streams`,
  },
  {
    stream: 'btcusdt@aggTrade',
    shape: keys({
      ...of('text', 'e s'),
      ...of('integer', 'E a f l T'),
      ...of('decimal', 'p q'),
      ...of('boolean', 'm M'),
    }),
    docs: `${DOCS}/web-socket-streams#aggregate-trade-streams`,
  },
  {
    stream: 'btcusdt@bookTicker',
    shape: keys({ u: 'integer', s: 'text', ...of('decimal', 'b B a A') }),
    docs: `${DOCS}/web-socket-streams#individual-symbol-book-ticker-streams`,
  },
  {
    stream: 'btcusdt@depth@100ms',
    shape: keys({ ...of('text', 'e s'), ...of('integer', 'E U u'), ...of(listOf(level), 'b a') }),
    docs: `${DOCS}/web-socket-streams#diff-depth-stream`,
  },
  {
    stream: 'btcusdt@depth5@100ms',
    shape: keys({ lastUpdateId: 'integer', ...of(listOf(level), 'bids asks') }),
    docs: `${DOCS}/web-socket-streams#partial-book-depth-streams`,
  },
  {
    stream: 'btcusdt@kline_1m',
    shape: klineMessage,
    docs: `${DOCS}/web-socket-streams#klinecandlestick-streams-for-utc`,
  },
  {
    stream: 'btcusdt@ticker',
    shape: keys({
      ...of('text', 'e s'),
      ...of('decimal', 'p P w x c Q b B a A o h l v q'),
      ...of('integer', 'E O C F L n'),
    }),
    docs: `${DOCS}/web-socket-streams#individual-symbol-ticker-streams`,
  },
  {
    stream: 'btcusdt@miniTicker',
    shape: keys({ ...of('text', 'e s'), E: 'integer', ...of('decimal', 'c o h l v q') }),
    docs: `${DOCS}/web-socket-streams#individual-symbol-mini-ticker-stream`,
  },
  {
    stream: '!miniTicker@arr',
    shape: listOf(keys({ ...of('text', 'e s'), E: 'integer', ...of('decimal', 'c o h l v q') })),
    docs: `${DOCS}/web-socket-streams#all-market-mini-tickers-stream`,
  },
  {
    stream: 'btcusdt@ticker_1h',
    shape: keys({ ...of('text', 'e s'), ...of('decimal', 'p P o h l c w v q'), ...of('integer', 'E O C F L n') }),
    docs: `${DOCS}/web-socket-streams#individual-symbol-rolling-window-statistics-streams`,
  },
  {
    stream: 'btcusdt@avgPrice',
    shape: keys({ ...of('text', 'e s i'), w: 'decimal', ...of('integer', 'E T') }),
    docs: `${DOCS}/web-socket-streams#average-price`,
  },
];

/** Account events, as they come inside `{subscriptionId, event}`. */
export const SPOT_EVENTS: Readonly<Record<string, Shape>> = {
  // https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream#order-update
  executionReport: keys(
    {
      ...of('text', 'e s c S o f C x X r V'),
      ...of('integer', 'E g i T t I O'),
      ...of('decimal', 'q p P F l z L n Z Y Q'),
      N: anyOf('text', 'null'),
      ...of('boolean', 'w m M'),
    },
    of('integer', 'd D W'),
  ),
  // https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream#account-update
  outboundAccountPosition: keys({
    e: 'text',
    ...of('integer', 'E u'),
    B: listOf(keys({ a: 'text', ...of('decimal', 'f l') })),
  }),
  // https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream#order-update (ListStatus)
  listStatus: keys({
    ...of('text', 'e s c l L r C'),
    ...of('integer', 'E g T'),
    O: listOf(keys({ ...of('text', 's c'), i: 'integer' })),
  }),
};
