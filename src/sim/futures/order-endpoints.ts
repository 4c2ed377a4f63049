import type { OrderKey, OrderReport } from '../../matching/venue-types.ts';
import type { MarketData } from '../data/market-data.ts';
import type { SymbolData } from '../data/symbol-data.ts';
import { futuresDecimals, symbolOf } from '../data/symbol-query.ts';
import { amountOf } from '../state/order-params.ts';
import type { Desk } from '../state/desk.ts';
import { futuresRefusal } from '../state/refusal-answers.ts';
import type { Endpoint, VenueCall } from '../transport/endpoint.ts';
import { endpointsOf } from '../transport/endpoint.ts';
import { isRecord, Params } from '../transport/params.ts';
import { refuse, VenueError } from '../venue-error.ts';
import { acknowledgement, actionAnswer, orderAnswer } from './order-answers.ts';
import { readOrder } from './order-request.ts';

const CLIENT_ID_LENGTH = 22;

const make = endpointsOf('futures', 'signed');
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
    return [
      make('POST /fapi/v1/order', { weight: 0, orders: 1, webSocketMethod: 'order.place' }, (call) =>
        this.#place(call),
      ),
      make('POST /fapi/v1/order/test', { weight: 0 }, (call) => this.#test(call)),
      make('PUT /fapi/v1/order', { weight: 0, orders: 1, webSocketMethod: 'order.modify' }, (call) =>
        this.#modify(call),
      ),
      make('GET /fapi/v1/order', { weight: 1, webSocketMethod: 'order.status' }, (call) =>
        this.#query(call, 'NO_SUCH_ORDER'),
      ),
      make('GET /fapi/v1/openOrder', { weight: 1 }, (call) => this.#queryOpen(call)),
      make('DELETE /fapi/v1/order', { weight: 1, webSocketMethod: 'order.cancel' }, (call) => this.#cancel(call)),
      make('POST /fapi/v1/batchOrders', { weight: 5, orders: 1 }, (call) =>
        this.#batch(call, (one) => this.#place(one)),
      ),
      make('PUT /fapi/v1/batchOrders', { weight: 5, orders: 1 }, (call) =>
        this.#batch(call, (one) => this.#modify(one)),
      ),
      make('DELETE /fapi/v1/batchOrders', { weight: 1 }, (call) => this.#cancelBatch(call)),
      make('GET /fapi/v1/openOrders', { weight: bySymbol(1, 40) }, (call) => this.#openOrders(call)),
      make('DELETE /fapi/v1/allOpenOrders', { weight: 1 }, (call) => this.#cancelAll(call)),
      make('GET /fapi/v1/allOrders', { weight: 5 }, (call) => this.#allOrders(call)),
    ];
  }

  readonly #nextClientId = (): string => this.#desk.nextClientId(CLIENT_ID_LENGTH);

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
    return orderAnswer(order, futuresDecimals(this.#data, order.symbol));
  }

  #queryOpen(call: VenueCall): object {
    const order = this.#desk.venue.views.openOrder(this.#keyOf(call));
    if (order === null) throw refuse('NO_SUCH_ORDER');
    return orderAnswer(order, futuresDecimals(this.#data, order.symbol));
  }

  #cancel(call: VenueCall): object {
    const cancelled = this.#desk.cancelOrder(this.#keyOf(call), this.#nextClientId());
    if (!cancelled.ok) throw futuresRefusal(cancelled.error);
    return actionAnswer(cancelled.value, futuresDecimals(this.#data, cancelled.value.symbol));
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
    return orders.map((order) => orderAnswer(order, futuresDecimals(this.#data, order.symbol)));
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
}
