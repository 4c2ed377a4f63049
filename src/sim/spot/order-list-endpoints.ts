import type { MarketData } from '../data/market-data.ts';
import { symbolOf } from '../data/symbol-query.ts';
import type { Desk } from '../state/desk.ts';
import { spotRefusal } from '../state/refusal-answers.ts';
import type { Endpoint, VenueCall } from '../transport/endpoint.ts';
import { endpointsOf } from '../transport/endpoint.ts';
import { refuse } from '../venue-error.ts';
import { cancelledListAnswer, listAnswer, newListAnswer } from './order-answers.ts';
import { modernOcoParams, readOco } from './order-request.ts';

const CLIENT_ID_LENGTH = 22;

const make = endpointsOf('spot', 'signed');

/**
 * Order lists of spot: pairs of which one order ends the other.
 * https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints#order-lists
 */
export class SpotOrderListEndpoints {
  readonly #desk: Desk;
  readonly #data: MarketData;

  constructor(desk: Desk, data: MarketData) {
    this.#desk = desk;
    this.#data = data;
  }

  list(): Endpoint[] {
    return [
      make('POST /api/v3/orderList/oco', { weight: 1, orders: 2, webSocketMethod: 'orderList.place.oco' }, (call) =>
        this.#placeOco(call),
      ),
      make('POST /api/v3/order/oco', { weight: 1, orders: 2, webSocketMethod: 'orderList.place' }, (call) =>
        this.#placeOco({ ...call, params: modernOcoParams(call.params) }),
      ),
      make('GET /api/v3/orderList', { weight: 4, webSocketMethod: 'orderList.status' }, (call) => this.#findList(call)),
      make('DELETE /api/v3/orderList', { weight: 1, webSocketMethod: 'orderList.cancel' }, (call) =>
        this.#cancelList(call),
      ),
      make('GET /api/v3/openOrderList', { weight: 6, webSocketMethod: 'openOrderLists.status' }, (call) =>
        this.#lists(call, true),
      ),
      make('GET /api/v3/allOrderList', { weight: 20, webSocketMethod: 'allOrderLists' }, (call) =>
        this.#lists(call, false),
      ),
    ];
  }

  readonly #nextClientId = (): string => this.#desk.nextClientId(CLIENT_ID_LENGTH);

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
