import type { Result } from '../../lib/result.ts';
import { atomsNumber, atomsText } from '../../matching/atoms.ts';
import type { FuturesAccountReport, IncomeKind, PositionReport, Refusal } from '../../matching/venue-types.ts';
import type { MarketData } from '../data/market-data.ts';
import { symbolOf } from '../data/symbol-query.ts';
import type { RecordedIncome } from '../state/account-history.ts';
import { amountOf } from '../state/order-params.ts';
import type { Desk } from '../state/desk.ts';
import { FEES } from '../state/desk.ts';
import { futuresRefusal } from '../state/refusal-answers.ts';
import type { Endpoint, VenueCall } from '../transport/endpoint.ts';
import type { Params } from '../transport/params.ts';
import type { ListenKeys } from '../user-data/listen-keys.ts';
import { refuse } from '../venue-error.ts';
import {
  accountV2,
  accountV3,
  balanceAnswer,
  bracketsAnswer,
  maxNotionalOf,
  positionV2,
  positionV3,
} from './account-answers.ts';
import { listenKeyEndpoints } from './listen-key-endpoints.ts';
import type { Decimals } from './order-answers.ts';
import { tradeAnswer } from './order-answers.ts';

const SUCCESS = { code: 200, msg: 'success' };
const INCOME_TYPES: Readonly<Record<IncomeKind, string>> = {
  realized_pnl: 'REALIZED_PNL',
  commission: 'COMMISSION',
  funding_fee: 'FUNDING_FEE',
  insurance_clear: 'INSURANCE_CLEAR',
  transfer: 'TRANSFER',
};
const WEEK_MS = 7 * 24 * 3_600_000;

/** The account endpoints of futures. https://developers.binance.com/docs/derivatives/usds-margined-futures/account/rest-api */
export class FuturesAccountEndpoints {
  readonly #desk: Desk;
  readonly #data: MarketData;
  readonly #listenKeys: ListenKeys;

  constructor(desk: Desk, data: MarketData, listenKeys: ListenKeys) {
    this.#desk = desk;
    this.#data = data;
    this.#listenKeys = listenKeys;
  }

  list(): Endpoint[] {
    const common = { market: 'futures', security: 'signed' } as const;
    const get = { ...common, method: 'GET' } as const;
    const post = { ...common, method: 'POST' } as const;
    return [
      ...listenKeyEndpoints(this.#listenKeys),
      {
        ...get,
        path: '/fapi/v3/account',
        webSocketMethod: 'v2/account.status',
        weight: 5,
        handle: (call) => this.#account(call, accountV3),
      },
      {
        ...get,
        path: '/fapi/v2/account',
        webSocketMethod: 'account.status',
        weight: 5,
        handle: (call) => this.#account(call, accountV2),
      },
      {
        ...get,
        path: '/fapi/v3/balance',
        webSocketMethod: 'v2/account.balance',
        weight: 5,
        handle: (call) => this.#balance(call),
      },
      {
        ...get,
        path: '/fapi/v2/balance',
        webSocketMethod: 'account.balance',
        weight: 5,
        handle: (call) => this.#balance(call),
      },
      {
        ...get,
        path: '/fapi/v3/positionRisk',
        webSocketMethod: 'v2/account.position',
        weight: 5,
        handle: (call) => this.#positionsV3(call),
      },
      {
        ...get,
        path: '/fapi/v2/positionRisk',
        webSocketMethod: 'account.position',
        weight: 5,
        handle: (call) => this.#positionsV2(call),
      },
      { ...get, path: '/fapi/v1/leverageBracket', weight: 1, handle: (call) => this.#brackets(call) },
      { ...get, path: '/fapi/v1/userTrades', weight: 5, handle: (call) => this.#userTrades(call) },
      { ...get, path: '/fapi/v1/income', weight: 30, handle: (call) => this.#income(call) },
      { ...get, path: '/fapi/v1/commissionRate', weight: 20, handle: (call) => this.#commissionRate(call) },
      { ...get, path: '/fapi/v1/accountConfig', weight: 5, handle: (call) => this.#accountConfig(call) },
      { ...get, path: '/fapi/v1/symbolConfig', weight: 5, handle: (call) => this.#symbolConfig(call) },
      {
        ...get,
        path: '/fapi/v1/positionSide/dual',
        weight: 30,
        handle: (call) => ({ dualSidePosition: this.#isHedge(call) }),
      },
      { ...post, path: '/fapi/v1/positionSide/dual', weight: 1, handle: (call) => this.#setPositionMode(call) },
      { ...get, path: '/fapi/v1/multiAssetsMargin', weight: 30, handle: () => ({ multiAssetsMargin: false }) },
      { ...post, path: '/fapi/v1/leverage', weight: 1, handle: (call) => this.#setLeverage(call) },
      { ...post, path: '/fapi/v1/marginType', weight: 1, handle: (call) => this.#setMarginMode(call) },
      { ...post, path: '/fapi/v1/positionMargin', weight: 1, handle: (call) => this.#moveMargin(call) },
      { ...get, path: '/fapi/v1/feeBurn', weight: 30, handle: () => ({ feeBurn: false }) },
    ];
  }

  readonly #decimalsOf = (symbol: string): Decimals => {
    const data = this.#data.find('futures', symbol);
    if (data === null) throw refuse('BAD_SYMBOL');
    return data.format('futures');
  };

  #report({ accountId }: VenueCall): FuturesAccountReport {
    return this.#desk.venue.views.futuresAccount(accountId);
  }

  #updatedAt({ accountId, nowMs }: VenueCall): number {
    return this.#desk.updatedAt(accountId) || nowMs;
  }

  #account(call: VenueCall, answer: typeof accountV3): object {
    return answer(this.#report(call), this.#decimalsOf, this.#updatedAt(call));
  }

  #balance(call: VenueCall): object[] {
    return this.#report(call).wallets.map((wallet) => balanceAnswer(wallet, this.#updatedAt(call)));
  }

  #positions(call: VenueCall): PositionReport[] {
    const symbol = call.params.has('symbol') ? symbolOf(this.#data, 'futures', call.params).symbol : null;
    return this.#report(call).positions.filter((position) => symbol === null || position.symbol === symbol);
  }

  /** Positions and symbols with working orders only. */
  #positionsV3(call: VenueCall): object[] {
    const shown = this.#positions(call).filter(
      (position) => position.quantity !== 0n || position.openOrderInitialMargin !== 0n,
    );
    return shown.map((position) => positionV3(position, this.#decimalsOf(position.symbol)));
  }

  /** Every symbol, with or without a position. */
  #positionsV2(call: VenueCall): object[] {
    const legs = this.#isHedge(call) ? (['long', 'short'] as const) : (['both'] as const);
    const wanted = call.params.has('symbol')
      ? [symbolOf(this.#data, 'futures', call.params)]
      : this.#data.of('futures');
    const known = this.#positions(call);
    return wanted.flatMap((data) => {
      const instrument = data.instrument('futures');
      if (instrument === null) return [];
      return legs.map((leg) => {
        const found = known.find(({ symbol, positionSide }) => symbol === data.symbol && positionSide === leg);
        const config = this.#desk.venue.views.symbolConfig(call.accountId, data.symbol);
        const position = found ?? flatPosition(data.symbol, { ...config, leg, marginAsset: instrument.quote });
        return positionV2(position, data.format('futures'), maxNotionalOf(instrument, config.leverage));
      });
    });
  }

  #brackets({ params }: VenueCall): object[] {
    const wanted = params.has('symbol') ? [symbolOf(this.#data, 'futures', params)] : this.#data.of('futures');
    return wanted.flatMap((data) => {
      const instrument = data.instrument('futures');
      return instrument === null ? [] : [bracketsAnswer(instrument)];
    });
  }

  #userTrades({ params, accountId, nowMs }: VenueCall): object[] {
    const data = symbolOf(this.#data, 'futures', params);
    const orderId = params.optionalInteger('orderId');
    const fromId = params.optionalInteger('fromId');
    const startMs = params.optionalInteger('startTime') ?? 0;
    const endMs = params.optionalInteger('endTime') ?? nowMs;
    const limit = params.limit('limit', { fallback: 500, max: 1_000 });
    const fills = this.#desk
      .history(accountId)
      .fills.filter(({ order }) => order.symbol === data.symbol && (orderId === null || order.orderId === orderId))
      .filter(
        ({ publicTradeId, fill }) => publicTradeId >= (fromId ?? 0) && fill.time >= startMs && fill.time <= endMs,
      );
    const context = { ...data.format('futures'), marginAsset: data.instrument('futures')?.quote ?? 'USDT' };
    return (fromId === null ? fills.slice(-limit) : fills.slice(0, limit)).map((fill) => tradeAnswer(fill, context));
  }

  /** https://developers.binance.com/docs/derivatives/usds-margined-futures/account/rest-api/Get-Income-History */
  #income({ params, accountId, nowMs }: VenueCall): object[] {
    const type = params.optionalText('incomeType');
    const symbol = params.has('symbol') ? symbolOf(this.#data, 'futures', params).symbol : null;
    const endMs = params.optionalInteger('endTime') ?? nowMs;
    const startMs = params.optionalInteger('startTime') ?? endMs - WEEK_MS;
    const limit = params.limit('limit', { fallback: 100, max: 1_000 });
    const incomes = this.#desk
      .history(accountId)
      .incomes.filter((income) => type === null || INCOME_TYPES[income.kind] === type)
      .filter((income) => symbol === null || income.symbol === symbol)
      .filter(({ time }) => time >= startMs && time <= endMs);
    return (params.has('startTime') ? incomes.slice(0, limit) : incomes.slice(-limit)).map(incomeAnswer);
  }

  #commissionRate({ params }: VenueCall): object {
    const { symbol } = symbolOf(this.#data, 'futures', params);
    const { makerRate, takerRate } = FEES.futures;
    const text = (rate: bigint): string => atomsNumber(rate).toFixed(6);
    return {
      symbol,
      makerCommissionRate: text(makerRate),
      takerCommissionRate: text(takerRate),
      rpiCommissionRate: '0.000000',
    };
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

  #isHedge(call: VenueCall): boolean {
    return this.#report(call).positionMode === 'hedge';
  }

  #setPositionMode({ params, accountId }: VenueCall): object {
    const mode = params.text('dualSidePosition') === 'true' ? 'hedge' : 'one_way';
    orRefuse(this.#desk.venue.setPositionMode(accountId, mode));
    return SUCCESS;
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

function incomeAnswer(income: RecordedIncome): object {
  return {
    symbol: income.symbol ?? '',
    incomeType: INCOME_TYPES[income.kind],
    income: atomsText(income.amount),
    asset: income.asset,
    time: income.time,
    info: INCOME_TYPES[income.kind],
    tranId: income.incomeId,
    tradeId: income.tradeId === null ? '' : String(income.tradeId),
  };
}

function flatPosition(
  symbol: string,
  terms: Pick<PositionReport, 'leverage' | 'marginMode' | 'marginAsset'> & {
    readonly leg: PositionReport['positionSide'];
  },
): PositionReport {
  return {
    symbol,
    positionSide: terms.leg,
    ...{
      quantity: 0n,
      entryNotional: 0n,
      entryPrice: 0n,
      breakEvenPrice: 0n,
      markPrice: 0n,
      unrealizedPnl: 0n,
      notional: 0n,
    },
    leverage: terms.leverage,
    marginMode: terms.marginMode,
    marginAsset: terms.marginAsset,
    ...{ isolatedWallet: 0n, initialMargin: 0n, openOrderInitialMargin: 0n, maintenanceMargin: 0n },
    liquidationPrice: null,
    updatedAt: 0,
  };
}
