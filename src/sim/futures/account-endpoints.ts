import { atomsNumber, atomsText } from '../../matching/atoms.ts';
import type { FuturesAccountReport, IncomeKind, PositionReport } from '../../matching/venue-types.ts';
import type { MarketData } from '../data/market-data.ts';
import { futuresDecimals, symbolOf } from '../data/symbol-query.ts';
import type { RecordedIncome } from '../state/account-history.ts';
import type { Desk } from '../state/desk.ts';
import { FEES } from '../state/desk.ts';
import type { Endpoint, VenueCall } from '../transport/endpoint.ts';
import { endpointsOf } from '../transport/endpoint.ts';
import {
  accountV2,
  accountV3,
  balanceAnswer,
  bracketsAnswer,
  maxNotionalOf,
  positionV2,
  positionV3,
} from './account-answers.ts';
import type { Decimals } from './order-answers.ts';
import { tradeAnswer } from './order-answers.ts';

const INCOME_TYPES: Readonly<Record<IncomeKind, string>> = {
  realized_pnl: 'REALIZED_PNL',
  commission: 'COMMISSION',
  funding_fee: 'FUNDING_FEE',
  insurance_clear: 'INSURANCE_CLEAR',
  transfer: 'TRANSFER',
};
const make = endpointsOf('futures', 'signed');
const WEEK_MS = 7 * 24 * 3_600_000;

/** The account endpoints of futures. https://developers.binance.com/docs/derivatives/usds-margined-futures/account/rest-api */
export class FuturesAccountEndpoints {
  readonly #desk: Desk;
  readonly #data: MarketData;

  constructor(desk: Desk, data: MarketData) {
    this.#desk = desk;
    this.#data = data;
  }

  list(): Endpoint[] {
    return [
      make('GET /fapi/v3/account', { weight: 5, webSocketMethod: 'v2/account.status' }, (call) =>
        this.#account(call, accountV3),
      ),
      make('GET /fapi/v2/account', { weight: 5, webSocketMethod: 'account.status' }, (call) =>
        this.#account(call, accountV2),
      ),
      make('GET /fapi/v3/balance', { weight: 5, webSocketMethod: 'v2/account.balance' }, (call) => this.#balance(call)),
      make('GET /fapi/v2/balance', { weight: 5, webSocketMethod: 'account.balance' }, (call) => this.#balance(call)),
      make('GET /fapi/v3/positionRisk', { weight: 5, webSocketMethod: 'v2/account.position' }, (call) =>
        this.#positionsV3(call),
      ),
      make('GET /fapi/v2/positionRisk', { weight: 5, webSocketMethod: 'account.position' }, (call) =>
        this.#positionsV2(call),
      ),
      make('GET /fapi/v1/leverageBracket', { weight: 1 }, (call) => this.#brackets(call)),
      make('GET /fapi/v1/userTrades', { weight: 5 }, (call) => this.#userTrades(call)),
      make('GET /fapi/v1/income', { weight: 30 }, (call) => this.#income(call)),
      make('GET /fapi/v1/commissionRate', { weight: 20 }, (call) => this.#commissionRate(call)),
    ];
  }

  readonly #decimalsOf = (symbol: string): Decimals => futuresDecimals(this.#data, symbol);

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

  #isHedge(call: VenueCall): boolean {
    return this.#report(call).positionMode === 'hedge';
  }
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
