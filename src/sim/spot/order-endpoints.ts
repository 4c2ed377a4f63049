import type { OrderKey, OrderReport } from '../../matching/venue-types.ts';
import type { MarketData } from '../data/market-data.ts';
import { symbolOf } from '../data/symbol-query.ts';
import type { Desk } from '../state/desk.ts';
import { spotRefusal } from '../state/refusal-answers.ts';
import type { Endpoint, VenueCall } from '../transport/endpoint.ts';
import { endpointsOf } from '../transport/endpoint.ts';
import type { Params } from '../transport/params.ts';
import { refuse, VenueError } from '../venue-error.ts';
import { cancelAnswer, newOrderAnswer, orderAnswer } from './order-answers.ts';
import { readOrder, responseTypeOf } from './order-request.ts';

const CLIENT_ID_LENGTH = 22;

const make = endpointsOf('spot', 'signed');
const bySymbol = (one: number, all: number) => (params: Params) => (params.has('symbol') ? one : all);

/** The trading endpoints of spot. https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints */
export class SpotOrderEndpoints {
  readonly #desk: Desk;
  readonly #data: MarketData;

  constructor(desk: Desk, data: MarketData) {
    this.#desk = desk;
    this.#data = data;
  }

  list(): Endpoint[] {
    return [
      make('POST /api/v3/order', { weight: 1, orders: 1, webSocketMethod: 'order.place' }, (call) => this.#place(call)),
      make('POST /api/v3/order/test', { weight: 1, webSocketMethod: 'order.test' }, (call) => this.#test(call)),
      make('GET /api/v3/order', { weight: 4, webSocketMethod: 'order.status' }, (call) =>
        orderAnswer(this.#find(call)),
      ),
      make('DELETE /api/v3/order', { weight: 1, webSocketMethod: 'order.cancel' }, (call) => this.#cancel(call)),
      make(
        'POST /api/v3/order/cancelReplace',
        { weight: 1, orders: 1, webSocketMethod: 'order.cancelReplace' },
        (call) => this.#cancelReplace(call),
      ),
      make('GET /api/v3/openOrders', { weight: bySymbol(6, 80), webSocketMethod: 'openOrders.status' }, (call) =>
        this.#openOrders(call),
      ),
      make('DELETE /api/v3/openOrders', { weight: 1, webSocketMethod: 'openOrders.cancelAll' }, (call) =>
        this.#cancelAll(call),
      ),
      make('GET /api/v3/allOrders', { weight: 20, webSocketMethod: 'allOrders' }, (call) => this.#allOrders(call)),
    ];
  }

  readonly #nextClientId = (): string => this.#desk.nextClientId(CLIENT_ID_LENGTH);

  #place(call: VenueCall): object {
    const symbol = symbolOf(this.#data, 'spot', call.params);
    const request = readOrder(call.params, call.accountId, this.#nextClientId);
    const responseType = responseTypeOf(call.params);
    const placed = this.#desk.placeOrder(symbol, request);
    if (!placed.ok) throw spotRefusal(placed.error);
    const { order } = placed.value;
    return newOrderAnswer(order, this.#desk.history(call.accountId).fillsOf(order.orderId), responseType);
  }

  /** Checks what can be said of an order without the market. */
  #test({ params, accountId }: VenueCall): object {
    symbolOf(this.#data, 'spot', params);
    readOrder(params, accountId, this.#nextClientId);
    return {};
  }

  #find({ params, accountId }: VenueCall): OrderReport {
    const { symbol } = symbolOf(this.#data, 'spot', params);
    const id = { orderId: params.optionalInteger('orderId'), clientOrderId: params.optionalText('origClientOrderId') };
    if (id.orderId === null && id.clientOrderId === null) throw refuse('PARAMETER_MISSING', { parameter: 'orderId' });
    const order = this.#desk.history(accountId).order(symbol, id);
    if (order === null) throw refuse('NO_SUCH_ORDER');
    return order;
  }

  #keyOf({ params, accountId }: VenueCall, idName: string, clientIdName: string): OrderKey {
    const { symbol } = symbolOf(this.#data, 'spot', params);
    const orderId = params.optionalInteger(idName);
    if (orderId !== null) return { accountId, symbol, id: { orderId } };
    const clientOrderId = params.optionalText(clientIdName);
    if (clientOrderId === null) throw refuse('PARAMETER_MISSING', { parameter: idName });
    return { accountId, symbol, id: { clientOrderId } };
  }

  #cancel(call: VenueCall): object {
    const key = this.#keyOf(call, 'orderId', 'origClientOrderId');
    const cancelId = call.params.optionalText('newClientOrderId') ?? this.#nextClientId();
    const cancelled = this.#desk.cancelOrder(key, cancelId);
    if (!cancelled.ok) throw spotRefusal(cancelled.error);
    return cancelAnswer(cancelled.value, cancelId);
  }

  #cancelReplace(call: VenueCall): object {
    const symbol = symbolOf(this.#data, 'spot', call.params);
    const key = this.#keyOf(call, 'cancelOrderId', 'cancelOrigClientOrderId');
    const mode = call.params.text('cancelReplaceMode');
    if (mode !== 'STOP_ON_FAILURE' && mode !== 'ALLOW_FAILURE') {
      throw refuse('BAD_PARAMETER', { parameter: 'cancelReplaceMode' });
    }
    const request = readOrder(call.params, call.accountId, this.#nextClientId);
    const responseType = responseTypeOf(call.params);
    const cancelId = call.params.optionalText('cancelNewClientOrderId') ?? this.#nextClientId();
    const stopOnFailure = mode === 'STOP_ON_FAILURE';
    const { cancelled, placed } = this.#desk.cancelReplace(symbol, key, { request, stopOnFailure, cancelId });
    const cancelResponse = cancelled.ok ? cancelAnswer(cancelled.value, cancelId) : spotRefusal(cancelled.error).body();
    const fills = (orderId: number) => this.#desk.history(call.accountId).fillsOf(orderId);
    const newOrderResponse =
      placed === null
        ? null
        : placed.ok
          ? newOrderAnswer(placed.value.order, fills(placed.value.order.orderId), responseType)
          : spotRefusal(placed.error).body();
    const answer = {
      cancelResult: cancelled.ok ? 'SUCCESS' : 'FAILURE',
      newOrderResult: placed === null ? 'NOT_ATTEMPTED' : placed.ok ? 'SUCCESS' : 'FAILURE',
      cancelResponse,
      newOrderResponse,
    };
    if (cancelled.ok && placed?.ok === true) return answer;
    const isPartial = cancelled.ok || placed?.ok === true;
    throw isPartial
      ? new VenueError({ status: 409, code: -2021, msg: 'Order cancel-replace partially failed.' }, { data: answer })
      : new VenueError({ status: 400, code: -2022, msg: 'Order cancel-replace failed.' }, { data: answer });
  }

  #openOrders({ params, accountId }: VenueCall): object[] {
    const symbol = params.has('symbol') ? symbolOf(this.#data, 'spot', params).symbol : null;
    const orders = this.#desk.history(accountId).openOrders();
    return orders.filter((order) => symbol === null || order.symbol === symbol).map(orderAnswer);
  }

  #cancelAll({ params, accountId }: VenueCall): object[] {
    const { symbol } = symbolOf(this.#data, 'spot', params);
    const cancelled = this.#desk.cancelAll(accountId, symbol);
    if (cancelled.length === 0) throw refuse('CANCEL_REJECTED');
    return cancelled.map((order) => cancelAnswer(order, this.#nextClientId()));
  }

  #allOrders({ params, accountId }: VenueCall): object[] {
    const { symbol } = symbolOf(this.#data, 'spot', params);
    const fromId = params.optionalInteger('orderId');
    const startMs = params.optionalInteger('startTime') ?? 0;
    const endMs = params.optionalInteger('endTime') ?? Infinity;
    const limit = params.limit('limit', { fallback: 500, max: 1_000 });
    const orders = this.#desk
      .history(accountId)
      .orders()
      .filter((order) => order.symbol === symbol && (fromId === null || order.orderId >= fromId))
      .filter(({ placedAt }) => placedAt >= startMs && placedAt <= endMs);
    return (fromId === null ? orders.slice(-limit) : orders.slice(0, limit)).map(orderAnswer);
  }
}
