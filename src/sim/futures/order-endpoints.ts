import type { GroupKey, OrderKey, OrderReport } from '../../matching/venue-types.ts';
import type { MarketData } from '../data/market-data.ts';
import type { SymbolData } from '../data/symbol-data.ts';
import { symbolOf } from '../data/symbol-query.ts';
import { amountOf } from '../state/order-params.ts';
import type { Desk } from '../state/desk.ts';
import { futuresRefusal } from '../state/refusal-answers.ts';
import type { Endpoint, VenueCall } from '../transport/endpoint.ts';
import { isRecord, Params } from '../transport/params.ts';
import { refuse, VenueError } from '../venue-error.ts';
import { acknowledgement, actionAnswer, algoAnswer, newAlgoAnswer, orderAnswer } from './order-answers.ts';
import type { Decimals } from './order-answers.ts';
import { readAlgoOrder, readOrder } from './order-request.ts';

const CLIENT_ID_LENGTH = 22;

const common = { market: 'futures', security: 'signed' } as const;
const v1 = '/fapi/v1';
const bySymbol = (one: number, all: number) => (params: Params) => (params.has('symbol') ? one : all);
const MAX_BATCH = 5;
const ALL_CANCELLED = { code: 200, msg: 'The operation of cancel all open order is done.' };

/** The trading endpoints of futures. https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api */
export class FuturesOrderEndpoints {
  readonly #desk: Desk;
  readonly #data: MarketData;

  constructor(desk: Desk, data: MarketData) {
    this.#desk = desk;
    this.#data = data;
  }

  list(): Endpoint[] {
    return [...this.#singleOrders(), ...this.#manyOrders(), ...this.#algoOrders()];
  }

  #singleOrders(): Endpoint[] {
    return [
      {
        ...common,
        method: 'POST',
        path: `${v1}/order`,
        webSocketMethod: 'order.place',
        weight: 0,
        orders: 1,
        handle: (call) => this.#place(call),
      },
      { ...common, method: 'POST', path: `${v1}/order/test`, weight: 0, handle: (call) => this.#test(call) },
      {
        ...common,
        method: 'PUT',
        path: `${v1}/order`,
        webSocketMethod: 'order.modify',
        weight: 0,
        orders: 1,
        handle: (call) => this.#modify(call),
      },
      {
        ...common,
        method: 'GET',
        path: `${v1}/order`,
        webSocketMethod: 'order.status',
        weight: 1,
        handle: (call) => this.#query(call, 'NO_SUCH_ORDER'),
      },
      { ...common, method: 'GET', path: `${v1}/openOrder`, weight: 1, handle: (call) => this.#queryOpen(call) },
      {
        ...common,
        method: 'DELETE',
        path: `${v1}/order`,
        webSocketMethod: 'order.cancel',
        weight: 1,
        handle: (call) => this.#cancel(call),
      },
    ];
  }

  #manyOrders(): Endpoint[] {
    return [
      {
        ...common,
        method: 'POST',
        path: `${v1}/batchOrders`,
        weight: 5,
        orders: 1,
        handle: (call) => this.#batch(call, (one) => this.#place(one)),
      },
      {
        ...common,
        method: 'PUT',
        path: `${v1}/batchOrders`,
        weight: 5,
        orders: 1,
        handle: (call) => this.#batch(call, (one) => this.#modify(one)),
      },
      { ...common, method: 'DELETE', path: `${v1}/batchOrders`, weight: 1, handle: (call) => this.#cancelBatch(call) },
      {
        ...common,
        method: 'GET',
        path: `${v1}/openOrders`,
        weight: bySymbol(1, 40),
        handle: (call) => this.#openOrders(call),
      },
      { ...common, method: 'DELETE', path: `${v1}/allOpenOrders`, weight: 1, handle: (call) => this.#cancelAll(call) },
      { ...common, method: 'GET', path: `${v1}/allOrders`, weight: 5, handle: (call) => this.#allOrders(call) },
    ];
  }

  #algoOrders(): Endpoint[] {
    return [
      {
        ...common,
        method: 'POST',
        path: `${v1}/algoOrder`,
        webSocketMethod: 'algoOrder.place',
        weight: 0,
        orders: 1,
        handle: (call) => this.#placeAlgo(call),
      },
      { ...common, method: 'GET', path: `${v1}/algoOrder`, weight: 1, handle: (call) => this.#queryAlgo(call) },
      {
        ...common,
        method: 'DELETE',
        path: `${v1}/algoOrder`,
        webSocketMethod: 'algoOrder.cancel',
        weight: 1,
        handle: (call) => this.#cancelAlgo(call),
      },
      {
        ...common,
        method: 'GET',
        path: `${v1}/openAlgoOrders`,
        weight: bySymbol(1, 40),
        handle: (call) => this.#openAlgos(call),
      },
      {
        ...common,
        method: 'DELETE',
        path: `${v1}/algoOpenOrders`,
        weight: 1,
        handle: (call) => this.#cancelAllAlgos(call),
      },
      { ...common, method: 'GET', path: `${v1}/allAlgoOrders`, weight: 5, handle: (call) => this.#allAlgos(call) },
    ];
  }

  readonly #nextClientId = (): string => this.#desk.nextClientId(CLIENT_ID_LENGTH);

  #decimalsOf(symbol: string): Decimals {
    const data = this.#data.find('futures', symbol);
    if (data === null) throw refuse('BAD_SYMBOL');
    return data.format('futures');
  }

  #place({ params, accountId }: VenueCall): object {
    const data = symbolOf(this.#data, 'futures', params);
    const request = readOrder(params, accountId, this.#nextClientId);
    const placed = this.#desk.placeOrder(data, request);
    if (!placed.ok) throw this.#refusal(data, request, placed.error);
    const { order } = placed.value;
    const isKilled =
      order.status === 'expired' && request.execution.type === 'limit' && request.execution.timeInForce === 'FOK';
    if (isKilled) throw refuse('FOK_REJECTED');
    const format = data.format('futures');
    return params.optionalText('newOrderRespType') === 'RESULT'
      ? actionAnswer(order, format)
      : acknowledgement(order, format);
  }

  #refusal(
    data: SymbolData,
    request: Parameters<Desk['placeOrder']>[1],
    error: Parameters<typeof futuresRefusal>[0],
  ): VenueError {
    const instrument = data.instrument('futures');
    return instrument === null ? futuresRefusal(error) : futuresRefusal(error, { instrument, request });
  }

  #test({ params, accountId }: VenueCall): object {
    symbolOf(this.#data, 'futures', params);
    readOrder(params, accountId, this.#nextClientId);
    return {};
  }

  #keyOf({ params, accountId }: VenueCall): OrderKey {
    const { symbol } = symbolOf(this.#data, 'futures', params);
    const orderId = params.optionalInteger('orderId');
    if (orderId !== null) return { accountId, symbol, id: { orderId } };
    const clientOrderId = params.optionalText('origClientOrderId');
    if (clientOrderId === null) throw refuse('PARAMETER_MISSING', { parameter: 'orderId' });
    return { accountId, symbol, id: { clientOrderId } };
  }

  #modify(call: VenueCall): object {
    const data = symbolOf(this.#data, 'futures', call.params);
    const to = { price: amountOf(call.params, 'price'), quantity: amountOf(call.params, 'quantity') };
    const amended = this.#desk.amendOrder(data, this.#keyOf(call), to);
    if (!amended.ok) {
      throw amended.error.reason === 'unknown_order' ? refuse('NO_SUCH_ORDER') : futuresRefusal(amended.error);
    }
    return actionAnswer(amended.value.order, data.format('futures'));
  }

  #find(call: VenueCall): OrderReport | null {
    const { accountId, symbol, id } = this.#keyOf(call);
    const orderId = 'orderId' in id ? id.orderId : null;
    const clientOrderId = 'clientOrderId' in id ? id.clientOrderId : null;
    return this.#desk.history(accountId).order(symbol, { orderId, clientOrderId });
  }

  #query(call: VenueCall, missing: 'NO_SUCH_ORDER'): object {
    const order = this.#find(call);
    if (order === null) throw refuse(missing);
    return orderAnswer(order, this.#decimalsOf(order.symbol));
  }

  #queryOpen(call: VenueCall): object {
    const order = this.#desk.venue.views.openOrder(this.#keyOf(call));
    if (order === null) throw refuse('NO_SUCH_ORDER');
    return orderAnswer(order, this.#decimalsOf(order.symbol));
  }

  #cancel(call: VenueCall): object {
    const cancelled = this.#desk.cancelOrder(this.#keyOf(call), this.#nextClientId());
    if (!cancelled.ok) throw futuresRefusal(cancelled.error);
    return actionAnswer(cancelled.value, this.#decimalsOf(cancelled.value.symbol));
  }

  /** Each order of a batch succeeds or fails for itself. */
  #batch(call: VenueCall, perform: (one: VenueCall) => object): object[] {
    const entries = call.params.optionalList('batchOrders') ?? [];
    if (entries.length === 0 || entries.length > MAX_BATCH) throw refuse('BAD_PARAMETER', { parameter: 'batchOrders' });
    return entries.map((entry) => {
      try {
        return perform({ ...call, params: Params.fromJson(isRecord(entry) ? entry : {}) });
      } catch (failure) {
        if (failure instanceof VenueError) return failure.body();
        throw failure;
      }
    });
  }

  #cancelBatch(call: VenueCall): object[] {
    const { params } = call;
    const ids = params.optionalList(params.nameOf('orderIdList', 'orderidlist'));
    const clientIds = params.optionalList(params.nameOf('origClientOrderIdList', 'origclientorderidlist'));
    const symbol = params.text('symbol');
    const keys = [
      ...(ids ?? []).map((orderId) => ({ symbol, orderId })),
      ...(clientIds ?? []).map((origClientOrderId) => ({ symbol, origClientOrderId })),
    ];
    const list = JSON.stringify(keys);
    return this.#batch({ ...call, params: params.with({ batchOrders: list }) }, (one) => this.#cancel(one));
  }

  #openOrders({ params, accountId }: VenueCall): object[] {
    const symbol = params.has('symbol') ? symbolOf(this.#data, 'futures', params).symbol : null;
    const orders = this.#desk.venue.views.openOrders(accountId, symbol);
    return orders.map((order) => orderAnswer(order, this.#decimalsOf(order.symbol)));
  }

  #cancelAll({ params, accountId }: VenueCall): object {
    this.#desk.cancelAll(accountId, symbolOf(this.#data, 'futures', params).symbol);
    return ALL_CANCELLED;
  }

  #allOrders({ params, accountId }: VenueCall): object[] {
    const data = symbolOf(this.#data, 'futures', params);
    const fromId = params.optionalInteger('orderId');
    const startMs = params.optionalInteger('startTime') ?? 0;
    const endMs = params.optionalInteger('endTime') ?? Infinity;
    const limit = params.limit('limit', { fallback: 500, max: 1_000 });
    const orders = this.#desk
      .history(accountId)
      .orders()
      .filter((order) => order.symbol === data.symbol && order.orderId >= (fromId ?? 0))
      .filter(({ placedAt }) => placedAt >= startMs && placedAt <= endMs);
    const selected = fromId === null ? orders.slice(-limit) : orders.slice(0, limit);
    return selected.map((order) => orderAnswer(order, data.format('futures')));
  }

  #placeAlgo({ params, accountId }: VenueCall): object {
    const data = symbolOf(this.#data, 'futures', params);
    const request = readAlgoOrder(params, accountId, this.#nextClientId);
    const placed = this.#desk.placeAlgoOrder(data, request);
    if (!placed.ok) throw this.#refusal(data, request, placed.error);
    return newAlgoAnswer(placed.value, data.format('futures'));
  }

  #algoIdOf({ params }: VenueCall): { algoId: number | null; clientAlgoId: string | null } {
    const algoId = params.optionalInteger('algoId');
    const clientAlgoId = params.optionalText('clientAlgoId');
    if (algoId === null && clientAlgoId === null) throw refuse('PARAMETER_MISSING', { parameter: 'algoId' });
    return { algoId, clientAlgoId };
  }

  #queryAlgo(call: VenueCall): object {
    const order = this.#desk.history(call.accountId).algoOrder(this.#algoIdOf(call));
    if (order === null) throw refuse('NO_SUCH_ORDER');
    return algoAnswer(order, this.#decimalsOf(order.symbol));
  }

  #cancelAlgo(call: VenueCall): object {
    const { algoId, clientAlgoId } = this.#algoIdOf(call);
    const id: GroupKey['id'] = algoId !== null ? { venueId: algoId } : { clientId: clientAlgoId ?? '' };
    const cancelled = this.#desk.venue.cancelAlgoOrder({ accountId: call.accountId, id });
    if (!cancelled.ok) throw futuresRefusal(cancelled.error);
    const { value } = cancelled;
    return { algoId: value.algoId, clientAlgoId: value.clientAlgoId, code: '200', msg: 'success' };
  }

  #openAlgos({ params, accountId }: VenueCall): object[] {
    const symbol = params.has('symbol') ? symbolOf(this.#data, 'futures', params).symbol : null;
    const orders = this.#desk.venue.views.openAlgoOrders(accountId, symbol);
    return orders.map((order) => algoAnswer(order, this.#decimalsOf(order.symbol)));
  }

  #cancelAllAlgos({ params, accountId }: VenueCall): object {
    const { symbol } = symbolOf(this.#data, 'futures', params);
    for (const { algoId } of this.#desk.venue.views.openAlgoOrders(accountId, symbol)) {
      this.#desk.venue.cancelAlgoOrder({ accountId, id: { venueId: algoId } });
    }
    return ALL_CANCELLED;
  }

  #allAlgos({ params, accountId }: VenueCall): object[] {
    const data = symbolOf(this.#data, 'futures', params);
    const startMs = params.optionalInteger('startTime') ?? 0;
    const endMs = params.optionalInteger('endTime') ?? Infinity;
    const limit = params.limit('limit', { fallback: 500, max: 1_000 });
    const orders = this.#desk
      .history(accountId)
      .algoOrders()
      .filter(({ symbol, placedAt }) => symbol === data.symbol && placedAt >= startMs && placedAt <= endMs);
    return orders.slice(-limit).map((order) => algoAnswer(order, data.format('futures')));
  }
}
