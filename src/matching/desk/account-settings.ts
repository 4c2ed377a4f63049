import { err, ok } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';
import type { MarginMode } from '../../domain/position/position.ts';
import type { Account } from '../account/account.ts';
import { move } from '../account/holdings.ts';
import { legMargin, walletState, worstNotional } from '../account/margin.ts';
import type { FuturesSlot } from '../account/position.ts';
import { atomsText } from '../atoms.ts';
import type { Atoms } from '../atoms.ts';
import { contractOf } from '../settlement/futures-settlement.ts';
import type { PositionLeg, PositionMode, Refusal } from '../venue-types.ts';
import { refusal } from './core.ts';
import type { Core } from './core.ts';

/** Names a symbol of an account. */
export interface SlotKey {
  readonly accountId: string;
  readonly symbol: string;
}

/** Puts money into an account, or takes it out (negative); on futures no more than is available. */
export function transfer(
  core: Core,
  accountId: string,
  { asset, amount }: { readonly asset: string; readonly amount: Atoms },
): Result<null, Refusal> {
  const account = core.accounts.get(accountId);
  if (account === undefined) return unknownAccount(accountId);
  const balance = account.holdings.of(asset);
  const available = core.market === 'spot' ? balance.free : walletState(account, asset).availableBalance;
  const withdrawable = available < balance.free ? available : balance.free;
  if (-amount > withdrawable) {
    const text = `${atomsText(-amount)} ${asset} asked for, ${atomsText(withdrawable)} can be taken`;
    return err(refusal('insufficient_balance', text));
  }
  move(core.house.outside.of(asset), balance, amount);
  account.changeReason = amount < 0n ? 'withdraw' : 'deposit';
  if (core.market === 'futures') {
    account.transfers.set(asset, (account.transfers.get(asset) ?? 0n) + amount);
    core.noteIncome({ account, kind: 'transfer', asset, amount, symbol: null, tradeId: null });
  }
  return ok(null);
}

function unknownAccount(accountId: string): Result<never, Refusal> {
  return err(refusal('unknown_account', `there is no account ${accountId}`));
}

/** The account's side of a futures symbol, also where the symbol does not trade now. */
function findSlot(
  core: Core,
  { accountId, symbol }: SlotKey,
): Result<{ account: Account; slot: FuturesSlot }, Refusal> {
  const account = core.accounts.get(accountId);
  if (account === undefined) return unknownAccount(accountId);
  const market = core.markets.get(symbol);
  if (market === undefined || market.contract === null) {
    return err(refusal('unknown_symbol', `there is no futures symbol ${symbol}`));
  }
  return ok({ account, slot: account.slotIn(contractOf(market)) });
}

/** Lower leverage needs more margin, and must be free; isolated positions take it from the cross wallet only on request. */
export function setLeverage(core: Core, key: SlotKey, leverage: number): Result<null, Refusal> {
  const found = findSlot(core, key);
  if (!found.ok) return found;
  const { account, slot } = found.value;
  const { contract } = slot;
  const isTooHigh = !Number.isInteger(leverage) || leverage < 1 || leverage > contract.maxLeverage;
  if (isTooHigh) return err(refusal('leverage_too_high', `${leverage}; allowed 1 .. ${contract.maxLeverage}`));
  const before = slot.leverage;
  if (leverage < before && slot.marginMode === 'isolated' && slot.hasPosition) {
    return err(refusal('leverage_locked', 'an isolated position keeps its leverage or gets a higher one'));
  }
  slot.leverage = leverage;
  if (slot.legs.some((leg) => worstNotional(leg) > contract.maxNotional(leverage))) {
    slot.leverage = before;
    return err(refusal('max_position_notional', `the position is too large for leverage ${leverage}`));
  }
  if (leverage < before && !isMarginCovered(account, slot)) {
    slot.leverage = before;
    return err(refusal('insufficient_margin', `leverage ${leverage} needs more margin than is available`));
  }
  tellConfig(core, { account, symbol: contract.symbol, leverage });
  return ok(null);
}

function isMarginCovered(account: Account, slot: FuturesSlot): boolean {
  const { marginAsset } = slot.contract;
  const { crossWalletBalance, crossUnrealizedPnl } = walletState(account, marginAsset);
  let bound = 0n;
  for (const other of account.allSlots()) {
    if (other.contract.marginAsset !== marginAsset) continue;
    for (const leg of other.legs) {
      const { initial, openOrders } = legMargin(leg);
      bound += openOrders + (other.marginMode === 'cross' ? initial : 0n);
    }
  }
  return bound <= crossWalletBalance + crossUnrealizedPnl;
}

/** Only without position and working orders in the symbol, as at the venue. */
export function setMarginMode(core: Core, key: SlotKey, marginMode: MarginMode): Result<null, Refusal> {
  const found = findSlot(core, key);
  if (!found.ok) return found;
  const { account, slot } = found.value;
  if (slot.marginMode === marginMode) return err(refusal('margin_mode_unchanged', `it is ${marginMode} already`));
  const { orders, algoOrders } = account.countsIn(key.symbol);
  if (slot.hasPosition || orders > 0 || algoOrders > 0) {
    return err(refusal('margin_mode_locked', `${key.symbol} has a position or working orders`));
  }
  slot.marginMode = marginMode;
  tellConfig(core, { account, symbol: key.symbol, marginMode });
  return ok(null);
}

/** Only without any position and working order, as at the venue. */
export function setPositionMode(core: Core, accountId: string, positionMode: PositionMode): Result<null, Refusal> {
  const account = core.accounts.get(accountId);
  if (account === undefined) return unknownAccount(accountId);
  if (account.positionMode === positionMode) {
    return err(refusal('position_mode_unchanged', `it is ${positionMode} already`));
  }
  const isBusy =
    [...account.allSlots()].some((slot) => slot.hasPosition) ||
    core.orders.ofAccount(accountId).length > 0 ||
    core.algos.ofAccount(accountId).length > 0;
  if (isBusy) return err(refusal('position_mode_locked', 'the account has positions or working orders'));
  account.positionMode = positionMode;
  tellConfig(core, { account, positionMode });
  return ok(null);
}

/** Adds to the margin of an isolated position, or takes from it what it does not need. */
export function moveIsolatedMargin(
  core: Core,
  key: SlotKey & { readonly positionSide: PositionLeg },
  amount: Atoms,
): Result<null, Refusal> {
  const found = findSlot(core, key);
  if (!found.ok) return found;
  const { account, slot } = found.value;
  const leg = slot[key.positionSide];
  const { marginAsset } = slot.contract;
  if (slot.marginMode !== 'isolated' || leg.isFlat) {
    return err(refusal('isolated_margin_insufficient', `${key.symbol} has no isolated position`));
  }
  const { initial, unrealizedPnl } = legMargin(leg);
  const loss = unrealizedPnl < 0n ? unrealizedPnl : 0n;
  const isShort = amount > walletState(account, marginAsset).availableBalance;
  if (isShort || (amount < 0n && leg.isolatedWallet + loss + amount < initial)) {
    return err(refusal('isolated_margin_insufficient', `${atomsText(amount)} ${marginAsset} cannot be moved`));
  }
  leg.isolatedWallet += amount;
  account.changeReason = 'margin_transfer';
  account.notePosition(leg, core.now);
  return ok(null);
}

function tellConfig(
  core: Core,
  change: {
    readonly account: Account;
    readonly symbol?: string;
    readonly leverage?: number;
    readonly marginMode?: MarginMode;
    readonly positionMode?: PositionMode;
  },
): void {
  core.events.push({
    type: 'account_config',
    at: core.now,
    accountId: change.account.id,
    symbol: change.symbol ?? null,
    leverage: change.leverage ?? null,
    marginMode: change.marginMode ?? null,
    positionMode: change.positionMode ?? null,
  });
}
