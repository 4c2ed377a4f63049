import type { OrderKey, OrderReport } from '../../matching/venue-types.ts';
import type { MarketData } from '../data/market-data.ts';
import { symbolOf } from '../data/symbol-query.ts';
import type { Desk } from '../state/desk.ts';
import { spotRefusal } from '../state/refusal-answers.ts';
import type { Endpoint, VenueCall } from '../transport/endpoint.ts';
import type { Params } from '../transport/params.ts';
import { refuse, VenueError } from '../venue-error.ts';
import {
  cancelAnswer,
  cancelledListAnswer,
  listAnswer,
  newListAnswer,
  newOrderAnswer,
  orderAnswer,
} from './order-answers.ts';
import { modernOcoParams, readOco, readOrder, responseTypeOf } from './order-request.ts';

const CLIENT_ID_LENGTH = 22;

const common = { market: 'spot', security: 'signed' } as const;

/** The trading endpoints of spot. https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints */
export class SpotOrderEndpoints {
  readonly #desk: Desk;
  readonly #data: MarketData;

  constructor(desk: Desk, data: MarketData) {
    this.#desk = desk;
    this.#data = data;
  }

  list(): Endpoint[] {
    return [...this.#singleOrders(), ...this.#manyOrders(), ...this.#orderLists()];
  }

  #singleOrders(): Endpoint[] {
    return [
      {
        ...common,
        method: 'POST',
        path: '/api/v3/order',
        webSocketMethod: 'order.place',
        weight: 1,
        orders: 1,
        handle: (call) => this.#place(call),
      },
      {
        ...common,
        method: 'POST',
        path: '/api/v3/order/test',
        webSocketMethod: 'order.test',
        weight: 1,
        handle: (call) => this.#test(call),
      },
      {
        ...common,
        method: 'GET',
        path: '/api/v3/order',
        webSocketMethod: 'order.status',
        weight: 4,
        handle: (call) => orderAnswer(this.#find(call)),
      },
      {
        ...common,
        method: 'DELETE',
        path: '/api/v3/order',
        webSocketMethod: 'order.cancel',
        weight: 1,
        handle: (call) => this.#cancel(call),
      },
      {
        ...common,
        method: 'POST',
        path: '/api/v3/order/cancelReplace',
        webSocketMethod: 'order.cancelReplace',
        weight: 1,
        orders: 1,
        handle: (call) => this.#cancelReplace(call),
      },
    ];
  }

  #manyOrders(): Endpoint[] {
    const bySymbol = (one: number, all: number) => (params: Params) => (params.has('symbol') ? one : all);
    return [
      {
        ...common,
        method: 'GET',
        path: '/api/v3/openOrders',
        webSocketMethod: 'openOrders.status',
        weight: bySymbol(6, 80),
        handle: (call) => this.#openOrders(call),
      },
      {
        ...common,
        method: 'DELETE',
        path: '/api/v3/openOrders',
        webSocketMethod: 'openOrders.cancelAll',
        weight: 1,
        handle: (call) => this.#cancelAll(call),
      },
      {
        ...common,
        method: 'GET',
        path: '/api/v3/allOrders',
        webSocketMethod: 'allOrders',
        weight: 20,
        handle: (call) => this.#allOrders(call),
      },
    ];
  }

  #orderLists(): Endpoint[] {
    return [
      {
        ...common,
        method: 'POST',
        path: '/api/v3/orderList/oco',
        webSocketMethod: 'orderList.place.oco',
        weight: 1,
        orders: 2,
        handle: (call) => this.#placeOco(call),
      },
      {
        ...common,
        method: 'POST',
        path: '/api/v3/order/oco',
        webSocketMethod: 'orderList.place',
        weight: 1,
        orders: 2,
        handle: (call) => this.#placeOco({ ...call, params: modernOcoParams(call.params) }),
      },
      {
        ...common,
        method: 'GET',
        path: '/api/v3/orderList',
        webSocketMethod: 'orderList.status',
        weight: 4,
        handle: (call) => this.#findList(call),
      },
      {
        ...common,
        method: 'DELETE',
        path: '/api/v3/orderList',
        webSocketMethod: 'orderList.cancel',
        weight: 1,
        handle: (call) => this.#cancelList(call),
      },
      {
        ...common,
        method: 'GET',
        path: '/api/v3/openOrderList',
        webSocketMethod: 'openOrderLists.status',
        weight: 6,
        handle: (call) => this.#lists(call, true),
      },
      {
        ...common,
        method: 'GET',
        path: '/api/v3/allOrderList',
        webSocketMethod: 'allOrderLists',
        weight: 20,
        handle: (call) => this.#lists(call, false),
      },
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

  #placeOco({ params, accountId }: VenueCall): object {
    const symbol = symbolOf(this.#data, 'spot', params);
    const placed = this.#desk.placeOco(symbol, readOco(params, accountId, this.#nextClientId));
    if (!placed.ok) throw spotRefusal(placed.error);
    return newListAnswer(placed.value.list, this.#desk.history(accountId));
  }

  #findList({ params, accountId }: VenueCall): object {
    const orderListId = params.optionalInteger('orderListId');
    const clientId = params.optionalText('origClientOrderId');
    if (orderListId === null && clientId === null) throw refuse('PARAMETER_MISSING', { parameter: 'orderListId' });
    const list = this.#desk.history(accountId).list({ orderListId, clientId });
    if (list === null) throw refuse('NO_SUCH_LIST');
    return listAnswer(list);
  }

  #cancelList({ params, accountId }: VenueCall): object {
    const venueId = params.optionalInteger('orderListId');
    const clientId = params.optionalText('listClientOrderId');
    if (venueId === null && clientId === null) throw refuse('PARAMETER_MISSING', { parameter: 'orderListId' });
    const id = venueId !== null ? { venueId } : { clientId: clientId ?? '' };
    const cancelled = this.#desk.cancelList({ accountId, id });
    if (!cancelled.ok) throw spotRefusal(cancelled.error);
    const cancelId = params.optionalText('newClientOrderId') ?? this.#nextClientId();
    return cancelledListAnswer(cancelled.value, this.#desk.history(accountId), cancelId);
  }

  #lists({ params, accountId }: VenueCall, isOpen: boolean): object[] {
    const limit = params.limit('limit', { fallback: 500, max: 1_000 });
    const lists = this.#desk.history(accountId).lists();
    return lists
      .filter(({ status }) => !isOpen || status === 'executing')
      .slice(-limit)
      .map(listAnswer);
  }
}
