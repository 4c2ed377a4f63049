import type { Instrument } from '../../domain/instrument.ts';
import { atoms, atomsText } from '../../matching/atoms.ts';
import type { FuturesAccountReport, PositionReport, WalletReport } from '../../matching/venue-types.ts';
import { fixedText } from '../state/amount-text.ts';
import type { Decimals } from './order-answers.ts';
import { positionSideText } from './order-answers.ts';

const ACCOUNT_ALIAS = 'SgsRmXSguXSgSg';
/** What the venue lists of brackets tells how large a position may be at most. */
const NO_BRACKETS_CAP = atoms('9223372036854775807');

function isolatedMargin(position: PositionReport): bigint {
  return position.marginMode === 'isolated' ? position.isolatedWallet + position.unrealizedPnl : 0n;
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Position-Information-V3 */
export function positionV3(position: PositionReport, decimals: Decimals): object {
  return {
    symbol: position.symbol,
    positionSide: positionSideText(position.positionSide),
    positionAmt: fixedText(position.quantity, decimals.quantityDecimals),
    entryPrice: atomsText(position.entryPrice),
    breakEvenPrice: atomsText(position.breakEvenPrice),
    markPrice: atomsText(position.markPrice),
    unRealizedProfit: atomsText(position.unrealizedPnl),
    liquidationPrice: position.liquidationPrice === null ? '0' : atomsText(position.liquidationPrice),
    isolatedMargin: atomsText(isolatedMargin(position)),
    notional: atomsText(position.notional),
    marginAsset: position.marginAsset,
    isolatedWallet: atomsText(position.isolatedWallet),
    initialMargin: atomsText(position.initialMargin + position.openOrderInitialMargin),
    maintMargin: atomsText(position.maintenanceMargin),
    positionInitialMargin: atomsText(position.initialMargin),
    openOrderInitialMargin: atomsText(position.openOrderInitialMargin),
    adl: position.quantity === 0n ? 0 : 2,
    bidNotional: '0',
    askNotional: '0',
    updateTime: position.updatedAt,
  };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/trade/rest-api/Position-Information-V2 */
export function positionV2(position: PositionReport, decimals: Decimals, maxNotional: string): object {
  return {
    symbol: position.symbol,
    positionAmt: fixedText(position.quantity, decimals.quantityDecimals),
    entryPrice: atomsText(position.entryPrice),
    breakEvenPrice: atomsText(position.breakEvenPrice),
    markPrice: atomsText(position.markPrice),
    unRealizedProfit: atomsText(position.unrealizedPnl),
    liquidationPrice: position.liquidationPrice === null ? '0' : atomsText(position.liquidationPrice),
    leverage: String(position.leverage),
    maxNotionalValue: maxNotional,
    marginType: position.marginMode,
    isolatedMargin: atomsText(isolatedMargin(position)),
    isAutoAddMargin: 'false',
    positionSide: positionSideText(position.positionSide),
    notional: atomsText(position.notional),
    isolatedWallet: atomsText(position.isolatedWallet),
    updateTime: position.updatedAt,
  };
}

/** The largest notional that a leverage allows, as the bracket table of the symbol says. */
export function maxNotionalOf(instrument: Instrument, leverage: number): string {
  const brackets = instrument.futures?.leverageBrackets ?? [];
  const allowed = brackets.filter(({ maxLeverage }) => maxLeverage >= leverage);
  return allowed.at(-1)?.notionalCap.toFixed() ?? fixedText(NO_BRACKETS_CAP, 0);
}

function walletFields(wallet: WalletReport): Record<string, string> {
  return {
    walletBalance: atomsText(wallet.walletBalance),
    unrealizedProfit: atomsText(wallet.unrealizedPnl),
    marginBalance: atomsText(wallet.marginBalance),
    maintMargin: atomsText(wallet.maintenanceMargin),
    initialMargin: atomsText(wallet.positionInitialMargin + wallet.openOrderInitialMargin),
    positionInitialMargin: atomsText(wallet.positionInitialMargin),
    openOrderInitialMargin: atomsText(wallet.openOrderInitialMargin),
    crossWalletBalance: atomsText(wallet.crossWalletBalance),
    crossUnPnl: atomsText(wallet.crossUnrealizedPnl),
    availableBalance: atomsText(wallet.availableBalance),
    maxWithdrawAmount: atomsText(wallet.availableBalance),
  };
}

/** The sums of single-asset mode: of USDT alone. */
function totals(wallets: readonly WalletReport[]): Record<string, string> {
  const usdt = wallets.find(({ asset }) => asset === 'USDT');
  const sum = (value: (wallet: WalletReport) => bigint): string => atomsText(usdt === undefined ? 0n : value(usdt));
  return {
    totalInitialMargin: sum(
      ({ positionInitialMargin, openOrderInitialMargin }) => positionInitialMargin + openOrderInitialMargin,
    ),
    totalMaintMargin: sum(({ maintenanceMargin }) => maintenanceMargin),
    totalWalletBalance: sum(({ walletBalance }) => walletBalance),
    totalUnrealizedProfit: sum(({ unrealizedPnl }) => unrealizedPnl),
    totalMarginBalance: sum(({ marginBalance }) => marginBalance),
    totalPositionInitialMargin: sum(({ positionInitialMargin }) => positionInitialMargin),
    totalOpenOrderInitialMargin: sum(({ openOrderInitialMargin }) => openOrderInitialMargin),
    totalCrossWalletBalance: sum(({ crossWalletBalance }) => crossWalletBalance),
    totalCrossUnPnl: sum(({ crossUnrealizedPnl }) => crossUnrealizedPnl),
    availableBalance: sum(({ availableBalance }) => availableBalance),
    maxWithdrawAmount: sum(({ availableBalance }) => availableBalance),
  };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/account/rest-api/Account-Information-V3 */
export function accountV3(
  report: FuturesAccountReport,
  decimalsOf: (symbol: string) => Decimals,
  updatedAt: number,
): object {
  return {
    ...totals(report.wallets),
    assets: report.wallets.map((wallet) => ({ asset: wallet.asset, ...walletFields(wallet), updateTime: updatedAt })),
    positions: report.positions.map((position) => ({
      symbol: position.symbol,
      positionSide: positionSideText(position.positionSide),
      positionAmt: fixedText(position.quantity, decimalsOf(position.symbol).quantityDecimals),
      unrealizedProfit: atomsText(position.unrealizedPnl),
      isolatedMargin: atomsText(isolatedMargin(position)),
      notional: atomsText(position.notional),
      isolatedWallet: atomsText(position.isolatedWallet),
      initialMargin: atomsText(position.initialMargin + position.openOrderInitialMargin),
      maintMargin: atomsText(position.maintenanceMargin),
      updateTime: position.updatedAt,
    })),
  };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/account/rest-api/Account-Information-V2 */
export function accountV2(
  report: FuturesAccountReport,
  decimalsOf: (symbol: string) => Decimals,
  updatedAt: number,
): object {
  return {
    feeTier: 0,
    feeBurn: true,
    canTrade: true,
    canDeposit: true,
    canWithdraw: true,
    updateTime: 0,
    multiAssetsMargin: false,
    tradeGroupId: -1,
    ...totals(report.wallets),
    assets: report.wallets.map((wallet) => ({
      asset: wallet.asset,
      ...walletFields(wallet),
      marginAvailable: true,
      updateTime: updatedAt,
    })),
    positions: report.positions.map((position) => ({
      symbol: position.symbol,
      initialMargin: atomsText(position.initialMargin + position.openOrderInitialMargin),
      maintMargin: atomsText(position.maintenanceMargin),
      unrealizedProfit: atomsText(position.unrealizedPnl),
      positionInitialMargin: atomsText(position.initialMargin),
      openOrderInitialMargin: atomsText(position.openOrderInitialMargin),
      leverage: String(position.leverage),
      isolated: position.marginMode === 'isolated',
      entryPrice: atomsText(position.entryPrice),
      breakEvenPrice: atomsText(position.breakEvenPrice),
      maxNotional: '0',
      positionSide: positionSideText(position.positionSide),
      positionAmt: fixedText(position.quantity, decimalsOf(position.symbol).quantityDecimals),
      notional: atomsText(position.notional),
      isolatedWallet: atomsText(position.isolatedWallet),
      bidNotional: '0',
      askNotional: '0',
      updateTime: position.updatedAt,
    })),
  };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/account/rest-api/Futures-Account-Balance-V3 */
export function balanceAnswer(wallet: WalletReport, updatedAt: number): object {
  return {
    accountAlias: ACCOUNT_ALIAS,
    asset: wallet.asset,
    balance: atomsText(wallet.walletBalance),
    crossWalletBalance: atomsText(wallet.crossWalletBalance),
    crossUnPnl: atomsText(wallet.crossUnrealizedPnl),
    availableBalance: atomsText(wallet.availableBalance),
    maxWithdrawAmount: atomsText(wallet.availableBalance),
    marginAvailable: true,
    updateTime: updatedAt,
  };
}

/** https://developers.binance.com/docs/derivatives/usds-margined-futures/account/rest-api/Notional-and-Leverage-Brackets */
export function bracketsAnswer(instrument: Instrument): object {
  return {
    symbol: instrument.symbol,
    notionalCoef: 1,
    brackets: (instrument.futures?.leverageBrackets ?? []).map((bracket, index) => ({
      bracket: index + 1,
      initialLeverage: bracket.maxLeverage,
      notionalCap: bracket.notionalCap.toNumber(),
      notionalFloor: bracket.notionalFloor.toNumber(),
      maintMarginRatio: bracket.maintenanceMarginRate.toNumber(),
      cum: bracket.maintenanceAmount.toNumber(),
    })),
  };
}
