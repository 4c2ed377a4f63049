import type { GroupKey } from '../../matching/venue-types.ts';
import type { MarketData } from '../data/market-data.ts';
import { futuresDecimals, symbolOf } from '../data/symbol-query.ts';
import type { Desk } from '../state/desk.ts';
import { futuresRefusal } from '../state/refusal-answers.ts';
import type { Endpoint, VenueCall } from '../transport/endpoint.ts';
import { endpointsOf } from '../transport/endpoint.ts';
import type { Params } from '../transport/params.ts';
import { refuse } from '../venue-error.ts';
import { algoAnswer, newAlgoAnswer } from './order-answers.ts';
import { readAlgoOrder } from './order-request.ts';

const CLIENT_ID_LENGTH = 22;
const ALL_CANCELLED = { code: 200, msg: 'The operation of cancel all open order is done.' };

const make = endpointsOf('futures', 'signed');
const bySymbol = (one: number, all: number) => (params: Params) => (params.has('symbol') ? one : all);

/**
 * The algo service: conditional orders of futures, which /fapi/v1/order no longer takes.
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/New-Algo-Order
 */
export class FuturesAlgoEndpoints {
  readonly #desk: Desk;
  readonly #data: MarketData;

  constructor(desk: Desk, data: MarketData) {
    this.#desk = desk;
    this.#data = data;
  }

  list(): Endpoint[] {
    return [
      make('POST /fapi/v1/algoOrder', { weight: 0, orders: 1, webSocketMethod: 'algoOrder.place' }, (call) =>
        this.#placeAlgo(call),
      ),
      make('GET /fapi/v1/algoOrder', { weight: 1 }, (call) => this.#queryAlgo(call)),
      make('DELETE /fapi/v1/algoOrder', { weight: 1, webSocketMethod: 'algoOrder.cancel' }, (call) =>
        this.#cancelAlgo(call),
      ),
      make('GET /fapi/v1/openAlgoOrders', { weight: bySymbol(1, 40) }, (call) => this.#openAlgos(call)),
      make('DELETE /fapi/v1/algoOpenOrders', { weight: 1 }, (call) => this.#cancelAllAlgos(call)),
      make('GET /fapi/v1/allAlgoOrders', { weight: 5 }, (call) => this.#allAlgos(call)),
    ];
  }

  #placeAlgo({ params, accountId }: VenueCall): object {
    const data = symbolOf(this.#data, 'futures', params);
    const request = readAlgoOrder(params, accountId, () => this.#desk.nextClientId(CLIENT_ID_LENGTH));
    const placed = this.#desk.placeAlgoOrder(data, request);
    const instrument = data.instrument('futures');
    if (!placed.ok) throw futuresRefusal(placed.error, instrument === null ? undefined : { instrument, request });
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
    return algoAnswer(order, futuresDecimals(this.#data, order.symbol));
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
    return orders.map((order) => algoAnswer(order, futuresDecimals(this.#data, order.symbol)));
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
