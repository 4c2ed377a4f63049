/** Bybit's side of the conversation: https://bybit-exchange.github.io/docs/v5/intro */
import { createHmac } from 'node:crypto';

import type { OrderSide, TimeInForce } from '../../../src/domain/order/order.ts';
import { atoms, atomsText } from '../../../src/matching/atoms.ts';
import type { OrderRequest, Refusal, RefusalReason, Trigger } from '../../../src/matching/venue-types.ts';
import type { Answered, Asked, Speech, StandIn, StoodOrder } from './stand-in.ts';
import { ACCOUNT, clientIdOf, idOf, idOfFilled, isWorking } from './stand-in.ts';

export const BYBIT_KEYS = { apiKey: 'key'.repeat(6), secret: 'secret'.repeat(6) };

type Row = Readonly<Record<string, unknown>>;

/** What the account is like, for the questions before the start. */
export interface BybitAccount {
  readonly key: Row;
  readonly info: Row;
  readonly positionIdx: number;
}

export const GOOD_ACCOUNT: BybitAccount = {
  key: {
    ...{ readOnly: 0, uta: 1, ips: ['*'] },
    permissions: {
      ContractTrade: ['Order', 'Position'],
      Spot: ['SpotTrade'],
      Wallet: ['AccountTransfer'],
      Options: [],
    },
  },
  info: { marginMode: 'ISOLATED_MARGIN', unifiedMarginStatus: 5 },
  positionIdx: 0,
};

const CODES: Readonly<Partial<Record<RefusalReason, readonly [number, string]>>> = {
  insufficient_margin: [110007, 'ab not enough for new order'],
  notional_min: [110094, 'Order does not meet minimum order value 5USDT'],
  duplicate_client_order_id: [110072, 'OrderLinkedID is duplicate'],
  reduce_only_rejected: [110017, 'Reduce-only rule not satisfied'],
  unknown_order: [110001, 'order not exists or too late to cancel'],
};

/** @param account a function, as tests change it */
export function bybitSpeech(account: () => BybitAccount = () => GOOD_ACCOUNT): Speech {
  return (asked, standIn) => {
    const { now } = standIn.venue;
    const ok = (result: Row): Answered => ({ body: { retCode: 0, retMsg: 'OK', result, retExtInfo: {}, time: now } });
    const no = (retCode: number, retMsg: string): Answered => ({
      body: { retCode, retMsg, result: {}, retExtInfo: {}, time: now },
    });
    if (asked.path === '/v5/market/time')
      return ok({ timeSecond: String(Math.floor(now / 1000)), timeNano: `${now}000000` });
    const refused = unsigned(asked, now);
    if (refused !== null) return no(...refused);
    return answerOf(asked, { standIn, account: account(), ok, no });
  };
}

/** Why the signature is refused; null for a good one. https://bybit-exchange.github.io/docs/v5/guide#authentication */
function unsigned({ method, headers, body, queryText }: Asked, now: number): readonly [number, string] | null {
  const { apiKey, secret } = BYBIT_KEYS;
  const [time = '', window = ''] = [headers['x-bapi-timestamp'], headers['x-bapi-recv-window']];
  if (headers['x-bapi-api-key'] !== apiKey) return [10003, 'API key is invalid.'];
  if (Number(time) > now + 1_000 || Number(time) < now - Number(window)) {
    return [10002, `invalid request, please check your server timestamp or recv_window param. req_timestamp[${time}]`];
  }
  const payload = `${time}${apiKey}${window}${method === 'GET' ? queryText : body}`;
  const isRight = createHmac('sha256', secret).update(payload).digest('hex') === headers['x-bapi-sign'];
  return isRight ? null : [10004, 'error sign! origin_string[...]'];
}

interface Talk {
  readonly standIn: StandIn;
  readonly account: BybitAccount;
  readonly ok: (result: Row) => Answered;
  readonly no: (retCode: number, retMsg: string) => Answered;
}

function answerOf(asked: Asked, talk: Talk): Answered {
  const { standIn, account, ok, no } = talk;
  const { query } = asked;
  switch (`${asked.method} ${asked.path}`) {
    case 'POST /v5/order/create':
      return create(JSON.parse(asked.body) as Record<string, string>, talk);
    case 'POST /v5/order/cancel': {
      const { orderLinkId = '' } = JSON.parse(asked.body) as Record<string, string>;
      if (standIn.cancel(orderLinkId)) return ok({ orderId: '', orderLinkId });
      return no(110001, 'order not exists or too late to cancel');
    }
    case 'GET /v5/order/realtime': {
      const wanted = standIn.orders().filter((stood) => isWorking(stood) === (query['openOnly'] !== '1'));
      return ok({
        category: 'linear',
        list: wanted.filter((stood) => isMeant(stood, query)).map(orderRow),
        nextPageCursor: '',
      });
    }
    case 'GET /v5/order/history': {
      const ended = standIn.orders().filter((stood) => !isWorking(stood) && isMeant(stood, query));
      return ok({ category: 'linear', list: ended.map(orderRow), nextPageCursor: '' });
    }
    case 'GET /v5/execution/list':
      return ok({ category: 'linear', ...paged(executions(standIn, query), query) });
    case 'GET /v5/account/wallet-balance':
      return ok({ list: [{ accountType: 'UNIFIED', coin: coins(standIn) }] });
    case 'GET /v5/position/list':
      return ok({ category: 'linear', list: positions(standIn, account, query), nextPageCursor: '' });
    case 'GET /v5/account/info':
      return ok(account.info);
    case 'GET /v5/user/query-api':
      return ok(account.key);
    case 'GET /v5/account/transaction-log':
      return ok(paged(settlements(standIn, query), query));
    case 'POST /v5/position/set-leverage':
      return setLeverage(JSON.parse(asked.body) as Record<string, string>, talk);
    default:
      return { status: 404, body: '404 page not found' };
  }
}

/** What the exchange looks at before it takes an order. */
function create(params: Readonly<Record<string, string>>, { standIn, ok, no }: Talk): Answered {
  const { instrument } = standIn;
  const { qty = '', price, orderLinkId = '', symbol } = params;
  if (symbol !== instrument.symbol) return no(10001, 'params error: symbol invalid');
  if (!/^[a-zA-Z0-9_-]{1,36}$/.test(orderLinkId)) return no(10001, 'params error: OrderLinkId Invalid');
  if (standIn.orders().some((stood) => clientIdOf(stood) === orderLinkId))
    return no(110072, 'OrderLinkedID is duplicate');
  if (!(Number(qty) > 0) || !isMultiple(qty, instrument.rules.step.toFixed())) return no(10001, 'Qty invalid');
  if (price !== undefined && !isMultiple(price, instrument.rules.tick.toFixed()))
    return no(10001, 'params error: price invalid');
  const request = requestOf(params);
  const placed = standIn.place(request);
  if ('id' in placed) return ok({ orderId: placed.id, orderLinkId });
  // The exchange takes it, and its matching engine refuses it.
  if (placed.reason === 'would_take') return ok({ orderId: standIn.refuseLater(request, placed).id, orderLinkId });
  return no(...codeOf(placed, request));
}

function codeOf({ reason, message }: Refusal, { trigger, side }: OrderRequest): readonly [number, string] {
  if (reason === 'would_trigger_immediately') {
    const isRising = trigger?.type === 'fixed' && (trigger.kind === 'stop') === (side === 'buy');
    return isRising
      ? [110092, 'expect Rising, but trigger_price <= current']
      : [110093, 'expect Falling, but trigger_price >= current'];
  }
  return CODES[reason] ?? [10001, message];
}

function isMultiple(text: string, step: string): boolean {
  const [value, unit] = [text, step].map((amount) => BigInt(Math.round(Number(amount) * 1e12)));
  return (value ?? 0n) % (unit ?? 1n) === 0n;
}

function requestOf(params: Readonly<Record<string, string | number>>): OrderRequest {
  const side: OrderSide = params['side'] === 'Buy' ? 'buy' : 'sell';
  const timeInForce = params['timeInForce'] === 'PostOnly' ? 'GTC' : ((params['timeInForce'] ?? 'GTC') as TimeInForce);
  const isMarket = params['orderType'] === 'Market';
  return {
    ...{ accountId: ACCOUNT, symbol: String(params['symbol']), clientOrderId: String(params['orderLinkId']), side },
    size: { type: 'quantity', quantity: atoms(String(params['qty'])) },
    execution: isMarket
      ? { type: 'market' }
      : {
          type: 'limit',
          price: atoms(String(params['price'])),
          timeInForce,
          postOnly: params['timeInForce'] === 'PostOnly',
        },
    trigger: triggerOf(params, side),
    ...{ positionSide: 'both', reduceOnly: (params as Row)['reduceOnly'] === true },
    selfTradePrevention: params['smpType'] === 'CancelTaker' ? 'expire_taker' : 'none',
  };
}

function triggerOf(params: Readonly<Record<string, string | number>>, side: OrderSide): Trigger | null {
  if (params['triggerPrice'] === undefined) return null;
  const isRising = params['triggerDirection'] === 1;
  return {
    ...{ type: 'fixed', kind: isRising === (side === 'buy') ? 'stop' : 'take_profit' },
    price: atoms(String(params['triggerPrice'])),
    source: params['triggerBy'] === 'MarkPrice' ? 'mark' : 'last',
  };
}

function isMeant(stood: StoodOrder, { orderLinkId }: Asked['query']): boolean {
  return orderLinkId === undefined || clientIdOf(stood) === orderLinkId;
}

const PLAIN_STATUS = {
  new: 'New',
  partially_filled: 'PartiallyFilled',
  filled: 'Filled',
  cancelled: 'Cancelled',
  expired: 'Cancelled',
  expired_in_match: 'Cancelled',
} as const;

function statusOf(stood: StoodOrder): string {
  if (stood.kind === 'refused') return 'Cancelled';
  if (stood.kind === 'plain') return PLAIN_STATUS[stood.order.status];
  if (stood.child !== null) return PLAIN_STATUS[stood.child.status];
  const { status } = stood.algo;
  return status === 'cancelled' || status === 'expired'
    ? 'Deactivated'
    : status === 'rejected'
      ? 'Rejected'
      : 'Untriggered';
}

/** https://bybit-exchange.github.io/docs/v5/order/open-order */
function orderRow(stood: StoodOrder): Row {
  const { side, execution, reduceOnly } =
    stood.kind === 'plain' ? stood.order : stood.kind === 'algo' ? stood.algo : stood.request;
  const order = stood.kind === 'plain' ? stood.order : stood.kind === 'algo' ? stood.child : null;
  const size = stood.kind === 'algo' ? stood.algo.size : stood.kind === 'refused' ? stood.request.size : null;
  const quantity = order?.quantity ?? (size?.type === 'quantity' ? size.quantity : 0n);
  const trigger = stood.kind === 'algo' ? stood.algo.trigger : null;
  const isMet = order?.status === 'expired_in_match';
  return {
    ...{ orderId: idOf(stood), orderLinkId: clientIdOf(stood), symbol: 'BTCUSDT', positionIdx: 0 },
    side: side === 'buy' ? 'Buy' : 'Sell',
    qty: atomsText(quantity),
    price: execution.type === 'limit' ? atomsText(execution.price) : '0',
    orderType: execution.type === 'limit' ? 'Limit' : 'Market',
    timeInForce: execution.type === 'limit' ? (execution.postOnly ? 'PostOnly' : execution.timeInForce) : 'IOC',
    orderStatus: statusOf(stood),
    cumExecQty: atomsText(order?.executedQuantity ?? 0n),
    cancelType: isMet ? 'CancelBySmp' : 'UNKNOWN',
    rejectReason: stood.kind === 'refused' ? 'EC_PostOnlyWillTakeLiquidity' : 'EC_NoError',
    stopOrderType: trigger === null ? '' : 'Stop',
    triggerPrice: trigger?.type === 'fixed' ? atomsText(trigger.price) : '0.00',
    triggerDirection: trigger === null ? 0 : (trigger.kind === 'stop') === (side === 'buy') ? 1 : 2,
    triggerBy: trigger === null ? '' : trigger.source === 'mark' ? 'MarkPrice' : 'LastPrice',
    ...{ reduceOnly, closeOnTrigger: false },
  };
}

/** https://bybit-exchange.github.io/docs/v5/order/execution: newest first */
function executions(standIn: StandIn, { startTime, endTime, orderId, symbol }: Asked['query']): Row[] {
  const [from, to] = [Number(startTime ?? 0), Number(endTime ?? Infinity)];
  return standIn
    .fills()
    .filter(({ order, fill }) => order.symbol === symbol && fill.time >= from && fill.time <= to)
    .filter(({ order }) => orderId === undefined || idOfFilled(order) === orderId)
    .map(({ order, fill }) => ({
      ...{ symbol: order.symbol, orderId: idOfFilled(order), orderLinkId: order.clientOrderId },
      ...{ side: order.side === 'buy' ? 'Buy' : 'Sell', execType: 'Trade', execId: `e-${fill.tradeId}` },
      ...{ execPrice: atomsText(fill.price), execQty: atomsText(fill.quantity), execFee: atomsText(fill.commission) },
      ...{ feeCurrency: '', isMaker: fill.isMaker, execTime: String(fill.time) },
    }))
    .reverse();
}

/** Pages of a list, by a cursor that says where the next one begins. */
function paged(rows: readonly Row[], { limit = '50', cursor = '0' }: Asked['query']): Row {
  const [from, count] = [Number(cursor), Number(limit)];
  const isMore = rows.length > from + count;
  return { list: rows.slice(from, from + count), nextPageCursor: isMore ? String(from + count) : '' };
}

function coins({ venue }: StandIn): Row[] {
  const { wallets } = venue.views.futuresAccount(ACCOUNT);
  return wallets.map((wallet) => ({
    coin: wallet.asset,
    walletBalance: atomsText(wallet.walletBalance),
    totalPositionIM: atomsText(wallet.positionInitialMargin),
    totalOrderIM: atomsText(wallet.openOrderInitialMargin),
    unrealisedPnl: atomsText(wallet.unrealizedPnl),
    locked: '0',
  }));
}

/** https://bybit-exchange.github.io/docs/v5/position: with a symbol also when flat */
function positions({ venue, instrument }: StandIn, { positionIdx }: BybitAccount, query: Asked['query']): Row[] {
  const { leverage } = venue.views.symbolConfig(ACCOUNT, instrument.symbol);
  const open = venue.views.futuresAccount(ACCOUNT).positions.find(({ quantity }) => quantity !== 0n);
  const flat = {
    positionIdx,
    symbol: instrument.symbol,
    leverage: String(leverage),
    side: '',
    size: '0',
    avgPrice: '0',
  };
  if (open === undefined) return query['symbol'] === undefined ? [] : [flat];
  const { quantity, entryPrice, liquidationPrice, unrealizedPnl } = open;
  return [
    {
      ...flat,
      side: quantity > 0n ? 'Buy' : 'Sell',
      size: atomsText(quantity > 0n ? quantity : -quantity),
      avgPrice: atomsText(entryPrice),
      liqPrice: liquidationPrice === null ? '' : atomsText(liquidationPrice),
      unrealisedPnl: atomsText(unrealizedPnl),
    },
  ];
}

/** https://bybit-exchange.github.io/docs/v5/account/transaction-log */
function settlements({ history }: StandIn, { startTime, endTime }: Asked['query']): Row[] {
  return history.incomes
    .filter(({ kind, time }) => kind === 'funding_fee' && time >= Number(startTime) && time <= Number(endTime))
    .map(({ incomeId, symbol, amount, time }) => ({
      ...{ id: `t${incomeId}`, symbol, category: 'linear', type: 'SETTLEMENT', transactionTime: String(time) },
      ...{ funding: atomsText(amount), fee: '0', cashFlow: '0', change: atomsText(amount), currency: 'USDT' },
    }));
}

function setLeverage(
  { symbol = '', buyLeverage, sellLeverage }: Readonly<Record<string, string>>,
  { standIn, ok, no }: Talk,
): Answered {
  const key = { accountId: ACCOUNT, symbol };
  if (buyLeverage !== sellLeverage) return no(10001, 'buy leverage must equal sell leverage');
  if (standIn.venue.views.symbolConfig(ACCOUNT, symbol).leverage === Number(buyLeverage))
    return no(110043, 'leverage not modified');
  const set = standIn.venue.setLeverage(key, Number(buyLeverage));
  return set.ok ? ok({}) : no(110013, 'Cannot set leverage due to risk limit level');
}
