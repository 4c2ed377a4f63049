import type { Result } from '../../lib/result.ts';
import { atomsNumber } from '../../matching/atoms.ts';
import type { Refusal } from '../../matching/venue-types.ts';
import type { MarketData } from '../data/market-data.ts';
import { symbolOf } from '../data/symbol-query.ts';
import type { Desk } from '../state/desk.ts';
import { amountOf } from '../state/order-params.ts';
import { futuresRefusal } from '../state/refusal-answers.ts';
import type { Endpoint, VenueCall } from '../transport/endpoint.ts';
import { endpointsOf } from '../transport/endpoint.ts';
import type { Params } from '../transport/params.ts';
import { refuse } from '../venue-error.ts';
import { maxNotionalOf } from './account-answers.ts';

const SUCCESS = { code: 200, msg: 'success' };

const make = endpointsOf('futures', 'signed');

/** Leverage, margin and position mode. https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Change-Initial-Leverage */
export class FuturesSettingEndpoints {
  readonly #desk: Desk;
  readonly #data: MarketData;

  constructor(desk: Desk, data: MarketData) {
    this.#desk = desk;
    this.#data = data;
  }

  list(): Endpoint[] {
    return [
      make('GET /fapi/v1/accountConfig', { weight: 5 }, (call) => this.#accountConfig(call)),
      make('GET /fapi/v1/symbolConfig', { weight: 5 }, (call) => this.#symbolConfig(call)),
      make('GET /fapi/v1/positionSide/dual', { weight: 30 }, (call) => ({ dualSidePosition: this.#isHedge(call) })),
      make('POST /fapi/v1/positionSide/dual', { weight: 1 }, (call) => this.#setPositionMode(call)),
      make('GET /fapi/v1/multiAssetsMargin', { weight: 30 }, () => ({ multiAssetsMargin: false })),
      make('POST /fapi/v1/leverage', { weight: 1 }, (call) => this.#setLeverage(call)),
      make('POST /fapi/v1/marginType', { weight: 1 }, (call) => this.#setMarginMode(call)),
      make('POST /fapi/v1/positionMargin', { weight: 1 }, (call) => this.#moveMargin(call)),
      make('GET /fapi/v1/feeBurn', { weight: 30 }, () => ({ feeBurn: false })),
    ];
  }

  #isHedge({ accountId }: VenueCall): boolean {
    return this.#desk.venue.views.futuresAccount(accountId).positionMode === 'hedge';
  }

  #accountConfig(call: VenueCall): object {
    return {
      feeTier: 0,
      canTrade: true,
      canDeposit: true,
      canWithdraw: true,
      dualSidePosition: this.#isHedge(call),
      updateTime: 0,
      multiAssetsMargin: false,
      tradeGroupId: -1,
    };
  }

  #symbolConfig({ params, accountId }: VenueCall): object[] {
    const wanted = params.has('symbol') ? [symbolOf(this.#data, 'futures', params)] : this.#data.of('futures');
    return wanted.flatMap((data) => {
      const instrument = data.instrument('futures');
      if (instrument === null) return [];
      const { leverage, marginMode } = this.#desk.venue.views.symbolConfig(accountId, data.symbol);
      const marginType = marginMode === 'cross' ? 'CROSSED' : 'ISOLATED';
      const maxNotionalValue = maxNotionalOf(instrument, leverage);
      return [{ symbol: data.symbol, marginType, isAutoAddMargin: false, leverage, maxNotionalValue }];
    });
  }

  #setPositionMode({ params, accountId }: VenueCall): object {
    const mode = params.text('dualSidePosition') === 'true' ? 'hedge' : 'one_way';
    const changed = this.#desk.venue.setPositionMode(accountId, mode);
    if (!changed.ok && changed.error.reason === 'position_mode_locked' && this.#hasOrders(accountId)) {
      throw refuse('SIDE_CHANGE_WITH_ORDERS');
    }
    orRefuse(changed);
    return SUCCESS;
  }

  #hasOrders(accountId: string): boolean {
    const { views } = this.#desk.venue;
    return views.openOrders(accountId, null).length + views.openAlgoOrders(accountId, null).length > 0;
  }

  #setLeverage({ params, accountId }: VenueCall): object {
    const data = symbolOf(this.#data, 'futures', params);
    const leverage = params.integer('leverage');
    const changed = this.#desk.venue.setLeverage({ accountId, symbol: data.symbol }, leverage);
    if (!changed.ok && changed.error.reason === 'leverage_too_high') throw refuse('BAD_LEVERAGE', { leverage });
    orRefuse(changed);
    const instrument = data.instrument('futures');
    return {
      symbol: data.symbol,
      leverage,
      maxNotionalValue: instrument === null ? '0' : maxNotionalOf(instrument, leverage),
    };
  }

  #setMarginMode({ params, accountId }: VenueCall): object {
    const { symbol } = symbolOf(this.#data, 'futures', params);
    const given = params.text('marginType');
    if (given !== 'ISOLATED' && given !== 'CROSSED') throw refuse('BAD_PARAMETER', { parameter: 'marginType' });
    const changed = this.#desk.venue.setMarginMode({ accountId, symbol }, given === 'CROSSED' ? 'cross' : 'isolated');
    const hasOrders = this.#desk.venue.views.openOrders(accountId, symbol).length > 0;
    if (!changed.ok && changed.error.reason === 'margin_mode_locked' && hasOrders)
      throw refuse('MARGIN_CHANGE_WITH_ORDERS');
    orRefuse(changed);
    return SUCCESS;
  }

  #moveMargin({ params, accountId }: VenueCall): object {
    const { symbol } = symbolOf(this.#data, 'futures', params);
    const amount = amountOf(params, 'amount');
    const type = params.integer('type');
    if (type !== 1 && type !== 2) throw refuse('BAD_PARAMETER', { parameter: 'type' });
    const positionSide = legOf(params);
    const signed = type === 1 ? amount : -amount;
    orRefuse(this.#desk.venue.moveIsolatedMargin({ accountId, symbol, positionSide }, signed));
    return { amount: atomsNumber(amount), code: 200, msg: 'Successfully modify position margin.', type };
  }
}

function legOf(params: Params): 'both' | 'long' | 'short' {
  const text = params.optionalText('positionSide') ?? 'BOTH';
  return text === 'LONG' ? 'long' : text === 'SHORT' ? 'short' : 'both';
}

/** @throws VenueError when the model refused */
function orRefuse(result: Result<null, Refusal>): void {
  if (!result.ok) throw futuresRefusal(result.error);
}
